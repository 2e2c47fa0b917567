package import HTTPTypes

/// Field lines as they are sent: for answers that are made often and have most of their fields in common. What goes in
/// is held to the same rules as any field (`ResponseEncoder`).
package struct FieldLines: Sendable, Hashable {
    private(set) var octets: [UInt8] = []

    package init() {}

    package init(_ fields: [HTTPField]) {
        for field in fields { Self.append(field, to: &octets) }
    }

    /// Puts other lines behind these, and makes room for so many octets in all.
    package mutating func append(_ lines: FieldLines, capacity: Int) {
        octets.reserveCapacity(capacity)
        let lines = lines.octets.span
        octets.append(addingCapacity: lines.count) { span in span.append(copying: lines) }
    }

    package mutating func removeAll() { octets.removeAll(keepingCapacity: true) }

    /// Octets that it has memory for.
    package var capacity: Int { octets.capacity }

    package var isEmpty: Bool { octets.isEmpty }

    /// The fields themselves, for whoever wants to look at them.
    package var fields: [HTTPField] {
        octets.split(separator: ASCII.lineFeed).compactMap { line in
            guard let colon = line.firstIndex(of: ASCII.colon),
                let name = HTTPField.Name(String(decoding: line[..<colon], as: UTF8.self))
            else { return nil }
            // Behind the colon a space, before the line feed a carriage return.
            return HTTPField(name: name, value: String(decoding: line[(colon + 2)...].dropLast(), as: UTF8.self))
        }
    }

    /// Appends a field whose name stands in the source.
    package mutating func append(_ name: StaticString, _ value: String) {
        var value = value
        value.withUTF8 { value in
            octets.append(addingCapacity: name.utf8CodeUnitCount + value.count + 4) { span in
                span.append(name)
                span.append(": ")
                unsafe span.append(copying: value.span)
                span.append("\r\n")
            }
            octets.makeFieldContent(octets.count - 2 - value.count..<octets.count - 2)
        }
    }

    /// Appends a field whose value `write` appends, at most `count` octets.
    package mutating func append(_ name: StaticString, atMost count: Int, _ write: (inout OutputSpan<UInt8>) -> Void) {
        let before = octets.count
        octets.append(addingCapacity: name.utf8CodeUnitCount + count + 4) { span in
            span.append(name)
            span.append(": ")
            write(&span)
            span.append("\r\n")
        }
        octets.makeFieldContent(before + name.utf8CodeUnitCount + 2..<octets.count - 2)
    }

    /// Appends a line; none for a name that is no token, or that the encoder alone may write.
    static func append(_ field: HTTPField, to octets: inout [UInt8]) {
        let name = field.name.rawName.utf8
        guard !name.isEmpty, name.allSatisfy(OctetSet.token.contains), !isReserved(field.name) else { return }
        octets.append(contentsOf: name)
        octets.append(": ")
        unsafe field.withUnsafeBytesOfValue { unsafe octets.appendFieldContent($0) }
        octets.append("\r\n")
    }

    /// The fields that frame the message or speak for the connection.
    private static func isReserved(_ name: HTTPField.Name) -> Bool {
        switch name.canonicalName {
        case "content-length", "transfer-encoding", "connection", "date": true
        default: false
        }
    }
}
