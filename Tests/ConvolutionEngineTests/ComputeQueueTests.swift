import ConvolutionEngine
import Dispatch
import Synchronization
import Testing

@Suite struct ComputeQueueTests {
    @Test func neverMoreThanItsWidthRunAtOnceAndNothingIsLost() async {
        let queue = ComputeQueue(width: 2, capacity: 1000)
        let running = Atomic(0)
        let most = Atomic(0)
        let done = DispatchGroup()
        for _ in 0..<500 {
            done.enter()
            let accepted = queue.submit {
                let now = running.add(1, ordering: .relaxed).newValue
                most.max(now, ordering: .relaxed)
                running.subtract(1, ordering: .relaxed)
                done.leave()
            }
            #expect(accepted)
        }
        await withCheckedContinuation { continuation in
            done.notify(queue: .global()) { continuation.resume() }
        }
        #expect((1...2).contains(most.load(ordering: .relaxed)))
        #expect(queue.waiting == 0)
    }

    @Test func aFullQueueRefusesAndForgetsTheTask() async {
        let queue = ComputeQueue(width: 1, capacity: 2)
        let gate = DispatchSemaphore(value: 0)
        let order = Mutex<[Int]>([])
        let done = DispatchGroup()
        func submit(_ number: Int) -> Bool {
            done.enter()
            let accepted = queue.submit {
                gate.wait()
                order.withLock { $0.append(number) }
                done.leave()
            }
            if !accepted { done.leave() }
            return accepted
        }
        // The place is taken the moment a task is accepted, whether or not its thread has started.
        #expect((0..<4).map(submit) == [true, true, true, false])
        #expect(queue.running == 1)
        #expect(queue.waiting == 2)
        for _ in 0..<3 { gate.signal() }
        await withCheckedContinuation { continuation in
            done.notify(queue: .global()) { continuation.resume() }
        }
        #expect(order.withLock { $0 } == [0, 1, 2])
    }
}
