/// The unchecked ways into the body, in one place: each caller has compared the offsets with `byteCount`.
extension RawSpan {
    @inline(__always)
    func octet(at offset: Int) -> UInt8 {
        assert(offset >= 0 && offset < byteCount, "an offset outside the body")
        return unsafe unsafeLoad(fromUncheckedByteOffset: offset, as: UInt8.self)
    }

    /// Eight octets, the first in the lowest bits.
    @inline(__always)
    func eightOctets(at offset: Int) -> UInt64 {
        assert(offset >= 0 && offset <= byteCount - 8, "an offset outside the body")
        return UInt64(littleEndian: unsafe unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt64.self))
    }

    /// A copy of some of them.
    func octets(in range: Range<Int>) -> [UInt8] {
        unsafe extracting(range).withUnsafeBytes { raw in unsafe Array(raw) }
    }

    /// Some of them as text; what is not UTF-8 is replaced.
    func text(in range: Range<Int>) -> String {
        unsafe extracting(range).withUnsafeBytes { raw in unsafe String(decoding: raw, as: UTF8.self) }
    }
}
