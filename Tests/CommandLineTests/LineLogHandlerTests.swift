import Dispatch
import Glibc
import Logging
import TestSupport
import Testing

@testable import convserve

@Suite struct LineLogHandlerTests {
    /// What is written when `log` is called with a logger.
    private func written(
        _ format: LineLogHandler.Format,
        level: Logger.Level = .info,
        _ log: (Logger) -> Void
    ) throws -> String {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        defer { close(ends[0]) }
        let sink = LineSink(descriptor: ends[1])
        log(
            Logger(label: "test") { _ in
                LineLogHandler(format: format, level: level, sink: sink) { 1_780_000_000_123_456 }
            }
        )
        #expect(sink.flush(within: .seconds(60)))
        close(ends[1])
        var octets: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while case let count = read(ends[0], &chunk, chunk.count), count > 0 { octets += chunk[..<count] }
        return String(decoding: octets, as: UTF8.self)
    }

    @Test func logfmtIsOneLineWithTimeAndLevel() throws {
        let text = try written(.logfmt) { $0.info("request", metadata: ["path": "/v1/conv2d", "status": "200"]) }
        #expect(
            text == "time=2026-05-28T20:26:40.123456Z level=info message=request path=/v1/conv2d status=200\n"
        )
    }

    @Test func jsonIsOneObjectALine() throws {
        let text = try written(.json) { $0.warning("two words", metadata: ["a": "1"]) }
        #expect(
            text == #"{"time":"2026-05-28T20:26:40.123456Z","level":"warning","message":"two words","a":"1"}"# + "\n"
        )
    }

    @Test(arguments: LineLogHandler.Format.allCases)
    func noValueCanForgeALineOrAField(format: LineLogHandler.Format) throws {
        let hostile = "/x\n\rtime=now level=info \"quoted\" \\ \u{1B}[31m \u{2028} \u{85} ä \u{1F600}\u{0}\u{7F}"
        let text = try written(format) { $0.info("request", metadata: ["path": "\(hostile)", "z": "end"]) }
        #expect(text.utf8.count { $0 == 0x0A } == 1)
        #expect(text.hasSuffix("\n"))
        #expect(text.utf8.dropLast().allSatisfy { (0x20...0x7E).contains($0) })
        let quoted =
            #""/x\n\rtime=now level=info \"quoted\" \\ \u001b[31m \u2028 \u0085 \u00e4 \ud83d\ude00\u0000\u007f""#
        #expect(text.contains(quoted), "\(text)")
    }

    @Test func anEmptyValueIsStillAField() throws {
        #expect(try written(.logfmt) { $0.info("x", metadata: ["a": ""]) }.contains(#" a="""#))
    }

    @Test func belowItsLevelNothingIsWritten() throws {
        #expect(try written(.logfmt, level: .notice) { $0.info("x") } == "")
    }

    @Test func linesOfManyThreadsStandWhole() async throws {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        let sink = LineSink(descriptor: ends[1])
        let reading = ends[0], writing = ends[1]
        // Longer than what a pipe takes at one go from one writer among many.
        let body = String(repeating: "x", count: 6000)
        let done = Flag()
        DispatchQueue(label: "writers").async {
            DispatchQueue.concurrentPerform(iterations: 40) { number in
                sink.write(Array("\(number % 10)\(body)\(number % 10)\n".utf8))
            }
            done.value = sink.flush(within: .seconds(60))
            close(writing)
        }
        var octets: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65536)
        while case let count = read(reading, &chunk, chunk.count), count > 0 { octets += chunk[..<count] }
        close(reading)
        let lines = octets.split(separator: 0x0A)
        #expect(lines.count == 40)
        #expect(lines.allSatisfy { $0.count == 6002 && $0.first == $0.last })
        #expect(done.value)
    }

    @Test func whereNobodyReadsNobodyWaitsAndWhatIsLostIsCounted() throws {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        // Full before the first line, with empty lines.
        _ = fcntl(ends[1], F_SETFL, O_NONBLOCK)
        while write(ends[1], "\n", 1) == 1 {}
        _ = fcntl(ends[1], F_SETFL, 0)
        let sink = LineSink(descriptor: ends[1], capacity: 10_000) { Array("lost \($0)\n".utf8) }
        let line = Array((String(repeating: "x", count: 99) + "\n").utf8)
        for _ in 0..<20_000 { sink.write(line) }
        let lost = sink.lost
        #expect(lost > 0)
        #expect(!sink.flush(within: .milliseconds(1)))

        let writing = ends[1]
        DispatchQueue(label: "end").async {
            sink.flush(within: .seconds(60))
            close(writing)
        }
        var octets: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65536)
        while case let count = read(ends[0], &chunk, chunk.count), count > 0 { octets += chunk[..<count] }
        close(ends[0])
        let lines = octets.split(separator: 0x0A).map { String(decoding: $0, as: UTF8.self) }
        let told = lines.filter { $0.hasPrefix("lost ") }.compactMap { Int($0.dropFirst(5)) }
        #expect(told.reduce(0, +) == lost)
        #expect(lines.count - told.count == 20_000 - lost)
    }

    @Test(arguments: LineLogHandler.Format.allCases)
    func theReaderIsToldOfLostLines(format: LineLogHandler.Format) {
        let line = String(decoding: LineLogHandler.notice(ofLost: 7, format: format), as: UTF8.self)
        #expect(line.contains(format == .json ? #""lines":"7"}"# : "lines=7\n"))
        #expect(line.contains("level"))
    }

    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00.000000Z"), (951_782_400_000_001, "2000-02-29T00:00:00.000001Z"),
        ] as [(Int64, String)]
    )
    func timesAreWrittenAsRFC3339(microseconds: Int64, text: String) {
        #expect(timestamp(microseconds) == text)
    }
}
