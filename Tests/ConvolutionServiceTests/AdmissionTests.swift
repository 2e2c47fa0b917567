import ConvolutionEngine
import HTTPServer
import HTTPTypes
import HTTPWire
import Synchronization
import TestSupport
import Testing

@testable import ConvolutionService

/// A queue whose places are all held, so that what is sent waits until the gate opens.
@Suite struct AdmissionTests {
    private static let seed = #"{"input":[[1,2,3],[4,5,6],[7,8,9]],"weight":[[0,1],[2,3]]}"#
    /// Small as a body, too much for the event loop.
    private static let work = #"{"input":[[1]],"weight":[[1]],"padding":60,"encoding":"flat"}"#

    private let gate = Gate()

    private func client(_ configure: (inout ServiceConfiguration) -> Void = { _ in }) async -> ServiceClient {
        let client = ServiceClient(configure)
        for lane in ComputeLane.allCases {
            for _ in 0..<client.service.queue.width {
                hold(lane, of: client)
            }
        }
        return client
    }

    /// Submits what ends when the gate opens.
    private func hold(_ lane: ComputeLane, of client: ServiceClient) {
        let gate = gate
        let ticket = client.service.queue.submit(lane) { gate.pass() }
        #expect(ticket != nil)
    }

    @Test func pastTheQueuesCapacity503SaysAtOnceWhenToComeBack() async throws {
        let client = await client { $0.queueCapacity = 0 }
        defer { gate.open() }
        let response = try await client.post("/v1/conv2d", Self.work)
        #expect(response.status == .serviceUnavailable)
        #expect(response.field("Retry-After") == "1")
        #expect(try await client.post("/v1/conv2d", Self.seed).status == .ok, "what is small needs no place")
        let text = try await client.send("GET", "/metrics").text
        #expect(text.contains(#"convserve_refused_total{reason="queue_full"} 1"#))
    }

    @Test func aRequestThatWaitsIsAnsweredWhenItsTimeIsUpAndItsPlaceIsFree() async throws {
        let client = await client()
        defer { gate.open() }
        let response = try await client.post("/v1/conv2d", Self.work, fields: [("X-Request-Timeout", "0.02")])
        #expect(response.status == .gatewayTimeout)
        // The answer is sent just before its place is given up.
        #expect(await eventually { client.service.queue.load.waiting.allSatisfy { $0 == 0 } })
        #expect(client.service.deadlines.count == 0)
        let text = try await client.send("GET", "/metrics").text
        #expect(text.contains(#"convserve_refused_total{reason="time_limit"} 1"#))
        #expect(text.contains(#"convserve_requests_total{route="conv2d",status="504"} 1"#))
    }

    @Test func theTimeLimitIsTheServicesUnlessTheClientAsksForLess() async throws {
        let client = await client { $0.requestTimeout = .milliseconds(20) }
        defer { gate.open() }
        let fields = [("X-Request-Timeout", "3600")]
        #expect(try await client.post("/v1/conv2d", Self.work, fields: fields).status == .gatewayTimeout)
    }

    @Test func aComputationIsStoppedWhenItsTimeIsUp() async throws {
        // 10⁹ multiply-accumulates by the plain loops, which take a kernel of this length: minutes in a debug build.
        let input = Array(repeating: "1", count: 200_000).joined(separator: ",")
        let weight = Array(repeating: "1", count: 5000).joined(separator: ",")
        let body = #"{"input":[\#(input)],"weight":[\#(weight)]}"#
        let client = ServiceClient { $0.requestTimeout = .seconds(60) }
        let response = try await client.post("/v1/conv1d", body, fields: [("X-Request-Timeout", "0.3")])
        #expect(response.status == .gatewayTimeout)
        #expect(await eventually { client.service.queue.load.running.allSatisfy { $0 == 0 } })
    }

    @Test func theWorkOfAClientThatHasGoneIsNotDone() async throws {
        let client = await client()
        let visitor = Visitor()
        let head = try ServiceClient.head(
            Array("POST /v1/conv2d HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n".utf8)
        )
        let request = Request(head: head, body: Array(Self.work.utf8), receivedAt: .now, peer: "127.0.0.1")
        var memory = AnswerMemory()
        #expect(client.service.handle(request, &memory) { Exchange(recipient: visitor) } == nil)
        #expect(client.service.queue.load.waiting.reduce(0, +) == 1)
        visitor.isGone.value = true
        gate.open()
        #expect(await eventually { visitor.answers.count == 1 })
        #expect(client.service.deadlines.count == 0)
        let text = try await client.send("GET", "/metrics").text
        #expect(text.contains(#"convserve_refused_total{reason="client_gone"} 1"#))
        #expect(!text.contains("convserve_layers_total"), "no layer was computed")
    }

    @Test func eachRequestIsAnsweredOnceThoughItsTimeIsUpWhileItIsComputed() async throws {
        let client = await client()
        let visitor = Visitor()
        let text = "POST /v1/conv2d HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nX-Request-Timeout: 0.01\r\n\r\n"
        let head = try ServiceClient.head(Array(text.utf8))
        let request = Request(head: head, body: Array(Self.work.utf8), receivedAt: .now, peer: "127.0.0.1")
        var memory = AnswerMemory()
        #expect(client.service.handle(request, &memory) { Exchange(recipient: visitor) } == nil)
        #expect(await eventually { visitor.answers.count == 1 })
        gate.open()
        #expect(await eventually { client.service.queue.load.running.allSatisfy { $0 == 0 } })
        #expect(visitor.answers.count == 1)
        let metrics = try await client.send("GET", "/metrics").text
        #expect(metrics.contains(#"convserve_requests_total{route="conv2d",status="504"} 1"#))
        #expect(!metrics.contains(#"convserve_requests_total{route="conv2d",status="200"}"#))
    }

    @Test func aMiddleRequestIsAnsweredWhileLongOnesHoldEveryPlaceOfTheirs() async throws {
        let client = ServiceClient { $0.concurrency = 1 }
        hold(.long, of: client)
        hold(.long, of: client)
        defer { gate.open() }
        #expect(try await client.post("/v1/conv2d", Self.work).status == .ok)
    }

    @Test(arguments: ["0", "-1", "", "1s", "1e3", ".5", "1.", "0.0", "nan", "1234567890123456789012"])
    func whatIsNoTimeLimitIsRefused(text: String) async throws {
        let response = try await ServiceClient().post("/v1/conv2d", Self.seed, fields: [("X-Request-Timeout", text)])
        #expect(response.status == .badRequest)
    }

    @Test func timeLimitsAreReadToTheNanosecond() {
        #expect(TimeLimit.seconds("5") == .seconds(5))
        #expect(TimeLimit.seconds("0.25") == .milliseconds(250))
        #expect(TimeLimit.seconds("0.000000001") == .nanoseconds(1))
        #expect(TimeLimit.seconds("999999999999999999") == .seconds(1_000_000))
    }
}

/// A client that may go, and that notes every answer.
private final class Visitor: Recipient {
    let isGone = Flag()
    let answers = Tally()

    var isCancelled: Bool { isGone.value }

    func deliver(_ response: consuming Response?) { _ = answers.next() }
}
