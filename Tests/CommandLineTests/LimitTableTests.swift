import ArgumentParser
import ConvolutionService
import Foundation
import HTTPServer
import HTTPWire
import Testing

@testable import convserve

/// Every number of the configuration in one table: with its option, and with the test that stands at the limit and one
/// past it. A new one that has no line here fails the first test, a line without its option or test the others.
@Suite struct LimitTableTests {
    /// One property of the configuration.
    struct Line: Sendable, CustomTestStringConvertible {
        let property: String
        /// The option and another value than the standard one; `nil` where nobody needs to change it.
        let option: (name: String, value: String)?
        /// `Suite.function` each.
        let tests: [String]

        var testDescription: String { property }

        static func limit(_ property: String, _ name: String, _ value: String, _ tests: String...) -> Line {
            Line(property: property, option: (name, value), tests: tests)
        }

        static func fixed(_ property: String, _ tests: String...) -> Line {
            Line(property: property, option: nil, tests: tests)
        }
    }

    static let table: [Line] = [
        .limit("limits.requestLine", "max-request-line-bytes", "4KiB", "LimitTests.requestLine"),
        .limit("limits.fieldSection", "max-header-bytes", "5KiB", "LimitTests.fieldSection"),
        .limit("limits.fieldCount", "max-header-fields", "6", "LimitTests.fieldCount"),
        .limit("limits.body", "max-body-bytes", "7KiB", "LimitTests.declaredBody", "LimitTests.chunkedBody"),
        .fixed("limits.chunkLine", "LimitTests.chunkLine"),
        .fixed("limits.chunkExtensions", "LimitTests.chunkExtensions"),
        .fixed("limits.trailerSection", "LimitTests.trailers"),
        .fixed("limits.leadingEmptyLines", "LimitTests.emptyLines"),
        .limit("maximumConnections", "max-connections", "8", "ListeningTests.pastTheMostConnectionsFurtherClientsWait"),
        .limit(
            "connectionsPerAddress",
            "max-connections-per-address",
            "9",
            "BoundsTests.anAddressHasSoManyConnectionsAndNotOneMore"
        ),
        .limit(
            "requestsPerConnection",
            "max-requests-per-connection",
            "10",
            "BoundsTests.aConnectionServesSoManyRequestsAndNotOneMore"
        ),
        .limit(
            "pipelinedRequests",
            "max-pipelined-requests",
            "11",
            "BoundsTests.soManyPipelinedRequestsAreAnsweredInOneGoAndNotOneMore"
        ),
        .limit("maximumOctetsInFlight", "max-bytes-in-flight", "12KiB", "FlowTests.bodiesInFlightAreBoundedTogether"),
        .fixed("leastIdle", "BoundsTests.aConnectionThatIsBusyOrHasOnlyJustComeDoesNotGiveWay"),
        .fixed("reservedDescriptors", "DescriptorLimitTests.aReserveIsKeptFromConnections"),
        .fixed("acceptPause", "ListeningTests.theServerSurvivesRunningOutOfDescriptors"),
        .fixed("drainedBody", "AdmissionTests.aRefusedBodyIsReadUpToSoMuchAndNotMore"),
        .fixed("lingeringOctets", "AdmissionTests.aLargeRefusedBodyEndsTheConnectionAfterItsAnswerWasRead"),
        .limit(
            "patience.handshake",
            "tls-handshake-timeout",
            "13",
            "TLSHandshakeTests.aHandshakeThatDoesNotGoOnIsGivenUp"
        ),
        .limit("patience.head", "header-timeout", "14", "TimeLimitTests.aRequestThatStopsArrivingIsAnsweredWith408"),
        .limit("patience.body", "body-timeout", "15", "TimeLimitTests.aRequestThatStopsArrivingIsAnsweredWith408"),
        .limit("patience.writing", "write-timeout", "16", "TimeLimitTests.aClientThatTakesNoneOfItsAnswerIsCut"),
        .limit("patience.idle", "idle-timeout", "17", "TimeLimitTests.anIdleConnectionIsClosedWithoutAWord"),
        .limit("patience.minimumRate", "min-rate", "18KiB", "WaitTests.theMinimumRateIsHeldToTheOctet"),
        .fixed("patience.rateGrace", "WaitTests.anOctetBeforeEachStallIsNotEnough"),
        .limit(
            "patience.drainDelay",
            "drain-delay",
            "19",
            "DrainTests.beforeTheDrainEachAnswerIsTheLastAndNewConnectionsAreServed"
        ),
        .limit("patience.drain", "drain-timeout", "20", "DrainTests.whatIsNotFinishedInTimeIsCut"),
        .fixed("patience.lastCall", "DrainTests.aConnectionThatIsIdleWhenTheDrainBeginsGetsOneMoreAnswer"),
        .fixed("patience.lingering", "TimeLimitTests.aClientThatDoesNotCloseAfterTheLastAnswerIsClosed"),
        .fixed("patience.halfClosed", "FlowTests.theWorkOfAClientThatClosedIsCancelled"),
        // Of the service.
        .limit("maximumBody", "max-body-bytes", "21KiB", "ServiceTests.theBodyLimitHoldsForTheDecompressedBody"),
        .limit(
            "decompressionRatio",
            "max-decompression-ratio",
            "22",
            "ServiceTests.aBodyMayGrowBySoMuchAndNotMore"
        ),
        .limit("concurrency", "threads", "23", "ComputeQueueTests.neverMoreThanItsWidthRunAtOnceAndNothingIsLost"),
        .limit("queueCapacity", "queue", "24", "ComputeQueueTests.aFullQueueRefusesAndForgetsTheTask"),
        .limit("queueBytes", "queue-bytes", "25KiB", "ComputeQueueTests.asManyBytesMayWaitAsTheLimitSaysAndNotOneMore"),
        .limit(
            "requestTimeout",
            "request-timeout",
            "26",
            "AdmissionTests.theTimeLimitIsTheServicesUnlessTheClientAsksForLess"
        ),
        .limit("plan.elementsPerTensor", "max-elements", "27", "PlanTests.everyLimitIsHeldAgainstThePlan"),
        .limit("plan.bytes", "max-request-memory", "28KiB", "PlanTests.everyLimitIsHeldAgainstThePlan"),
        .fixed("plan.multiplyAccumulates", "PlanTests.everyLimitIsHeldAgainstThePlan"),
        .fixed("plan.layers", "PlanTests.everyLimitIsHeldAgainstThePlan"),
        .limit("rateLimit", "rate-limit", "29", "RateLimitTests.pastTheBurst429SaysWhenToComeBackAndThenOneMayCome"),
    ]

    /// What is chosen, but bounds nothing.
    static let choices: Set = [
        "host", "port", "loops", "backlog", "tls", "compressionLevel", "keys", "opensMetrics", "crossOrigin", "clock",
        "version",
    ]

    @Test func everyNumberOfTheConfigurationHasItsLine() throws {
        let properties = try Self.properties(of: []).keys
        let lines = Self.table.map(\.property)
        #expect(Set(lines).count == lines.count)
        #expect(Set(properties).subtracting(lines).subtracting(Self.choices).isEmpty)
        #expect(Set(lines).union(Self.choices).isSubset(of: properties))
    }

    @Test(arguments: table)
    func anOptionChangesItsPropertyAlone(line: Line) throws {
        guard let option = line.option else { return }
        let standard = try Self.properties(of: [])
        let changed = try Self.properties(of: ["--\(option.name)", option.value])
        let differing = Set(standard.keys.filter { standard[$0] != changed[$0] })
        // A body is bounded as it is sent and as it is decompressed; both by one option.
        let expected: Set = option.name == "max-body-bytes" ? ["limits.body", "maximumBody"] : [line.property]
        #expect(differing == expected)
        let readMe = try String(contentsOf: Self.root.appending(path: "README.md"), encoding: .utf8)
        #expect(readMe.contains("| `--\(option.name)` |"), "the README's table")
    }

    @Test(arguments: table)
    func aTestStandsAtTheLimit(line: Line) throws {
        #expect(!line.tests.isEmpty)
        for test in line.tests {
            let (suite, function) = (test.prefix { $0 != "." }, test.drop { $0 != "." }.dropFirst())
            let isThere = Self.testSources.contains { source in
                source.contains("struct \(suite) {") && source.contains(" func \(function)(")
            }
            #expect(isThere, "\(test)")
        }
    }

    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    private static let testSources: [String] = {
        let names = FileManager.default.enumerator(atPath: root.appending(path: "Tests").path())
        return (names?.compactMap { $0 as? String } ?? []).filter { $0.hasSuffix("Tests.swift") }
            .compactMap { try? String(contentsOf: root.appending(path: "Tests/\($0)"), encoding: .utf8) }
    }()

    /// The configurations that `serve` makes of these arguments, by property.
    private static func properties(of arguments: [String]) throws -> [String: String] {
        let serve = try Serve.parse(arguments)
        let server = try serve.options.configuration(host: "localhost", port: 0)
        var service = try serve.engineOptions.configuration(maximumBody: server.limits.body)
        try serve.doorOptions.apply(to: &service)
        var found: [String: String] = [:]
        for (label, value) in Array(Mirror(reflecting: server).children) + Mirror(reflecting: service).children {
            guard let label else { continue }
            if ["limits", "patience", "plan"].contains(label) {
                for part in Mirror(reflecting: value).children {
                    found["\(label).\(part.label ?? "")"] = String(describing: part.value)
                }
            } else {
                found[label] = label == "clock" ? "" : String(describing: value)
            }
        }
        return found
    }
}
