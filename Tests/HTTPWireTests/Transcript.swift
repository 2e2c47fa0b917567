import HTTPTypes
import HTTPWire

/// What a connection says about some bytes, in the words of the cases; the same however the bytes were handed over.
struct Transcript {
    private(set) var lines: [[UInt8]] = []
    private var shows: Details
    private var body: [UInt8] = []
    private var refused = false

    /// What is worth comparing.
    struct Details: OptionSet {
        let rawValue: Int
        static let fields = Details(rawValue: 1)
        static let authority = Details(rawValue: 2)
        static let offset = Details(rawValue: 4)
    }

    /// How bytes reach the connection.
    enum Manner: CaseIterable {
        /// By `receive`.
        case copied
        /// By `withSpareCapacity`.
        case inPlace
        /// By `didReadDirectly` where a body allows it, else copied.
        case direct
    }

    /// - Parameter lengths: of the pieces, in order; what remains comes as one.
    init(
        of bytes: [UInt8],
        cutInto lengths: some Sequence<Int>,
        manner: Manner = .copied,
        showing shows: Details = [],
        limits: Limits = Limits(),
        bodyLimit: Int? = nil
    ) {
        self.shows = shows
        var connection = Connection(limits: limits)
        var rest = bytes[...]
        for length in lengths where !rest.isEmpty {
            hand(rest.prefix(length), to: &connection, manner, bodyLimit)
            rest = rest.dropFirst(length)
        }
        hand(rest, to: &connection, manner, bodyLimit)
        connection.receiveEnd()
        drain(&connection, bodyLimit)
        if connection.phase != .closed { lines.append(Array("still open".utf8)) }
    }

    private mutating func hand(
        _ piece: ArraySlice<UInt8>,
        to connection: inout Connection,
        _ manner: Manner,
        _ bodyLimit: Int?
    ) {
        var piece = piece
        if manner == .direct {
            let count = min(piece.count, connection.directBodyCapacity)
            if count > 0 {
                body += piece.prefix(count)
                connection.didReadDirectly(count)
                piece = piece.dropFirst(count)
                drain(&connection, bodyLimit)
            }
        }
        switch manner {
        case .copied, .direct: connection.receive(piece.span.bytes)
        case .inPlace:
            while !piece.isEmpty {
                let taken = connection.withSpareCapacity(atLeast: 1) { spare in
                    spare.copyBytes(from: piece.prefix(spare.count))
                    return min(spare.count, piece.count)
                }
                piece = piece.dropFirst(taken)
            }
        }
        drain(&connection, bodyLimit)
    }

    private mutating func drain(_ connection: inout Connection, _ bodyLimit: Int?) {
        while true {
            do {
                let event = try connection.next()
                if refused, event.isEvent { lines.append(Array("something after a refusal".utf8)) }
                switch event {
                case .needMore, .closed: return
                case .head(let head):
                    add(head)
                    if let bodyLimit { try connection.limitBody(to: bodyLimit) }
                case .body(let place): connection.octets(at: place).withUnsafeBufferPointer { body += $0 }
                case .end:
                    closeBody()
                    connection.startNextRequest()
                }
            } catch {
                closeBody()
                var line = "\(error.statusHint.code) \(error.reason.name)"
                if shows.contains(.offset) { line += " at \(error.offset)" }
                lines.append(Array(line.utf8))
                refused = true
            }
        }
    }

    private mutating func closeBody() {
        if !body.isEmpty { lines.append(Array("body ".utf8) + body) }
        body = []
    }

    private mutating func add(_ head: RequestHead) {
        var line =
            "\(head.method.rawValue) \(head.path)\(head.query.map { "?\($0)" } ?? "") HTTP/1.\(head.minorVersion)"
        switch head.framing {
        case .none: break
        case .length(let length): line += " length=\(length)"
        case .chunked: line += " chunked"
        }
        if !head.keepsAlive { line += " close" }
        if head.expectsContinue { line += " continue" }
        if shows.contains(.authority), let authority = head.authority { line += " authority=\(authority)" }
        lines.append(Array(line.utf8))
        guard shows.contains(.fields) else { return }
        for index in 0..<head.fields.count {
            let field = head.fields[index]
            lines.append(Array("field \(field.name): \(field.value)".utf8))
        }
    }

    var text: String { Self.text(of: lines) }

    static func text(of lines: [[UInt8]]) -> String {
        lines.map { String(decoding: $0, as: UTF8.self).debugDescription }.joined(separator: "; ")
    }
}

extension Event {
    fileprivate var isEvent: Bool {
        switch self {
        case .needMore, .closed: false
        case .head, .body, .end: true
        }
    }
}

extension WireError.Reason {
    /// The case's name without what it carries.
    var name: String { String("\(self)".prefix { $0 != "(" }) }
}
