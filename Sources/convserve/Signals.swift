import Dispatch
import Glibc

/// Signals call a handler in the order of their arrival, instead of what they would do by default.
///
/// On a serial queue, for which Dispatch always finds a thread. Swift's tasks get none while requests are computed on
/// every core, so a task would hear of the signal when the load is over.
struct Signals {
    private let queue = DispatchQueue(label: "convserve.signals")
    private var sources: [any DispatchSourceSignal] = []

    mutating func handle(_ numbers: [Int32], _ handler: @escaping @Sendable (DispatchQueue) -> Void) {
        let queue = queue
        sources += numbers.map { number in
            // Without this the signal's default ends the process before the source sees it.
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler { handler(queue) }
            source.activate()
            return source
        }
    }
}
