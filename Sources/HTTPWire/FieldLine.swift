/// field-name ":" OWS field-value OWS (RFC 9112 section 5): places in the line.
struct FieldLine {
    var kind: KnownField
    var name: Range<Int>
    var value: Range<Int>

    /// `offset` is where the line stands in the message.
    init(_ line: Span<UInt8>, isFirst: Bool, offset: Int) throws(WireError) {
        // Sections 2.2 and 5.2: neither skipped nor unfolded, since readers differ in what they do with it.
        guard !line.isEmpty, !line[0].isBlank else {
            throw WireError(isFirst ? .whitespaceBeforeFirstField : .foldedLine, offset: offset)
        }
        var colon = 0
        kind = .other
        if let first = line.firstIndex(of: ASCII.colon) {
            kind = KnownField(line.extracting(0..<first))
            colon = first
        }
        // What is known has been compared octet by octet already.
        if kind == .other { colon = try Self.nameEnd(line, offset: offset) }

        var start = colon + 1
        var end = line.count
        while start < end, line[start].isBlank { start += 1 }
        while start < end, line[end - 1].isBlank { end -= 1 }
        name = 0..<colon
        value = start..<end
        let isFine = unsafe line.extracting(value).withUnsafeBytes { unsafe $0.isFieldContent }
        guard !isFine else { return }
        for index in value where !line[index].isFieldContent {
            let octet = line[index]
            throw WireError(
                octet == ASCII.carriageReturn ? .bareCarriageReturn : .badFieldValueOctet(octet: octet),
                offset: offset + index
            )
        }
    }

    /// The place of the colon behind a name that is a token.
    private static func nameEnd(_ line: Span<UInt8>, offset: Int) throws(WireError) -> Int {
        let token = OctetSet.token
        var colon = 0
        while colon < line.count, token.contains(line[colon]) { colon += 1 }
        guard colon < line.count else { throw WireError(.missingColon, offset: offset + colon) }
        guard line[colon] == ASCII.colon else {
            throw WireError(nameEnds(line, at: colon), offset: offset + colon)
        }
        guard colon > 0 else { throw WireError(.emptyFieldName, offset: offset) }
        return colon
    }

    /// What to call an octet that ends a name before its colon (section 5.1 forbids blanks there expressly).
    private static func nameEnds(_ line: Span<UInt8>, at index: Int) -> WireError.Reason {
        guard line[index].isBlank else {
            return line[index] == ASCII.carriageReturn
                ? .bareCarriageReturn : .badFieldNameOctet(octet: line[index])
        }
        var next = index
        while next < line.count, line[next].isBlank { next += 1 }
        return next < line.count && line[next] == ASCII.colon
            ? .whitespaceBeforeColon : .badFieldNameOctet(octet: line[index])
    }
}
