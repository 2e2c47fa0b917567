import ConvolutionEngine
import TestSupport
import Testing

@Suite struct CancellationTests {
    @Test(arguments: [1, 2, 4]) func aStoppedTeamBeginsNoFurtherTask(size: Int) {
        let begun = Tally()
        let isStopped = Flag()
        Team(size: size).stopping { isStopped.value }.run(tasks: 100_000) { _ in
            _ = begun.next()
            isStopped.value = true
        }
        #expect((1...size).contains(begun.count))
    }

    @Test func stoppingOneRunLeavesTheTeamToOthers() {
        let team = Team(size: 2)
        let done = Tally()
        team.stopping { true }.run(tasks: 10) { _ in _ = done.next() }
        #expect(done.count == 0)
        team.run(tasks: 10) { _ in _ = done.next() }
        #expect(done.count == 10)
    }

    @Test func aCancelledRunStopsInsideALayer() throws {
        let weight = try tensor([64, 32, 3, 3], [Float](repeating: 1, count: 64 * 32 * 9))
        let input = try tensor([1, 32, 128, 128], [Float](repeating: 1, count: 32 * 128 * 128))
        let layer = Layer(.convolution(Convolution(spatialRank: 2, weight: .tensor(weight))))
        let engine = Engine(team: Team(size: 1))
        let plan = try engine.plan(Network(layers: [layer]), input: input.shape)
        let whole = engine.run(plan, input, cancelledFrom: .max)
        #expect(whole.result != nil)
        #expect(whole.asked > 10, "it asks within the layer, not only before it")
        let cut = engine.run(plan, input, cancelledFrom: whole.asked / 2)
        #expect(cut.result == nil)
        // The rest of one task may ask about its parts; no further task does.
        #expect(cut.asked < whole.asked, "\(cut.asked) of \(whole.asked)")
        #expect(engine.run(plan, input, cancelledFrom: whole.asked).result == nil, "the last word counts")
    }

    @Test func productsOfRowsAskToo() throws {
        let linear = Linear(weight: .tensor(try tensor([4, 4], [Float](repeating: 1, count: 16))))
        let input = try tensor([2000, 4], [Float](repeating: 1, count: 8000))
        let engine = Engine(team: Team(size: 1))
        let plan = try engine.plan(Network(layers: [Layer(.linear(linear))]), input: input.shape)
        let asked = Tally()
        let result = engine.run(plan, input: input) { asked.next() < 0 }
        #expect(result != nil)
        #expect(asked.count >= 5)
    }
}
