import HTTPServer
import HTTPTypes
import Logging
import Synchronization
import Testing

@testable import ConvolutionService

@Suite struct TraceContextTests {
    private static let id = "0af7651916cd43dd8448eb211c80319c", parent = "b7ad6b7169203331"

    @Test(arguments: [
        "00-\(id)-\(parent)-01", "00-\(id)-\(parent)-00", "cc-\(id)-\(parent)-01-what-ever", "cc-\(id)-\(parent)-01",
    ])
    func aSoundFieldGivesItsIDs(value: String) {
        #expect(TraceContext(value)?.traceID == Self.id)
        #expect(TraceContext(value)?.parentID == Self.parent)
    }

    @Test(arguments: [
        "", "00", "00-\(id)-\(parent)", "00-\(id)-\(parent)-01-more", "ff-\(id)-\(parent)-01",
        "00-00000000000000000000000000000000-\(parent)-01", "00-\(id)-0000000000000000-01",
        "00-\(id.uppercased())-\(parent)-01", "00-\(id.dropLast())-\(parent)-01", "00-\(id)-\(parent)0-01",
        "00-\(id)-\(parent)-1", "0-\(id)-\(parent)-01", "00-\(id)-\(parent)-0g", "00_\(id)_\(parent)_01",
    ])
    func anUnsoundOneIsIgnored(value: String) {
        #expect(TraceContext(value) == nil)
    }
}

@Suite struct AccessLogTests {
    private static let seed = #"{"input":[[1,2,3],[4,5,6],[7,8,9]],"weight":[[0,1],[2,3]]}"#

    @Test func aRequestIsOneLineWithWhatBecameOfIt() async throws {
        let book = LogBook()
        let client = ServiceClient(accessLogger: book.logger)
        let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        let fields = [("X-Request-Id", "abc"), ("traceparent", trace)]
        let response = try await client.post("/v1/conv2d", Self.seed, fields: fields)
        let line = try #require(book.lines.first)
        #expect(book.lines.count == 1)
        #expect(line["method"] == "POST")
        #expect(line["path"] == "/v1/conv2d")
        #expect(line["peer"] == "127.0.0.1")
        #expect(line["status"] == "200")
        #expect(line["received"] == String(Self.seed.utf8.count))
        #expect(line["sent"] == String(response.body.count))
        #expect(line["request_id"] == "abc")
        #expect(line["trace_id"] == "0af7651916cd43dd8448eb211c80319c")
        #expect(line["parent_id"] == "b7ad6b7169203331")
        #expect(line["seconds"]?.wholeMatch(of: /\d+\.\d{6}/) != nil)
    }

    @Test func nothingOfABodyAQueryOrASecretIsLogged() async throws {
        let book = LogBook()
        let keys = try APIKeys(parsing: "hush-hush\n".utf8)
        let client = ServiceClient(accessLogger: book.logger) { $0.keys = keys }
        let key = [("Authorization", "Bearer hush-hush"), ("Cookie", "hush-cookie"), ("X-Api-Key", "hush-other")]
        let wrong = [("Authorization", "Bearer hush-wrong"), ("X-Api-Key", "hush-worse")]
        let bodies = [
            Self.seed, #"{"hush-name":1}"#, #"{"input":"hush-text"}"#, "hush-nonsense",
            #"{"input":[[1]],"weight":[[1]],"padding":100,"encoding":"hush"}"#,
        ]
        for body in bodies {
            for fields in [key, wrong, []] {
                _ = try await client.post("/v1/conv2d?token=hush-query", body, fields: fields)
            }
        }
        #expect(book.lines.count == bodies.count * 3)
        for line in book.lines {
            #expect(line.allSatisfy { !$0.value.contains("hush") && !$0.value.contains("4,5") }, "\(line)")
        }
    }

    @Test func whatNeverBecameARequestIsLoggedToo() {
        let book = LogBook()
        let client = ServiceClient(accessLogger: book.logger)
        _ = client.service.refusal(.timeout(.head))
        #expect(book.lines.map { $0["reason"] } == ["head_timeout"])
    }
}

/// Remembers the metadata of what is logged.
final class LogBook: Sendable {
    private let book = Mutex<[[String: String]]>([])

    var lines: [[String: String]] { book.withLock { $0 } }

    var logger: Logger {
        Logger(label: "test") { _ in Handler(book: self) }
    }

    private struct Handler: LogHandler {
        let book: LogBook
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            book.book.withLock { lines in
                lines.append((event.metadata ?? [:]).mapValues(\.description))
            }
        }
    }
}

@Suite struct MetricsTests {
    private static let seed = #"{"input":[[1,2,3],[4,5,6],[7,8,9]],"weight":[[0,1],[2,3]]}"#

    @Test func whatIsPromisedIsThere() async throws {
        let client = ServiceClient()
        client.service.countConnections { 7 }
        _ = try await client.post("/v1/conv2d", Self.seed)
        _ = try await client.send("GET", "/nothing")
        let text = try await client.send("GET", "/metrics").text
        for line in [
            #"convserve_requests_total{route="conv2d",status="200"} 1"#,
            #"convserve_requests_total{route="none",status="404"} 1"#,
            #"convserve_request_duration_seconds_count{route="conv2d"} 1"#,
            #"convserve_request_stage_seconds_count{route="conv2d",stage="queue"} 1"#,
            #"convserve_layers_total{algorithm="plain"} 1"#,
            "convserve_connections 7", #"convserve_queue_depth{lane="long"} 0"#, #"convserve_running{lane="short"} 0"#,
            "convserve_request_bytes_total \(Self.seed.utf8.count)",
            #"convserve_refused_total{reason="unauthorized"} 0"#, #"convserve_rate_limited_total{by="key"} 0"#,
            "convserve_build_info{version=",
        ] {
            #expect(text.contains(line + "\n") || text.contains(line), "\(line)")
        }
    }

    @Test func theKernelsNumbersAreOfThisProcess() throws {
        let text = ProcessMetrics.exposition()
        func value(_ name: String) throws -> Double {
            let line = try #require(text.split(separator: "\n").first { $0.hasPrefix(name + " ") })
            return try #require(Double(line.dropFirst(name.count + 1)))
        }
        #expect(try (1e6...1e11).contains(value("process_resident_memory_bytes")))
        #expect(try value("process_virtual_memory_bytes") >= value("process_resident_memory_bytes"))
        #expect(try value("process_cpu_seconds_total") > 0)
        #expect(try (3...value("process_max_fds")).contains(value("process_open_fds")))
        // After this was written, and not after now by more than the clocks' grain.
        #expect(try value("process_start_time_seconds") > 1_700_000_000)
    }
}
