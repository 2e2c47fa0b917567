import ConvolutionEngine
import Dispatch
import Synchronization
import TestSupport
import Testing

@Suite struct ComputeQueueTests {
    @Test func neverMoreThanItsWidthRunAtOnceAndNothingIsLost() async {
        let queue = ComputeQueue(width: 2, capacity: 1000)
        let running = Atomic(0)
        let most = Atomic(0)
        let done = DispatchGroup()
        for _ in 0..<500 {
            done.enter()
            let ticket = queue.submit {
                let now = running.add(1, ordering: .relaxed).newValue
                most.max(now, ordering: .relaxed)
                running.subtract(1, ordering: .relaxed)
                done.leave()
            }
            #expect(ticket != nil)
        }
        await ended(done)
        #expect((1...2).contains(most.load(ordering: .relaxed)))
        #expect(queue.load.waiting.allSatisfy { $0 == 0 })
    }

    @Test func aFullQueueRefusesAndForgetsTheTask() async {
        let queue = ComputeQueue(width: 1, capacity: 2)
        let gate = Gate()
        // The place is taken the moment a task is accepted, whether or not its thread has started.
        let tickets = (0..<4).map { number in queue.submit { gate.pass(number) } }
        #expect(tickets.map { $0 != nil } == [true, true, true, false])
        #expect(queue.load.running == [0, 1, 0, 0])
        #expect(queue.load.waiting == [0, 2, 0, 0])
        gate.open()
        #expect(await eventually { queue.load.running.allSatisfy { $0 == 0 } })
        #expect(gate.passed == [0, 1, 2])
    }

    @Test func bytesAreBoundedTooButOneTaskMayAlwaysWait() {
        let queue = ComputeQueue(width: 1, capacity: 10, byteCapacity: 100)
        let gate = Gate()
        defer { gate.open() }
        #expect(queue.submit { gate.pass(0) } != nil)
        #expect(queue.submit(bytes: 1000) { gate.pass(1) } != nil, "alone it may be larger than the limit")
        #expect(queue.submit(bytes: 1) { gate.pass(2) } == nil)
        #expect(queue.load.waitingBytes == 1000)
    }

    @Test func asManyBytesMayWaitAsTheLimitSaysAndNotOneMore() {
        let queue = ComputeQueue(width: 1, capacity: 10, byteCapacity: 100)
        let gate = Gate()
        defer { gate.open() }
        #expect(queue.submit(bytes: 1000) { gate.pass(0) } != nil, "it runs")
        #expect(queue.submit(bytes: 60) { gate.pass(1) } != nil)
        #expect(queue.submit(bytes: 41) { gate.pass(2) } == nil)
        #expect(queue.submit(bytes: 40) { gate.pass(3) } != nil)
        #expect(queue.submit(bytes: 1) { gate.pass(4) } == nil)
    }

    @Test func aTaskDoesNotWaitForLongerOnes() async {
        let queue = ComputeQueue(width: 1, capacity: 10)
        let gate = Gate()
        defer { gate.open() }
        let passed = Gate()
        passed.open()
        for number in 0..<3 { #expect(queue.submit(.long) { gate.pass(number) } != nil) }
        #expect(queue.submit(.middle) { passed.pass(0) } != nil)
        #expect(queue.submit(.short) { passed.pass(1) } != nil)
        #expect(await eventually { passed.passed.count == 2 })
        #expect(gate.passed.isEmpty)
    }

    @Test func aTaskThatTurnsOutLongGoesOnInAnotherLaneEvenWhenTheQueueIsFull() async {
        let queue = ComputeQueue(width: 1, capacity: 0)
        let gate = Gate()
        #expect(queue.submit(.long) { gate.pass(0) } != nil)
        #expect(queue.submit(.short) { _ = queue.pass(to: .long) { gate.pass(1) } } != nil)
        #expect(await eventually { queue.load.waiting == [0, 0, 1, 0] && queue.load.running == [0, 0, 1, 0] })
        gate.open()
        #expect(await eventually { gate.passed == [0, 1] })
    }

    @Test func aWithdrawnTaskNeverRunsAndItsRoomIsFree() async throws {
        let queue = ComputeQueue(width: 1, capacity: 1, byteCapacity: 100)
        let gate = Gate()
        let first = try #require(queue.submit { gate.pass(0) })
        let second = try #require(queue.submit(bytes: 100) { gate.pass(1) })
        #expect(!queue.withdraw(first), "it runs")
        #expect(queue.withdraw(second))
        #expect(!queue.withdraw(second), "it is gone")
        #expect(queue.load.waitingBytes == 0)
        #expect(queue.submit { gate.pass(2) } != nil)
        gate.open()
        #expect(await eventually { queue.load.running.allSatisfy { $0 == 0 } })
        #expect(gate.passed == [0, 2])
    }

    @Test func aFullQueueThrowsOutWhatNobodyWaitsForAnyMore() async {
        let queue = ComputeQueue(width: 1, capacity: 1)
        let gate = Gate()
        let isWanted = Flag(true)
        #expect(queue.submit { gate.pass(0) } != nil)
        #expect(queue.submit(isWanted: { isWanted.value }) { gate.pass(1) } != nil)
        #expect(queue.submit { gate.pass(2) } == nil)
        isWanted.value = false
        #expect(queue.submit { gate.pass(3) } != nil)
        gate.open()
        #expect(await eventually { queue.load.running.allSatisfy { $0 == 0 } })
        #expect(gate.passed == [0, 3])
    }

    private func ended(_ group: DispatchGroup) async {
        await withCheckedContinuation { continuation in
            group.notify(queue: .global()) { continuation.resume() }
        }
    }
}
