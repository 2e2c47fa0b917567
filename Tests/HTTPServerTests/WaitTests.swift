import Testing

@testable import HTTPServer

@Suite struct WaitTests {
    private let start = Instant.now
    private let patience = Patience()
    private let limits = WaitLimits(Patience())

    @Test(arguments: [
        (Wait.Subject.request, 60), (.head, 10), (.body, 30), (.writing, 30), (.signOfLife, 1), (.lastCall, 1),
        (.end, 2),
    ])
    func whatDoesNotComeOnIsWaitedFor(subject: Wait.Subject, seconds: Int) {
        #expect(Wait(for: subject, since: start).deadline(limits) == start + .seconds(seconds))
    }

    @Test func theHandlerMayTakeItsTime() {
        #expect(Wait(for: .answer, since: start).deadline(limits) == nil)
    }

    @Test func progressPutsOffABodysDeadlineAndNotAHeads() {
        for (subject, seconds) in [(Wait.Subject.body, 50), (.head, 10)] {
            var wait = Wait(for: subject, since: start)
            wait.advance(by: 1_000_000, at: start + .seconds(20))
            #expect(wait.deadline(limits) == start + .seconds(seconds))
        }
    }

    @Test func anOctetBeforeEachStallIsNotEnough() {
        var wait = Wait(for: .body, since: start)
        for second in stride(from: 20, through: 40, by: 20) { wait.advance(by: 1, at: start + .seconds(second)) }
        #expect(wait.deadline(limits) == start + patience.rateGrace)
    }

    @Test(arguments: [(10 * 1024, 40), (10 * 1024 - 1, 39)])
    func theMinimumRateIsHeldToTheOctet(octets: Int, deadline: Int) {
        var wait = Wait(for: .body, since: start)
        // After thirty seconds and ten more, ten seconds' worth of octets must be there.
        wait.advance(by: octets, at: start + .seconds(20))
        #expect(wait.deadline(limits) == start + .seconds(deadline))
    }

    @Test func theMinimumRateIsEnough() {
        var wait = Wait(for: .body, since: start)
        for second in stride(from: 10, through: 600, by: 10) {
            let now = start + .seconds(second)
            wait.advance(by: 10 * patience.minimumRate, at: now)
            #expect(wait.deadline(limits) == now + patience.body)
        }
    }
}
