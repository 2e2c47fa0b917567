import Compression
import ConvolutionEngine
import HTTPServer
import Synchronization
import TensorCoding

/// Makes the body of a large answer while it is sent: a window of pieces at a time, each piece written, and compressed,
/// on whatever cores are free. What is held of the answer is a window and what is on its way.
final class AnswerStream: BodyMaker {
    /// Pieces for each thread, so that one that comes late holds nobody up; and in all, which bounds a window's memory
    /// on a machine with many cores.
    private static let piecesPerThread = 2, mostPieces = 8
    /// Numbers in a piece: 90 KB of text, some 80 µs of work. Compressed pieces are larger, since each begins anew.
    private static let numbers = 8192, compressedNumbers = 16_384

    private struct Work: ~Copyable {
        var body: PiecewiseBody
        var deflater: ParallelDeflater?
        /// Memory for text that is compressed.
        var texts: [[UInt8]] = []
        var sent = 0
        var timings: Timings
        /// After the first window.
        var begun = Progress.failed
    }

    private let context: RequestContext
    private let work: Mutex<Work>
    private let isReported = Atomic(false)

    /// - Parameter timings: Of the request, with the time spent on the answer so far.
    init(_ body: PiecewiseBody, coding: ContentCoding, _ timings: Timings, _ context: consuming RequestContext) {
        let level = context.service.configuration.compressionLevel
        self.context = context
        let deflater = coding == .identity ? nil : ParallelDeflater(coding, level: level)
        work = Mutex(Work(body: body, deflater: deflater, timings: timings))
    }

    /// Makes the first pieces; false where that failed.
    func begin(_ stream: BodyStream) -> Bool {
        let progress = makeWindow(for: stream)
        work.withLock { $0.begun = progress }
        return progress != .failed
    }

    /// Makes the rest of an answer that has begun.
    func goOn(for stream: BodyStream) {
        switch work.withLock({ $0.begun }) {
        case .goesOn: make(for: stream)
        case .ended: report()
        case .pauses, .failed: break
        }
    }

    /// With the time spent on it so far.
    var timings: Timings { work.withLock { $0.timings } }

    /// Makes pieces as long as they are wanted.
    func make(for stream: BodyStream) {
        while stream.isWanted {
            switch makeWindow(for: stream) {
            case .goesOn: continue
            case .pauses: return
            case .ended: return report()
            case .failed:
                stream.fail()
                return report()
            }
        }
    }

    func makeMore(for stream: BodyStream) {
        _ = context.service.queue.pass(to: .writing, isWanted: { stream.isWanted }) { self.make(for: stream) }
    }

    func abandoned() {
        // What is being made may be waited for, but not on the event loop.
        _ = context.service.queue.pass(to: .writing) { self.report() }
    }

    /// Counts and logs the answer, once.
    func report() {
        guard !isReported.exchange(true, ordering: .relaxed) else { return }
        let (sent, timings) = work.withLock { ($0.sent, $0.timings) }
        context.reportStreamed(sent: sent, timings: timings)
    }
}

// MARK: - Pieces

extension AnswerStream {
    enum Progress {
        case goesOn, pauses, ended, failed
    }

    /// Made by one thread at a time: the stream sees to that.
    private func makeWindow(for stream: BodyStream) -> Progress {
        work.withLock { work in
            var watch = Stopwatch()
            defer { work.timings.write += watch.lap() }
            guard let pieces = window(&work, stream) else { return .failed }
            var progress = Progress.goesOn
            for (index, piece) in pieces.enumerated() {
                let isLast = work.body.isAtEnd && index == pieces.count - 1
                work.sent += piece.count
                progress = stream.put(piece, isLast: isLast) ? .goesOn : isLast ? .ended : .pauses
            }
            return progress
        }
    }

    /// The next pieces as they are sent; nil where zlib fails.
    private func window(_ work: inout Work, _ stream: BodyStream) -> [[UInt8]]? {
        let team = context.service.engine.team
        let isCompressed = work.deflater != nil
        var laidOut: [PiecewiseBody.Piece] = []
        var texts: [[UInt8]] = []
        while laidOut.count < min(Self.piecesPerThread * team.size, Self.mostPieces),
            let piece = work.body.next(numbers: isCompressed ? Self.compressedNumbers : Self.numbers)
        {
            laidOut.append(piece)
            var memory = isCompressed ? work.texts.popLast() ?? [] : stream.spare()
            memory.removeAll(keepingCapacity: true)
            texts.append(memory)
        }
        let body = work.body
        texts.withUnsafeMutableBufferPointer { texts in
            // Each task writes its own element.
            let slots = Slots(texts: texts)
            team.run(tasks: laidOut.count) { index in
                // The element is emptied meanwhile, so that the array grows in place.
                var text: [UInt8] = []
                swap(&text, &slots.texts[index])
                body.append(laidOut[index], to: &text)
                swap(&text, &slots.texts[index])
            }
        }
        guard isCompressed else { return texts }
        let isLast = body.isAtEnd
        do throws(CompressionError) {
            let outputs = try work.deflater?.compress(texts, isLast: isLast) { count, compress in
                team.run(tasks: count) { compress($0) }
            }
            work.texts = texts
            return outputs
        } catch {
            return nil
        }
    }

    private struct Slots: @unchecked Sendable {
        let texts: UnsafeMutableBufferPointer<[UInt8]>
    }
}
