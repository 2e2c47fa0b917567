package import HTTPTypes

/// Field lines as they are sent: for answers that are made often and have most of their fields in common. What goes in
/// is held to the same rules as any field (`ResponseEncoder`).
package struct FieldLines: Sendable, Hashable {
    private(set) var octets: [UInt8] = []

    package init() {}

    package init(_ fields: [HTTPField]) {
        for field in fields { Self.append(field, to: &octets) }
    }

    /// With memory for so many octets in all.
    package init(_ lines: FieldLines, capacity: Int) {
        octets.reserveCapacity(capacity)
        octets.append(contentsOf: lines.octets)
    }

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
        append(name) { octets in octets.append(contentsOf: value.utf8) }
    }

    /// Appends a field whose value `write` appends.
    package mutating func append(_ name: StaticString, _ write: (inout [UInt8]) -> Void) {
        unsafe octets.append(contentsOf: UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
        octets.append(ASCII.colon)
        octets.append(ASCII.space)
        let start = octets.count
        write(&octets)
        octets.makeFieldContent(from: start)
        octets.append(ASCII.carriageReturn)
        octets.append(ASCII.lineFeed)
    }

    /// Appends a line; none for a name that is no token, or that the encoder alone may write.
    static func append(_ field: HTTPField, to octets: inout [UInt8]) {
        let name = field.name.rawName.utf8
        guard !name.isEmpty, name.allSatisfy(OctetSet.token.contains), !isReserved(field.name) else { return }
        octets.append(contentsOf: name)
        octets.append(ASCII.colon)
        octets.append(ASCII.space)
        unsafe field.withUnsafeBytesOfValue { unsafe octets.appendFieldContent($0) }
        octets.append(ASCII.carriageReturn)
        octets.append(ASCII.lineFeed)
    }

    /// The fields that frame the message or speak for the connection.
    private static func isReserved(_ name: HTTPField.Name) -> Bool {
        switch name.canonicalName {
        case "content-length", "transfer-encoding", "connection", "date": true
        default: false
        }
    }
}

extension [UInt8] {
    /// Appends text that can end neither a line nor a head: what is no field content becomes a space.
    mutating func appendFieldContent(_ text: some Collection<UInt8>) {
        let start = count
        append(contentsOf: text)
        makeFieldContent(from: start)
    }

    /// The same with what stands there already, `start` on.
    mutating func makeFieldContent(from start: Int) {
        guard !isPlain(from: start) else { return }
        for index in start..<count where !self[index].isFieldContent { self[index] = ASCII.space }
    }

    /// No control character is among the octets, `start` on; looks at eight at a time ("determine if a word has a byte
    /// less than n", Anderson, Bit Twiddling Hacks).
    private func isPlain(from start: Int) -> Bool {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let octets = span.extracting(start..<count)
        let bytes = unsafe octets.bytes
        var index = 0
        while index + 8 <= octets.count {
            let word = unsafe bytes.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self)
            let deletes = word ^ ones &* UInt64(ASCII.delete)
            let low = (word &- ones &* 0x20) & ~word | (deletes &- ones) & ~deletes
            guard low & ones &* 0x80 == 0 else { return false }
            index += 8
        }
        while index < octets.count {
            guard octets[index].isFieldContent else { return false }
            index += 1
        }
        return true
    }
}
