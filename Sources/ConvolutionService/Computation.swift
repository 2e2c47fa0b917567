import Compression
import ConvolutionEngine
import HTTPServer
import HTTPTypes
import HTTPWire
import Synchronization
import TensorCoding

/// A request whose body has been read, and what is left to do for it.
protocol Job: Sendable {
    /// Reads the body, undoing its codings.
    ///
    /// - Parameter watch: Started when the body was there.
    init(
        decoding sent: [UInt8],
        _ context: borrowing RequestContext,
        _ watch: inout Stopwatch
    ) throws(Problem)

    /// Whether the rest takes some tens of microseconds at most.
    var isSmall: Bool { get }
    /// About how long the rest takes on one core.
    var nanoseconds: Int { get }

    /// Does the rest.
    ///
    /// - Parameters:
    ///   - waited: For places in the queue, in nanoseconds.
    ///   - pending: Where it has left the event loop: says whether the answer is still wanted.
    ///   - watch: Its last lap ended when the rest began, or, where that began at once, with the last lap of `init`.
    ///   - memory: For the answer.
    func answer(
        _ context: borrowing RequestContext,
        after waited: Int64,
        _ pending: Pending?,
        _ watch: Stopwatch,
        _ memory: inout AnswerMemory
    ) -> Answer
}

extension Job {
    /// The same away from the event loop.
    fileprivate func answer(
        _ context: borrowing RequestContext,
        after waited: Int64,
        _ pending: Pending,
        _ watch: Stopwatch = Stopwatch()
    ) -> Answer {
        var memory = AnswerMemory()
        return answer(context, after: waited, pending, watch, &memory)
    }
}

extension Service {
    /// Bytes → layers and tensors → plan → result → answer. Small work is done on the calling loop, which gets the answer;
    /// anything else moves to the compute queue as soon as that is known.
    func compute<Work: Job>(
        _: Work.Type,
        _ body: [UInt8],
        _ context: borrowing RequestContext,
        _ memory: inout AnswerMemory,
        _ later: () -> Exchange
    ) -> Response? {
        do throws(Problem) {
            var watch = Stopwatch()
            guard !(context.deadline < watch.last) else { return refuse(context, .timedOut, .timeLimit) }
            guard context.terms.codings.isEmpty, body.count <= ServiceConfiguration.inlineBody else {
                decode(Work.self, body, context, later())
                return nil
            }
            let work = try Work(decoding: body, context, &watch)
            if work.isSmall { return context.given(work.answer(context, after: 0, nil, watch, &memory)) }
            enqueue(work, context, bytes: body.count, later())
            return nil
        } catch {
            return refuse(context, error)
        }
    }

    @inline(never)
    private func refuse(_ context: borrowing RequestContext, _ problem: Problem, _ reason: RefusalReason? = nil)
        -> Response
    {
        context.given(context.answer(problem, reason: reason))
    }

    /// Decodes a body on the compute queue, and goes on from there. Apart from `compute`, so that nothing is copied there for
    /// a task that most requests do not become.
    @inline(never)
    private func decode<Work: Job>(
        _: Work.Type,
        _ body: [UInt8],
        _ context: borrowing RequestContext,
        _ exchange: Exchange
    ) {
        let lane = ComputeLane(nanoseconds: decodingTime(body.count, isCoded: !context.terms.codings.isEmpty))
        let held = HeldBody(body), bytes = body.count
        enqueue(context, in: lane, bytes: bytes, exchange) { [self] context, pending, waited in
            do throws(Problem) {
                var watch = Stopwatch()
                let work = try Work(decoding: held.take(), context, &watch)
                let next = ComputeLane(nanoseconds: work.nanoseconds)
                if next.rawValue > lane.rawValue {
                    pass(work, context, to: next, bytes: bytes, waited, pending)
                } else {
                    context.give(work.answer(context, after: waited, pending, watch), through: pending)
                }
            } catch {
                context.give(context.answer(error), through: pending)
            }
        }
    }

    @inline(never)
    private func enqueue(_ work: some Job, _ context: borrowing RequestContext, bytes: Int, _ exchange: Exchange) {
        let lane = ComputeLane(nanoseconds: work.nanoseconds)
        enqueue(context, in: lane, bytes: bytes, exchange) { context, pending, waited in
            context.give(work.answer(context, after: waited, pending), through: pending)
        }
    }

    /// Runs `task` on the compute queue with the time it has waited, and answers 504 where the time limit passes before.
    /// 503 when too much waits already.
    func enqueue(
        _ context: borrowing RequestContext,
        in lane: ComputeLane,
        bytes: Int,
        _ exchange: Exchange,
        _ task: @escaping @Sendable (borrowing RequestContext, Pending, _ waited: Int64) -> Void
    ) {
        let context = context.copy()
        let pending = Pending(exchange: exchange)
        let watch = Stopwatch()
        let ticket = queue.submit(lane, bytes: bytes, isWanted: { !pending.isOver }) {
            guard !pending.isOver else { return context.giveUp(pending) }
            task(context, pending, watch.time)
        }
        guard let ticket else {
            return context.give(context.answer(.queueFull, reason: .queueFull), through: pending)
        }
        pending.place = ticket
        deadlines.add(pending, at: context.deadline) { [self] in
            context.give(context.answer(.timedOut, reason: .timeLimit), through: pending)
            if let place = pending.place { queue.withdraw(place) }
        }
    }

    /// Goes on with decoded work among longer ones.
    private func pass(
        _ work: some Job,
        _ context: borrowing RequestContext,
        to lane: ComputeLane,
        bytes: Int,
        _ waited: Int64,
        _ pending: Pending
    ) {
        let context = context.copy()
        let watch = Stopwatch()
        pending.place = queue.pass(to: lane, bytes: bytes, isWanted: { !pending.isOver }) {
            guard !pending.isOver else { return context.giveUp(pending) }
            context.give(work.answer(context, after: waited + watch.time, pending), through: pending)
        }
        // The limit may have passed between two places.
        if pending.isOver, let place = pending.place { queue.withdraw(place) }
    }
}

/// Nanoseconds, at about 100 MB of JSON a second with planning; compressed bodies grow about tenfold.
private func decodingTime(_ count: Int, isCoded: Bool) -> Int { count * (isCoded ? 100 : 10) }

extension RequestContext {
    /// The answer that was to come is wanted no more.
    fileprivate func giveUp(_ pending: Pending) { give(surrender(pending), through: pending) }

    /// Runs a plan, which is counted; `nil` when its result is wanted no more. Its time comes on top of that for planning.
    func run(
        _ plan: Plan,
        _ input: Tensor,
        _ pending: Pending?,
        _ timings: inout Timings,
        _ watch: inout Stopwatch
    ) -> NetworkResult? {
        let result = service.engine.run(plan, input: input, isCancelled: pending?.question)
        timings.compute += watch.lap()
        service.metrics.computed(nanoseconds: timings.compute)
        if result != nil { plan.forEachAlgorithm { service.metrics.computed(layersBy: $0) } }
        return result
    }

    /// A client that has gone gets none; one whose time limit has passed has got it.
    func surrender(_ pending: Pending?) -> Answer {
        if pending?.exchange.isCancelled == true { return answer(.clientGone, reason: .clientGone) }
        return answer(.timedOut, reason: .timeLimit)
    }
}

/// A body on its way to another thread, where nobody else holds it: its memory is free again once it is decoded.
private final class HeldBody: Sendable {
    private let body: Mutex<[UInt8]>

    init(_ body: [UInt8]) { self.body = Mutex(body) }

    func take() -> [UInt8] {
        body.withLock { body in
            defer { body = [] }
            return body
        }
    }
}
