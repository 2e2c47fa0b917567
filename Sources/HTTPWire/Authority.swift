/// uri-host [ ":" port ] (RFC 9110 section 7.2, RFC 3986 section 3.2.2). No user information: RFC 9110 section 4.2.4
/// wants it treated as an error. An empty host is refused as section 4.2.1 asks for http URIs.
enum Authority {
    static func isValid(_ text: Span<UInt8>) -> Bool {
        let hostEnd: Int
        if !text.isEmpty, text[0] == ASCII.openBracket {
            guard let close = text.firstIndex(of: ASCII.closeBracket) else { return false }
            guard isAddressLiteral(text.extracting(1..<close)) else { return false }
            hostEnd = close + 1
        } else {
            hostEnd = text.firstIndex(of: ASCII.colon) ?? text.count
            guard hostEnd > 0, isRegisteredName(text.extracting(0..<hostEnd)) else { return false }
        }
        guard hostEnd < text.count else { return true }
        guard text[hostEnd] == ASCII.colon else { return false }
        return isPort(text.extracting((hostEnd + 1)..<text.count))
    }

    /// *DIGIT, and a number that a port can have.
    private static func isPort(_ text: Span<UInt8>) -> Bool {
        var port = 0
        for index in text.indices {
            guard let digit = text[index].decimalDigit else { return false }
            port = port * 10 + Int(digit)
            guard port <= 65535 else { return false }
        }
        return true
    }

    /// reg-name; IPv4address is one too.
    private static func isRegisteredName(_ text: Span<UInt8>) -> Bool {
        var index = 0
        while index < text.count {
            if text[index] == ASCII.percent {
                guard text.hasPercentEncoding(at: index) else { return false }
                index += 3
            } else {
                guard OctetSet.registeredName.contains(text[index]) else { return false }
                index += 1
            }
        }
        return true
    }

    /// IPv6address / IPvFuture, without the brackets.
    private static func isAddressLiteral(_ text: Span<UInt8>) -> Bool {
        guard let first = text.isEmpty ? nil : text[0] else { return false }
        if first.asciiLowercased == UInt8(ascii: "v") {
            guard let dot = text.firstIndex(of: UInt8(ascii: ".")), dot > 1, dot + 1 < text.count else { return false }
            for index in 1..<dot where text[index].hexadecimalDigit == nil { return false }
            let address = OctetSet.registeredName.union(":")
            for index in (dot + 1)..<text.count where !address.contains(text[index]) { return false }
            return true
        }
        return isVersion6(text)
    }

    /// Eight groups of up to four hexadecimal digits; one run of zero groups may be `::`, the last two groups may be an
    /// IPv4 address.
    private static func isVersion6(_ text: Span<UInt8>) -> Bool {
        var groups = 0
        var compressed = false
        var index = 0
        if text.count >= 2, text[0] == ASCII.colon, text[1] == ASCII.colon {
            compressed = true
            index = 2
        }
        while index < text.count {
            let groupStart = index
            while index < text.count, text[index].hexadecimalDigit != nil { index += 1 }
            if index < text.count, text[index] == UInt8(ascii: ".") {
                guard isVersion4(text.extracting(groupStart..<text.count)) else { return false }
                groups += 2
                index = text.count
                break
            }
            guard 1...4 ~= index - groupStart else { return false }
            groups += 1
            guard index < text.count else { break }
            guard text[index] == ASCII.colon, index + 1 < text.count else { return false }
            index += 1
            if text[index] == ASCII.colon {
                guard !compressed else { return false }
                compressed = true
                index += 1
            }
        }
        return compressed ? groups < 8 : groups == 8
    }

    private static func isVersion4(_ text: Span<UInt8>) -> Bool {
        var parts = 0
        var index = 0
        while true {
            let start = index
            var value = 0
            while index < text.count, let digit = text[index].decimalDigit, index - start < 3 {
                value = value * 10 + Int(digit)
                index += 1
            }
            let length = index - start
            guard length > 0, value < 256, length == 1 || text[start] != UInt8(ascii: "0") else { return false }
            parts += 1
            if index == text.count { return parts == 4 }
            guard text[index] == UInt8(ascii: ".") else { return false }
            index += 1
        }
    }
}

extension Span<UInt8> {
    func firstIndex(of octet: UInt8, from start: Int = 0) -> Int? {
        var index = start
        while index < count {
            if self[index] == octet { return index }
            index += 1
        }
        return nil
    }

    /// "%" HEXDIG HEXDIG (RFC 3986 section 2.1), known to start with "%".
    func hasPercentEncoding(at index: Int) -> Bool {
        index + 2 < count && self[index + 1].hexadecimalDigit != nil && self[index + 2].hexadecimalDigit != nil
    }
}
