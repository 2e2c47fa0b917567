/// chunk-size [ chunk-ext ] (RFC 9112 sections 7.1 and 7.1.1), without its line end.
struct ChunkLine {
    /// Zero announces the trailers.
    var size: Int
    /// What follows the size: checked, and otherwise of no use.
    var extensionOctets: Int

    /// 1 to 16 HEXDIG, then at once the end or ";". Blanks after the size are refused, though the grammar could take
    /// them before a ";": readers have differed there.
    init(_ line: Span<UInt8>, offset: Int) throws(WireError) {
        var size: UInt64 = 0
        var index = 0
        while index < line.count, let digit = line[index].hexadecimalDigit {
            guard index < 16 else { throw WireError(.malformedChunkSize, offset: offset + index) }
            size = size << 4 | UInt64(digit)
            index += 1
        }
        guard index > 0, index == line.count || line[index] == ASCII.semicolon else {
            throw WireError(.malformedChunkSize, offset: offset + index)
        }
        guard let size = Int(exactly: size) else { throw WireError(.hugeChunkSize, offset: offset) }
        self.size = size
        extensionOctets = line.count - index
        try Self.checkExtensions(line, from: index, offset: offset)
    }

    /// *( BWS ";" BWS chunk-ext-name [ BWS "=" BWS chunk-ext-val ] )
    private static func checkExtensions(_ line: Span<UInt8>, from start: Int, offset: Int) throws(WireError) {
        var index = start
        while index < line.count {
            guard line[index] == ASCII.semicolon else { throw malformed(line, at: index, offset: offset) }
            index = line.skippingBlanks(from: index + 1)
            index = try token(line, from: index, offset: offset)
            let nameEnd = index
            index = line.skippingBlanks(from: index)
            if index < line.count, line[index] == ASCII.equals {
                index = line.skippingBlanks(from: index + 1)
                if index < line.count, line[index] == ASCII.quote {
                    index = try quotedString(line, from: index, offset: offset)
                } else {
                    index = try token(line, from: index, offset: offset)
                }
                let valueEnd = index
                index = line.skippingBlanks(from: index)
                guard index < line.count || index == valueEnd else {
                    throw malformed(line, at: valueEnd, offset: offset)
                }
            } else {
                guard index < line.count || index == nameEnd else {
                    throw malformed(line, at: nameEnd, offset: offset)
                }
            }
        }
    }

    private static func token(_ line: Span<UInt8>, from start: Int, offset: Int) throws(WireError) -> Int {
        var index = start
        while index < line.count, OctetSet.token.contains(line[index]) { index += 1 }
        guard index > start else { throw malformed(line, at: index, offset: offset) }
        return index
    }

    /// quoted-string (RFC 9110 section 5.6.4); returns what follows the closing quote.
    private static func quotedString(_ line: Span<UInt8>, from start: Int, offset: Int) throws(WireError) -> Int {
        var index = start + 1
        while index < line.count, line[index] != ASCII.quote {
            if line[index] == ASCII.backslash { index += 1 }
            guard index < line.count, line[index].isFieldContent else {
                throw malformed(line, at: index, offset: offset)
            }
            index += 1
        }
        guard index < line.count else { throw malformed(line, at: index, offset: offset) }
        return index + 1
    }

    private static func malformed(_ line: Span<UInt8>, at index: Int, offset: Int) -> WireError {
        let isReturn = index < line.count && line[index] == ASCII.carriageReturn
        return WireError(isReturn ? .bareCarriageReturn : .malformedChunkExtension, offset: offset + index)
    }
}

extension Span<UInt8> {
    fileprivate func skippingBlanks(from start: Int) -> Int {
        var index = start
        while index < count, self[index].isBlank { index += 1 }
        return index
    }
}
