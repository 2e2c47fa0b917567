import Logging
import Synchronization

/// Writes each event as one line, with its time and level: logfmt for people, JSON for machines.
///
/// Whatever a client may have chosen stands in quotes, with control characters and all that is not ASCII escaped as in
/// JSON, so that nothing in an event can end its line or begin another.
struct LineLogHandler: LogHandler {
    enum Format: String, CaseIterable, Sendable { case logfmt, json }

    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?
    var logLevel: Logger.Level
    private let format: Format
    private let sink: LineSink
    /// Microseconds since 1970.
    private let clock: @Sendable () -> Int64

    init(
        format: Format,
        level: Logger.Level,
        sink: LineSink,
        clock: @escaping @Sendable () -> Int64 = microsecondsSince1970
    ) {
        self.format = format
        self.sink = sink
        self.clock = clock
        logLevel = level
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var all = metadata
        if let provided = metadataProvider?.get() { all.merge(provided) { $1 } }
        if let own = event.metadata { all.merge(own) { $1 } }
        var line = LogLine(format: format)
        line.add("time", timestamp(clock()))
        line.add("level", event.level.rawValue)
        line.add("message", event.message.description)
        for (key, value) in all.sorted(by: { $0.key < $1.key }) { line.add(key, value.description) }
        if let error = event.error { line.add("error", "\(error)") }
        sink.write(line.finished())
    }

    /// The line that tells of lines that could not be written.
    static func notice(ofLost count: Int, format: Format) -> [UInt8] {
        var line = LogLine(format: format)
        line.add("time", timestamp(microsecondsSince1970()))
        line.add("level", Logger.Level.warning.rawValue)
        line.add("message", "log lines were lost: nobody read them in time")
        line.add("lines", String(count))
        return line.finished()
    }
}

/// One line on its way.
private struct LogLine {
    private let format: LineLogHandler.Format
    private var octets: [UInt8] = []

    init(format: LineLogHandler.Format) {
        self.format = format
        octets.reserveCapacity(256)
        if format == .json { octets.append(UInt8(ascii: "{")) }
    }

    mutating func add(_ key: String, _ value: String) {
        switch format {
        case .json:
            if octets.count > 1 { octets.append(UInt8(ascii: ",")) }
            quote(key)
            octets.append(UInt8(ascii: ":"))
            quote(value)
        case .logfmt:
            if !octets.isEmpty { octets.append(UInt8(ascii: " ")) }
            // A key is a name from our own sources, but never more than one word.
            for octet in key.utf8 { octets.append(LogLine.isPlain(octet) ? octet : UInt8(ascii: "_")) }
            octets.append(UInt8(ascii: "="))
            var value = value
            let isWord = value.withUTF8 { text in
                guard !text.isEmpty, text.allSatisfy(LogLine.isPlain) else { return false }
                octets.append(contentsOf: text)
                return true
            }
            if !isWord { quote(value) }
        }
    }

    consuming func finished() -> [UInt8] {
        if format == .json { octets.append(UInt8(ascii: "}")) }
        octets.append(0x0A)
        return octets
    }

    /// Visible ASCII that ends neither a word nor a quotation.
    private static func isPlain(_ octet: UInt8) -> Bool {
        (0x21...0x7E).contains(octet) && octet != UInt8(ascii: "\"") && octet != UInt8(ascii: "=")
            && octet != UInt8(ascii: "\\")
    }

    private mutating func quote(_ text: String) {
        octets.append(UInt8(ascii: "\""))
        for unit in text.utf16 {
            switch unit {
            case 0x22, 0x5C: octets += [UInt8(ascii: "\\"), UInt8(unit)]
            case 0x20...0x7E: octets.append(UInt8(unit))
            case 0x0A: octets += "\\n".utf8
            case 0x0D: octets += "\\r".utf8
            case 0x09: octets += "\\t".utf8
            default:
                let digits = String(unit, radix: 16)
                octets += ("\\u" + String(repeating: "0", count: 4 - digits.count) + digits).utf8
            }
        }
        octets.append(UInt8(ascii: "\""))
    }
}
