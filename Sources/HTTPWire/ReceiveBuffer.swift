/// Received octets that are not yet understood. The module's raw memory lives here, behind ranges that are always
/// checked. A line's end is looked for once in each octet, however slowly they arrive.
@safe struct ReceiveBuffer: ~Copyable {
    private var memory = unsafe UnsafeMutableRawBufferPointer(start: nil, count: 0)
    /// Octets before `start` are done with.
    private var start = 0
    private var end = 0
    /// Before this there is no line feed, `start` on.
    private var searched = 0
    /// Octets looked at for a line's end or moved: stays in proportion to what was received (the tests hold it to that).
    private(set) var work = 0

    private static let smallestCapacity = 1024

    deinit {
        unsafe memory.deallocate()
    }

    var unreadCount: Int { end - start }

    var firstUnread: UInt8? {
        start < end ? unsafe memory[start] : nil
    }

    mutating func append(_ bytes: RawSpan) {
        guard bytes.byteCount > 0 else { return }
        makeRoom(for: bytes.byteCount)
        unsafe bytes.withUnsafeBytes { source in
            unsafe UnsafeMutableRawBufferPointer(rebasing: memory[end...]).copyMemory(from: source)
        }
        end += bytes.byteCount
    }

    /// Lets the caller write at most the memory it is shown and say how many octets it wrote.
    mutating func withSpareCapacity<Failure: Error>(
        atLeast count: Int,
        _ write: (UnsafeMutableRawBufferPointer) throws(Failure) -> Int
    ) throws(Failure) -> Int {
        makeRoom(for: max(count, 1))
        let spare = unsafe UnsafeMutableRawBufferPointer(rebasing: memory[end...])
        let written = try unsafe write(spare)
        guard written > 0 else { return 0 }
        let kept = min(written, spare.count)
        end += kept
        return kept
    }

    /// Takes the octets before the next line feed, without it; nil when none has arrived. Throws nothing: the second
    /// value says that more than `limit` octets stand before the line feed, wherever that may be.
    mutating func takeLine(limit: Int) -> Line {
        if let lineFeed = firstLineFeed() {
            let line = start..<lineFeed
            guard line.count <= limit else { return .tooLong }
            start = lineFeed + 1
            searched = start
            return .complete(line)
        }
        return unreadCount > limit ? .tooLong : .incomplete
    }

    enum Line {
        case complete(Range<Int>)
        case incomplete
        case tooLong
    }

    /// Up to `count` unread octets, left where they are.
    func peek(upTo count: Int) -> Range<Int> {
        start..<start + min(count, unreadCount)
    }

    /// Takes up to `count` octets, whatever they are.
    mutating func take(upTo count: Int) -> Range<Int> {
        let taken = start..<start + min(max(count, 0), unreadCount)
        start = taken.upperBound
        searched = max(searched, start)
        return taken
    }

    /// Takes octets that are the same as these, if they are the next and no line's end has been looked for in them.
    mutating func take(_ wanted: Span<UInt8>) -> Bool {
        guard searched == start, unreadCount >= wanted.count, isNext(wanted) else { return false }
        work += wanted.count
        start += wanted.count
        searched = start
        return true
    }

    /// There are at least as many.
    private func isNext(_ wanted: Span<UInt8>) -> Bool {
        let next = unsafe UnsafeRawBufferPointer(rebasing: memory[start..<start + wanted.count])
        return unsafe wanted.withUnsafeBytes { wanted in
            guard let one = next.baseAddress, let other = wanted.baseAddress else { return true }
            guard wanted.count >= 16 else { return unsafe next.elementsEqual(wanted) }
            var difference = SIMD2<UInt64>(), index = 0
            while true {
                let word = unsafe one.loadUnaligned(fromByteOffset: index, as: SIMD2<UInt64>.self)
                difference |= unsafe word ^ other.loadUnaligned(fromByteOffset: index, as: SIMD2<UInt64>.self)
                guard index + 16 < wanted.count else { break }
                // The last ones together with some that have been looked at.
                index = min(index + 16, wanted.count - 16)
            }
            return difference[0] | difference[1] == 0
        }
    }

    /// Octets that were taken, until the next are received.
    @_lifetime(borrow self)
    func octets(_ range: Range<Int>) -> Span<UInt8> {
        let held = range.clamped(to: 0..<end)
        let octets = unsafe UnsafeRawBufferPointer(rebasing: memory[held]).bindMemory(to: UInt8.self)
        return unsafe _overrideLifetime(octets.span, borrowing: self)
    }

    /// Gives the memory back; for a connection that may stay idle for long.
    mutating func releaseMemory() {
        guard unreadCount == 0 else { return }
        unsafe memory.deallocate()
        unsafe memory = UnsafeMutableRawBufferPointer(start: nil, count: 0)
        start = 0
        end = 0
        searched = 0
    }

    /// Drops everything and whatever may still come.
    mutating func removeAll() {
        start = end
        releaseMemory()
    }

    private mutating func makeRoom(for count: Int) {
        if start == end {
            start = 0
            end = 0
            searched = 0
        }
        let capacity = unsafe memory.count
        guard capacity - end < count else { return }
        let unread = unreadCount
        work += unread
        let needed = unread + count
        if needed <= capacity, start >= unread {
            unsafe memory.copyMemory(from: UnsafeRawBufferPointer(rebasing: memory[start..<end]))
        } else {
            let larger = UnsafeMutableRawBufferPointer.allocate(
                byteCount: max(needed, capacity * 2, Self.smallestCapacity),
                alignment: 16
            )
            unsafe larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: memory[start..<end]))
            unsafe memory.deallocate()
            unsafe memory = larger
        }
        searched -= start
        start = 0
        end = unread
    }

    private mutating func firstLineFeed() -> Int? {
        let found = Self.lineFeed(in: octets(searched..<end))
        work += (found.map { $0 + 1 }) ?? end - searched
        guard let found else {
            searched = end
            return nil
        }
        searched += found
        return searched
    }

    /// Eight octets at a time: the lowest octet that is zero after XOR is the first line feed ("determine if a word has
    /// a zero byte", Anderson, Bit Twiddling Hacks; exact for the lowest one).
    private static func lineFeed(in octets: Span<UInt8>) -> Int? {
        let bytes = unsafe octets.bytes
        var index = 0
        while index + 8 <= bytes.byteCount {
            let word = unsafe UInt64(
                littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self)
            )
            let zeroed = word ^ 0x0A0A_0A0A_0A0A_0A0A
            let zeros = (zeroed &- 0x0101_0101_0101_0101) & ~zeroed & 0x8080_8080_8080_8080
            if zeros != 0 { return index + zeros.trailingZeroBitCount / 8 }
            index += 8
        }
        while index < octets.count {
            if octets[index] == ASCII.lineFeed { return index }
            index += 1
        }
        return nil
    }
}
