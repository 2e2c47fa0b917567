import Dispatch
import Glibc

/// Signals as a stream in the order of their arrival, instead of what they would do by default.
struct Signals {
    let arrivals: AsyncStream<Int32>
    private let sources: [any DispatchSourceSignal]

    init(_ numbers: [Int32]) {
        let (arrivals, continuation) = AsyncStream.makeStream(of: Int32.self)
        self.arrivals = arrivals
        let queue = DispatchQueue(label: "convserve.signals")
        sources = numbers.map { number in
            // Without this the signal's default ends the process before the source sees it.
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler { continuation.yield(number) }
            source.activate()
            return source
        }
    }
}
