import CoreMetrics
import HTTPTypes
import Synchronization

/// What is counted and timed of one route. Made with the route, so that a request looks nothing up but its status.
final class RouteMetrics: Sendable {
    /// The route's name in metrics and logs.
    let label: String

    /// Of the requests that are answered with numbers.
    private final class Successes: Sendable {
        let count: Counter
        let whole, parse, queue, compute, write: CoreMetrics.Timer

        init(count: Counter, whole: CoreMetrics.Timer, _ stage: (String) -> CoreMetrics.Timer) {
            self.count = count
            self.whole = whole
            parse = stage("parse")
            queue = stage("queue")
            compute = stage("compute")
            write = stage("write")
        }
    }

    /// Made when first needed: a series for each route that nobody uses would say nothing at length.
    private struct State {
        /// Held for `known`.
        var successes: Successes?
        var counters: [Int: Counter] = [:]
        var whole: CoreMetrics.Timer?
    }

    private let state = Mutex(State())
    /// The state's, once they are made, for requests to find without a lock. They are never made again.
    private let known = Atomic<Unmanaged<Successes>?>(nil)
    private let factory: any MetricsFactory

    init(label: String, factory: any MetricsFactory) {
        self.label = label
        self.factory = factory
    }

    /// - Parameter took: In nanoseconds.
    func answered(status: HTTPResponse.Status, took: Int64? = nil, timings: Timings? = nil) {
        if let took, let timings, status.code == 200 { return succeeded(took, timings) }
        let (answers, time) = state.withLock { state in
            (counter(status.code, &state), whole(&state))
        }
        answers.increment()
        if let took { time.recordNanoseconds(took) }
    }

    private func withSuccesses(_ body: (Successes) -> Void) {
        if let known = known.load(ordering: .acquiring) {
            known._withUnsafeGuaranteedRef(body)
        } else {
            body(makeSuccesses())
        }
    }

    private func makeSuccesses() -> Successes {
        state.withLock { state in
            if let successes = state.successes { return successes }
            let successes = Successes(count: counter(200, &state), whole: whole(&state)) { stage in
                timer("convserve_request_stage_seconds", [("stage", stage)])
            }
            state.successes = successes
            known.store(Unmanaged.passUnretained(successes), ordering: .releasing)
            return successes
        }
    }

    private func succeeded(_ took: Int64, _ timings: Timings) {
        withSuccesses { successes in
            successes.count.increment()
            successes.whole.recordNanoseconds(took)
            record(timings, successes)
        }
    }

    /// The stages of a streamed answer, which has been counted before.
    func timed(_ timings: Timings) { withSuccesses { record(timings, $0) } }

    private func record(_ timings: Timings, _ successes: Successes) {
        successes.parse.recordNanoseconds(timings.parse)
        successes.queue.recordNanoseconds(timings.queue)
        successes.compute.recordNanoseconds(timings.compute)
        successes.write.recordNanoseconds(timings.write)
    }

    private func counter(_ status: Int, _ state: inout State) -> Counter {
        let counter = state.counters[status] ?? makeCounter(status)
        state.counters[status] = counter
        return counter
    }

    private func whole(_ state: inout State) -> CoreMetrics.Timer {
        let whole = state.whole ?? timer("convserve_request_duration_seconds", [])
        state.whole = whole
        return whole
    }

    private func makeCounter(_ status: Int) -> Counter {
        let dimensions = [("route", label), ("status", String(status))]
        return Counter(label: "convserve_requests_total", dimensions: dimensions, factory: factory)
    }

    private func timer(_ name: String, _ dimensions: [(String, String)]) -> CoreMetrics.Timer {
        CoreMetrics.Timer(label: name, dimensions: [("route", label)] + dimensions, factory: factory)
    }
}
