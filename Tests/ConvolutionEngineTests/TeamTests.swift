import Synchronization
import TestSupport
import Testing

@testable import ConvolutionEngine

@Suite("The team of threads")
struct TeamTests {
    @Test("does every task exactly once", arguments: [1, 2, 3, 8])
    func everyTaskOnce(size: Int) {
        let team = Team(size: size)
        for tasks in [0, 1, 2, 3, 7, 64, 1000] {
            let counts = (0..<tasks).map { _ in Counter() }
            team.run(tasks: tasks) { counts[$0].value.wrappingAdd(1, ordering: .relaxed) }
            #expect(counts.allSatisfy { $0.value.load(ordering: .relaxed) == 1 }, "\(tasks) tasks")
        }
    }

    @Test("lets several threads take part in one call")
    func takesPart() {
        let team = Team(size: 2), arrived = Counter()
        // Each task ends only when the other has begun, so one thread alone would never return.
        team.run(tasks: 2) { _ in
            arrived.value.wrappingAdd(1, ordering: .sequentiallyConsistent)
            while arrived.value.load(ordering: .sequentiallyConsistent) < 2 {}
        }
        #expect(arrived.value.load(ordering: .relaxed) == 2)
    }

    @Test("leaves out what has not begun when work is given up", arguments: [1, 2])
    func cancelled(size: Int) {
        let team = Team(size: size), done = Counter()
        team.stopping { done.value.load(ordering: .sequentiallyConsistent) >= 3 }.run(tasks: 1000) { _ in
            done.value.wrappingAdd(1, ordering: .sequentiallyConsistent)
        }
        // Each thread may have begun one more when the third was done.
        #expect((3...3 + size).contains(done.value.load(ordering: .relaxed)))
        team.run(tasks: 10) { _ in done.value.store(0, ordering: .relaxed) }
        #expect(done.value.load(ordering: .relaxed) == 0, "the team itself goes on")
    }

    @Test("serves many callers at a time, and a call within a call")
    func manyCallers() async {
        let team = Team(size: 3), total = Counter()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<200 {
                        team.run(tasks: 9) { _ in
                            team.run(tasks: 2) { _ in total.value.wrappingAdd(1, ordering: .relaxed) }
                        }
                    }
                }
            }
        }
        #expect(total.value.load(ordering: .relaxed) == 8 * 200 * 9 * 2)
    }

    @Test("holds nothing of the caller's when a call returns")
    func letsGo() {
        // The runtime stops the process when somebody still holds a closure that was lent to a call.
        let team = Team(size: 4), total = Counter()
        for _ in 0..<20_000 {
            team.run(tasks: 4) { _ in total.value.wrappingAdd(1, ordering: .relaxed) }
        }
        #expect(total.value.load(ordering: .relaxed) == 80_000)
    }

    @Test("gives each thread working memory of its own")
    func scratch() {
        let team = Team(size: 3), mixed = Counter()
        team.run(tasks: 300, scratch: 1000) { task, memory in
            for index in 0..<1000 { memory[index] = Float(task) }
            if (0..<1000).contains(where: { memory[$0] != Float(task) }) {
                mixed.value.wrappingAdd(1, ordering: .relaxed)
            }
        }
        #expect(mixed.value.load(ordering: .relaxed) == 0)
    }

    @Test("counts small calls together as long as they follow one another closely")
    func streak() {
        let streak = CallStreak(gap: 50)
        #expect(streak.begin(20, at: 1000) == 20)
        streak.end(at: 1020)
        #expect(streak.begin(20, at: 1069) == 40)
        streak.end(at: 1089)
        #expect(streak.begin(30, at: 1100) == 70)
        streak.end(at: 1130)
        #expect(streak.begin(30, at: 1180) == 30)
        #expect(streak.begin(.max, at: 1190) > 1 << 40)
        streak.end(at: 1200)
        #expect(streak.begin(.max, at: 1210) > 1 << 40)
    }

    @Test("reads the processors of a control group's quota, rounded up")
    func quota() {
        #expect(TeamSize.quota(cpuMax: "max 100000\n") == nil)
        #expect(TeamSize.quota(cpuMax: "200000 100000") == 2)
        #expect(TeamSize.quota(cpuMax: "150000 100000") == 2)
        #expect(TeamSize.quota(cpuMax: "50000 100000") == 1)
        #expect(TeamSize.quota(cpuMax: "-1 100000") == nil)
        #expect(TeamSize.quota(cpuMax: "") == nil)
    }

    @Test(
        "changes no bit of a result",
        arguments: [
            ConvolutionGeometry(channels: 40, to: 33, input: Spatial(29, 31), kernel: Spatial(3, 3), begin: .pad(1, 1)),
            ConvolutionGeometry(channels: 70, to: 130, input: Spatial(7, 7), kernel: Spatial(1, 1)),
            ConvolutionGeometry(channels: 64, to: 96, input: Spatial(7, 7), kernel: Spatial(3, 3), begin: .pad(1, 1)),
            ConvolutionGeometry(channels: 256, to: 64, input: Spatial(9, 9), kernel: Spatial(5, 5), begin: .pad(2, 2)),
            ConvolutionGeometry(
                groups: 24,
                channels: 1,
                to: 1,
                input: Spatial(65, 67),
                kernel: Spatial(3, 3),
                begin: .pad(1, 1)
            ),
            ConvolutionGeometry(
                batch: 2,
                groups: 251,
                channels: 1,
                to: 1,
                input: Spatial(7, 7),
                kernel: Spatial(5, 5),
                begin: .pad(2, 2)
            ),
            ConvolutionGeometry(
                channels: 16,
                to: 70,
                input: Spatial(45, 61),
                kernel: Spatial(4, 4),
                stride: Spatial(repeating: 4)
            ),
            ConvolutionGeometry(
                groups: 4,
                channels: 8,
                to: 8,
                input: Spatial(60, 61),
                kernel: Spatial(3, 3),
                stride: Spatial(repeating: 2),
                begin: .pad(1, 1)
            ),
        ]
    )
    func bitwise(geometry: ConvolutionGeometry) {
        var random = SeededRandom(seed: 11)
        let input = random.floats(geometry.inputCount)
        let weight = Tensor(
            shape: Shape(checking: [geometry.weightCount])!,
            elements: random.floats(geometry.weightCount)
        )!
        for kernels in KernelSet.supported {
            let prepared = PreparedConvolution.prepare(
                geometry,
                weight: weight,
                algorithm: PreparedConvolution.algorithm(for: geometry, request: .auto, use: .often),
                kernels: kernels,
                blocking: .standard
            )
            let results = [1, 2, 3].map { size in
                var output = [Float](repeating: .nan, count: geometry.outputCount)
                prepared.run(input: input, bias: nil, output: &output, team: Team(size: size))
                return output.map(\.bitPattern)
            }
            #expect(results[0] == results[1], "\(kernels.name), \(prepared.algorithm.name)")
            #expect(results[0] == results[2], "\(kernels.name), \(prepared.algorithm.name)")
        }
    }
}

private final class Counter: Sendable {
    let value = Atomic<Int>(0)
}
