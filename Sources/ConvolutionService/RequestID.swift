import HTTPWire
import Synchronization

/// Names each request in answers and logs: the client's own name when it sent a usable one.
struct RequestIDs: ~Copyable, Sendable {
    /// Differs between two runs of the service, so that names in collected logs do not collide.
    private let run: UInt32 = .random(in: .min ... .max)
    private let last = Atomic<UInt32>(0)

    /// The client's `X-Request-Id` when it is 1 to 128 visible ASCII characters, else a new one.
    func id(for head: RequestHead) -> String {
        if let sent = head[.requestID], RequestIDs.isUsable(sent) { return sent }
        return fresh()
    }

    /// 15 characters, which a `String` holds without memory of its own.
    func fresh() -> String {
        let count = last.wrappingAdd(1, ordering: .relaxed).newValue
        let number = UInt64(run) << 32 | UInt64(count)
        return String(unsafeUninitializedCapacity: 15) { buffer in
            // Eight and eight, of which one digit is in both.
            let octets = UnsafeMutableRawBufferPointer(buffer)
            octets.storeBytes(of: RequestIDs.hexadecimal(UInt32(truncatingIfNeeded: number >> 28)), as: UInt64.self)
            let last = RequestIDs.hexadecimal(UInt32(truncatingIfNeeded: number))
            octets.storeBytes(of: last, toByteOffset: 7, as: UInt64.self)
            return 15
        }
    }

    /// Eight digits, the first one in the octet that is stored first.
    private static func hexadecimal(_ number: UInt32) -> UInt64 {
        // Each octet into two, each of which gets one of its digits.
        var digits = UInt64(number.bigEndian)
        digits = (digits | digits << 16) & 0x0000_FFFF_0000_FFFF
        digits = (digits | digits << 8) & 0x00FF_00FF_00FF_00FF
        digits = (digits >> 4 | digits << 8) & 0x0F0F_0F0F_0F0F_0F0F
        // From 10 on letters.
        let letters = (digits + 0x0606_0606_0606_0606) >> 4 & 0x0101_0101_0101_0101
        return digits + 0x3030_3030_3030_3030 + letters * 0x27
    }

    static func isUsable(_ id: String) -> Bool {
        (1...128).contains(id.utf8.count) && id.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }
}
