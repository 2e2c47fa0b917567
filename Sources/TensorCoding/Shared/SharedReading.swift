import ConvolutionEngine

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Who reads large texts together, and how.
struct SharedReading: Sendable {
    let team: Team
    /// From so many octets on it is worth the work of several threads.
    var smallest = CodingLimits.readAlone
    /// Octets that one thread reads at a time: some 100 µs of work.
    var segment = 128 * 1024
    /// Of those, for each thread between two meetings.
    let segmentsPerThread = 2
}

extension FloatElements {
    /// Reads arrays inside arrays of numbers, the reader standing on the outermost `[`, by as many of the team as are free.
    ///
    /// Nil, with nothing read, where that is not worth it, or something is unusual about them: read one after the other,
    /// they show what, and where. The outcome is the same.
    mutating func readShared(_ reader: inout JSONReader, rank: Int?) -> Shape? {
        guard let sharing = reader.sharing, reader.bytes.byteCount - reader.position >= sharing.smallest,
            sharing.team.freeThreads > 1
        else { return nil }
        let start = reader.position, kernels = reader.kernels
        let outcome = unsafe reader.bytes.withUnsafeBytes { body in
            unsafe readShared(body, from: start, kernels, sharing)
        }
        guard let (shape, end) = outcome, rank == nil || rank == shape.rank else {
            self = FloatElements()
            return nil
        }
        reader.position = end
        return shape
    }

    private mutating func readShared(
        _ body: UnsafeRawBufferPointer,
        from start: Int,
        _ kernels: TextKernels,
        _ sharing: SharedReading
    ) -> (shape: Shape, end: Int)? {
        var nesting = SharedNesting()
        var position = start
        let parts = sharing.team.size * sharing.segmentsPerThread
        // A little more than the longest segment, which ends at the first comma behind so many octets.
        let room = sharing.segment
        let numbers = FloatStorage(capacity: parts * room)
        while position < body.count {
            let ranges = unsafe Self.segments(of: body, from: position, atMost: parts, of: sharing.segment)
            guard let last = ranges.last, ranges.allSatisfy({ $0.count < 2 * room - 2 }) else { return nil }
            var segments = [TextSegment?](repeating: nil, count: ranges.count)
            unsafe segments.withUnsafeMutableBufferPointer { segments in
                // Each task writes its own element.
                let slots = unsafe Slots(segments: segments, body: body)
                sharing.team.run(tasks: ranges.count) { index in
                    unsafe slots.segments[index] = unsafe TextSegment(
                        ranges[index],
                        of: slots.body,
                        into: numbers.pointer + index * room,
                        kernels: kernels
                    )
                }
            }
            for (index, segment) in segments.enumerated() {
                guard let segment, let outcome = nesting.take(segment) else { return nil }
                if buffer.count == 0 {
                    reserve(body.count - start, octets: ranges[index].count, numbers: segment.count)
                }
                let place = unsafe buffer.reserve(outcome.numbers)
                unsafe place.update(from: numbers.pointer + index * room, count: outcome.numbers)
                buffer.advance(by: outcome.numbers)
                if let end = outcome.end { return nesting.shape.map { ($0, end) } }
            }
            position = last.upperBound
        }
        return nil
    }

    /// The next parts of the text, each behind a comma and up to a comma, which is its own.
    private static func segments(
        of body: UnsafeRawBufferPointer,
        from start: Int,
        atMost parts: Int,
        of segment: Int
    ) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        var position = start
        while ranges.count < parts, position < body.count {
            var end = body.count
            if body.count - position > segment, let base = body.baseAddress {
                let from = unsafe base + position + segment
                if let comma = unsafe memchr(from, Int32(UInt8(ascii: ",")), body.count - position - segment) {
                    unsafe end = UnsafeRawPointer(comma) - base + 1
                }
            }
            ranges.append(position..<end)
            position = end
        }
        return ranges
    }

    @safe private struct Slots: @unchecked Sendable {
        let segments: UnsafeMutableBufferPointer<TextSegment?>
        let body: UnsafeRawBufferPointer
    }
}
