import Dispatch
import Synchronization

/// The one queue on which requests are computed: in each lane as many at once as there are cores, and in all lanes
/// together a bounded number, and a bounded number of bytes, waiting.
///
/// Tasks wait in lists of our own, and each place has a serial Dispatch queue on which they run one after the other. A
/// place keeps its thread only while it has something to do, and there are never more threads than places.
package final class ComputeQueue: Sendable {
    package typealias Task = @Sendable () -> Void

    /// How many tasks of a lane run at once.
    package let width: Int
    /// How many more may wait, in all lanes.
    package let capacity: Int
    /// How many bytes may wait with them; one task may wait whatever its bytes.
    package let byteCapacity: Int

    private let state: Mutex<State>

    package init(width: Int, capacity: Int, byteCapacity: Int = .max) {
        self.width = max(1, width)
        self.capacity = max(0, capacity)
        self.byteCapacity = max(0, byteCapacity)
        state = Mutex(State(width: max(1, width)))
    }

    /// Runs `task` as soon as a place of its lane is free, first come first served. `nil`, and nothing happens, when too
    /// much waits already; those whose `isWanted` says no are thrown out first.
    package func submit(
        _ lane: ComputeLane = .middle,
        bytes: Int = 0,
        isWanted: @escaping @Sendable () -> Bool = { true },
        _ task: @escaping Task
    ) -> Ticket? {
        let ticket = Ticket(lane: lane, bytes: bytes, isWanted: isWanted, task: task)
        let (place, isAccepted, forgotten) = state.withLock { state -> (Place?, Bool, [Ticket]) in
            if let place = state.lanes[lane.rawValue].takePlace() { return (place, true, []) }
            let forgotten = hasRoom(for: ticket, in: state) ? [] : state.removeUnwanted()
            guard hasRoom(for: ticket, in: state) else { return (nil, false, forgotten) }
            state.append(ticket)
            return (nil, true, forgotten)
        }
        // What they held is let go of outside the lock.
        for ticket in forgotten { ticket.forget() }
        if let place { start(ticket, at: place) }
        return isAccepted ? ticket : nil
    }

    /// Runs what is left of a task that runs now in another lane: its turn out of this one was not the last. Never
    /// refused, for it was admitted once.
    package func pass(
        to lane: ComputeLane,
        bytes: Int = 0,
        isWanted: @escaping @Sendable () -> Bool = { true },
        _ task: @escaping Task
    ) -> Ticket {
        let ticket = Ticket(lane: lane, bytes: bytes, isWanted: isWanted, task: task)
        let place = state.withLock { state -> Place? in
            if let place = state.lanes[lane.rawValue].takePlace() { return place }
            state.append(ticket)
            return nil
        }
        if let place { start(ticket, at: place) }
        return ticket
    }

    /// Takes a task that still waits out of the queue, and lets go of what it held. `false` when it runs or has run.
    @discardableResult
    package func withdraw(_ ticket: Ticket) -> Bool {
        guard state.withLock({ $0.remove(ticket) }) else { return false }
        ticket.forget()
        return true
    }

    /// What waits and runs now.
    package var load: Load {
        state.withLock { state in
            var load = Load(waitingBytes: state.waitingBytes)
            for lane in ComputeLane.allCases {
                load.waiting[lane.rawValue] = state.lanes[lane.rawValue].waiting.count
                load.running[lane.rawValue] = width - state.lanes[lane.rawValue].free.count
            }
            return load
        }
    }

    private func hasRoom(for ticket: Ticket, in state: borrowing State) -> Bool {
        guard state.waiting < capacity else { return false }
        return state.waiting == 0 || ticket.bytes <= byteCapacity - min(byteCapacity, state.waitingBytes)
    }

    private func start(_ ticket: Ticket, at place: Place) {
        place.queue.async { self.drain(from: ticket, at: place) }
    }

    /// Runs `first`, then whatever waits in its lane, then gives the place back.
    private func drain(from first: Ticket, at place: Place) {
        var next: Ticket? = first
        while let ticket = next {
            ticket.run()
            next = state.withLock { $0.next(at: place) }
        }
    }
}

extension ComputeQueue {
    /// Tasks by lane, in the order of `ComputeLane.allCases`.
    package struct Load: Sendable {
        package var waiting = [Int](repeating: 0, count: ComputeLane.allCases.count)
        package var running = [Int](repeating: 0, count: ComputeLane.allCases.count)
        package var waitingBytes: Int
    }

    /// A task's place in the queue.
    package final class Ticket: Sendable {
        fileprivate let lane: ComputeLane
        fileprivate let bytes: Int
        fileprivate let isWanted: @Sendable () -> Bool
        private let task: Mutex<Task?>

        fileprivate init(
            lane: ComputeLane,
            bytes: Int,
            isWanted: @escaping @Sendable () -> Bool,
            task: @escaping Task
        ) {
            self.lane = lane
            self.bytes = max(0, bytes)
            self.isWanted = isWanted
            self.task = Mutex(task)
        }

        fileprivate func run() { takeTask()?() }

        fileprivate func forget() { _ = takeTask() }

        private func takeTask() -> Task? {
            task.withLock { task in
                defer { task = nil }
                return task
            }
        }
    }

    fileprivate struct Place {
        let lane: ComputeLane
        let queue: DispatchQueue
    }

    fileprivate struct Lane {
        var free: [Place]
        var waiting: [Ticket] = []

        mutating func takePlace() -> Place? { free.popLast() }
    }

    fileprivate struct State {
        var lanes: [Lane]
        private(set) var waiting = 0
        private(set) var waitingBytes = 0

        init(width: Int) {
            lanes = ComputeLane.allCases.map { lane in
                Lane(
                    free: (0..<width).map { _ in
                        Place(lane: lane, queue: DispatchQueue(label: "convserve.compute.\(lane)"))
                    }
                )
            }
        }

        mutating func append(_ ticket: Ticket) {
            lanes[ticket.lane.rawValue].waiting.append(ticket)
            waiting += 1
            waitingBytes += ticket.bytes
        }

        /// The next of the place's lane; without one the place is free.
        mutating func next(at place: Place) -> Ticket? {
            guard !lanes[place.lane.rawValue].waiting.isEmpty else {
                lanes[place.lane.rawValue].free.append(place)
                return nil
            }
            let ticket = lanes[place.lane.rawValue].waiting.removeFirst()
            left(ticket)
            return ticket
        }

        mutating func remove(_ ticket: Ticket) -> Bool {
            guard let index = lanes[ticket.lane.rawValue].waiting.firstIndex(where: { $0 === ticket }) else {
                return false
            }
            lanes[ticket.lane.rawValue].waiting.remove(at: index)
            left(ticket)
            return true
        }

        mutating func removeUnwanted() -> [Ticket] {
            var removed: [Ticket] = []
            for lane in lanes.indices {
                removed += lanes[lane].waiting.filter { !$0.isWanted() }
                lanes[lane].waiting.removeAll { ticket in removed.contains { $0 === ticket } }
            }
            for ticket in removed { left(ticket) }
            return removed
        }

        private mutating func left(_ ticket: Ticket) {
            waiting -= 1
            waitingBytes -= ticket.bytes
        }
    }
}
