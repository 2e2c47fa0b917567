import Glibc
import HTTPTypes
import HTTPWire
import Testing

@testable import HTTPServer

@Suite struct DateFieldTests {
    @Test(arguments: [
        (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),  // RFC 9110 section 5.6.7
        (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
        (1_709_164_800, "Thu, 29 Feb 2024 00:00:00 GMT"),
        (4_102_444_799, "Thu, 31 Dec 2099 23:59:59 GMT"),
    ])
    func theDateIsWrittenAsTheStandardWantsIt(second: Int, expected: String) {
        var date = DateField()
        date.update(to: second)
        #expect(date.line.fields == [HTTPField(name: .date, value: expected)])
    }
}

@Suite struct DescriptorLimitTests {
    @Test func aReserveIsKeptFromConnections() throws {
        #expect(try DescriptorLimit.connections(wanted: 10_000, limit: 1024, open: 20, reserve: 64) == 940)
        #expect(try DescriptorLimit.connections(wanted: 100, limit: 1024, open: 20, reserve: 64) == 100)
    }

    @Test func aLowLimitStillServesSomebody() throws {
        #expect(try DescriptorLimit.connections(wanted: 10_000, limit: 64, open: 20, reserve: 64) == 23)
    }

    @Test func aLimitThatServesNobodyIsAnError() {
        #expect(throws: ServerError.tooFewDescriptors(limit: 24, open: 20)) {
            try DescriptorLimit.connections(wanted: 10_000, limit: 24, open: 20, reserve: 64)
        }
    }
}

@Suite struct OctetBudgetTests {
    @Test func whatIsTakenIsBoundedUntilItIsGivenBack() {
        let budget = OctetBudget(limit: 100)
        #expect(budget.take(60))
        #expect(!budget.take(41))
        #expect(budget.take(40))
        budget.give(60)
        budget.takeAnyway(200)
        #expect(!budget.take(1))
        budget.give(240)
        #expect(budget.take(100))
    }
}

@Suite struct BodyTests {
    @Test func aDeclaredLengthIsNotBelieved() {
        let budget = OctetBudget(limit: .max / 2)
        var body = Body()
        #expect(body.makeRoom(upTo: 1 << 30, budget: budget) == 64 * 1024)
        _ = body.fill(64 * 1024) { .moved($0.count) }
        #expect(body.makeRoom(upTo: 1 << 30, budget: budget) == 15 * 64 * 1024)
    }

    @Test func noMoreIsTakenThanIsToCome() {
        var body = Body()
        #expect(body.makeRoom(upTo: 10, budget: OctetBudget(limit: 10)) == 10)
    }

    @Test func whatIsClearedIsGivenBack() {
        let budget = OctetBudget(limit: 10)
        var body = Body()
        #expect(body.makeRoom(upTo: 10, budget: budget) == 10)
        #expect(!budget.take(1))
        _ = body.take()
        #expect(!budget.take(1))
        body.clear(budget: budget)
        #expect(budget.take(10))
    }

    @Test func memoryGoesToTheNextBodyWithWhatItPaid() {
        let budget = OctetBudget(limit: 10)
        var spare = Body()
        for _ in 0..<2 {
            var body = Body()
            body.adopt(&spare, for: 10)
            #expect(body.makeRoom(upTo: 10, budget: budget) == 10)
            _ = body.fill(10) { .moved($0.count) }
            var taken = body.take()
            body.leave(&taken, to: &spare)
            // Nothing is left of it to be given back.
            body.clear(budget: budget)
            #expect(!budget.take(1))
        }
    }
}

@Suite struct SocketAddressTests {
    @Test(arguments: ["127.0.0.1", "0.0.0.0", "::1", "::", "2001:db8::1"])
    func anAddressIsReadAndWrittenAlike(host: String) throws {
        let address = try #require(try SocketAddress.resolve(host: host, port: 8080).first)
        #expect(address.host == host)
        #expect(address.port == 8080)
        #expect(address.isWildcard == ["0.0.0.0", "::"].contains(host))
    }

    @Test func anAddressInsideIPv6IsWrittenAsWhatItIs() throws {
        #expect(try SocketAddress.resolve(host: "::ffff:192.0.2.1", port: 1).first?.host == "192.0.2.1")
    }

    @Test func aHostThatIsNoneIsAnError() {
        #expect(throws: ServerError.self) { try SocketAddress.resolve(host: "no host", port: 1) }
    }
}

@Suite struct TokenTests {
    @Test func aTokenSurvivesTheKernel() {
        for token in [Token(generation: 1, place: 0), Token(generation: .max, place: .max), .alarm, .listener(3)] {
            #expect(Token(rawValue: token.rawValue) == token)
        }
    }
}
