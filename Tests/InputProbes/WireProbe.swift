import HTTPTypes
import HTTPWire

/// The events do not depend on how the bytes were cut, nothing follows an error, and the end of input closes.
func brokenWireClaim(by input: [UInt8]) -> String? {
    let whole = WireEvents(of: input, pieceLength: max(input.count, 1))
    if let fault = whole.fault { return fault }
    for length in [1, 7] {
        let cut = WireEvents(of: input, pieceLength: length)
        if let fault = cut.fault { return "pieces of \(length): \(fault)" }
        if cut.lines != whole.lines { return "pieces of \(length): \(cut.lines); whole: \(whole.lines)" }
    }
    return nil
}

private struct WireEvents {
    var lines: [String] = []
    var fault: String?
    private var body: [UInt8] = []
    private var refused = false

    init(of input: [UInt8], pieceLength: Int) {
        var limits = Limits()
        // Low enough for the fuzzer to reach, high enough to let ordinary requests by.
        limits.requestLine = 512
        limits.fieldSection = 1024
        limits.fieldCount = 16
        limits.body = 4096
        limits.chunkLine = 64
        limits.chunkExtensions = 128
        limits.trailerSection = 256
        var connection = Connection(limits: limits)
        for start in stride(from: 0, to: input.count, by: pieceLength) {
            connection.receive(input[start..<min(input.count, start + pieceLength)].span.bytes)
            drain(&connection)
        }
        connection.receiveEnd()
        drain(&connection)
        if connection.phase != .closed { fault = "still open after the end of input" }
    }

    private mutating func drain(_ connection: inout Connection) {
        while true {
            do {
                switch try connection.next() {
                case .needMore, .closed: return
                case .head(let head):
                    lines.append(text(of: head))
                case .body(let place): connection.octets(at: place).withUnsafeBufferPointer { body += $0 }
                case .end:
                    closeBody()
                    connection.startNextRequest()
                }
                if refused {
                    fault = "an event after an error"
                    return
                }
            } catch {
                closeBody()
                lines.append("\(error.statusHint.code) \(error.sentence) at \(error.offset)")
                refused = true
            }
        }
    }

    private mutating func closeBody() {
        lines.append("body \(body)")
        body = []
    }

    private func text(of head: RequestHead) -> String {
        let fields = (0..<head.fields.count).map { index in "\(head.fields[index])" }
        return "\(head.method) \(head.path) \(head.query ?? "-") \(head.authority ?? "-") 1.\(head.minorVersion) "
            + "\(head.framing) \(head.keepsAlive) \(head.expectsContinue) \(fields)"
    }
}
