/// A checked string in the body, between its quotes and still escaped.
struct StringToken {
    /// The offset of the octet after the opening quote.
    var start: Int
    /// The offset of the closing quote.
    var end: Int
    var hasEscapes: Bool
}

extension JSONReader {
    /// Takes a string, whose opening quote is here, and checks its escapes and its UTF-8.
    mutating func string() throws(CodingError) -> StringToken {
        let start = position + 1
        var isASCII = true
        var hasEscapes = false
        position = start
        while true {
            skipPlainCharacters()
            switch current {
            case UInt8(ascii: "\""):
                if !isASCII { try validateUTF8(start..<position) }
                position += 1
                return StringToken(start: start, end: position - 1, hasEscapes: hasEscapes)
            case UInt8(ascii: "\\"):
                hasEscapes = true
                _ = try escape()
            case 0x80...:
                isASCII = false
                position += 1
            default:
                guard position < bytes.byteCount else {
                    throw fault(.endOfBody(expected: "the end of a string"), at: position)
                }
                throw fault(.controlCharacter(current), at: position)
            }
        }
    }

    /// The string without its escapes.
    func text(_ token: StringToken) -> String {
        token.hasEscapes
            ? String(decoding: octets(token), as: UTF8.self) : bytes.text(in: token.start..<token.end)
    }

    /// The string without its escapes, as UTF-8.
    func octets(_ token: StringToken) -> [UInt8] {
        if !token.hasEscapes {
            return bytes.octets(in: token.start..<token.end)
        }
        var octets: [UInt8] = []
        octets.reserveCapacity(token.end - token.start)
        var copy = self
        copy.position = token.start
        while copy.position < token.end {
            if copy.current == UInt8(ascii: "\\") {
                // Checked when the token was taken.
                guard let scalar = try? copy.escape() else { break }
                octets.append(contentsOf: String(scalar).utf8)
            } else {
                octets.append(copy.current)
                copy.position += 1
            }
        }
        return octets
    }

    /// Octets that stand for themselves, eight at a time.
    private mutating func skipPlainCharacters() {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let tops: UInt64 = 0x8080_8080_8080_8080
        while bytes.byteCount - position >= 8 {
            let eight = bytes.eightOctets(at: position)
            // A lane's top bit is set when the octet is below 0x20, a quote, a backslash, or not ASCII. Borrows may set
            // it in lanes above such an octet, never below it, and only the lowest counts.
            let quote = eight ^ (ones &* 0x22)
            let backslash = eight ^ (ones &* 0x5C)
            let special =
                ((eight &- (ones &* 0x20)) | (quote &- ones) | (backslash &- ones) | eight) & tops
            if special != 0 {
                position += special.trailingZeroBitCount / 8
                return
            }
            position += 8
        }
        while current >= 0x20, current < 0x80, current != UInt8(ascii: "\""), current != UInt8(ascii: "\\") {
            position += 1
        }
    }

    /// Takes one escape, or the two of a surrogate pair.
    private mutating func escape() throws(CodingError) -> Unicode.Scalar {
        let start = position
        position += 1
        let letter = current
        position += 1
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(letter)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): break
        default:
            guard start + 1 < bytes.byteCount else {
                throw fault(.endOfBody(expected: "the end of an escape"), at: bytes.byteCount)
            }
            throw fault(.invalidEscape, at: start)
        }
        let first = try fourHexDigits(escapeAt: start)
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard first < 0xDC00, current == UInt8(ascii: "\\") else { throw fault(.loneSurrogate, at: start) }
        position += 1
        guard current == UInt8(ascii: "u") else { throw fault(.loneSurrogate, at: start) }
        position += 1
        let second = try fourHexDigits(escapeAt: position - 2)
        guard (0xDC00...0xDFFF).contains(second) else { throw fault(.loneSurrogate, at: start) }
        let combined = 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00)
        guard let scalar = Unicode.Scalar(combined) else { throw fault(.loneSurrogate, at: start) }
        return scalar
    }

    private mutating func fourHexDigits(escapeAt start: Int) throws(CodingError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            let digit: UInt8
            switch current {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = current - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = current - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = current - UInt8(ascii: "A") + 10
            default:
                guard position < bytes.byteCount else {
                    throw fault(.endOfBody(expected: "four hexadecimal digits"), at: position)
                }
                throw fault(.invalidEscape, at: start)
            }
            value = value << 4 | UInt32(digit)
            position += 1
        }
        return value
    }

    private func validateUTF8(_ range: Range<Int>) throws(CodingError) {
        let span = Span<UInt8>(_bytes: bytes.extracting(range))
        do {
            _ = try UTF8Span(validating: span)
        } catch {
            throw fault(.invalidUTF8, at: range.lowerBound + error.byteOffsets.lowerBound)
        }
    }
}
