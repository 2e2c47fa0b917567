/// How a body's end is found.
package enum BodyFraming: Hashable, Sendable {
    case none
    /// At least 1.
    case length(Int)
    case chunked
}

extension BodyFraming {
    /// The one place where framing is decided (RFC 9112 section 6.3): none, a length, chunks, or refuse. Whatever two
    /// readers could understand differently is refused, never repaired.
    static func decide(
        _ storage: HeadStorage,
        minorVersion: Int,
        limits: Limits
    ) throws(WireError.Reason) -> BodyFraming {
        if storage.contains(.transferEncoding) {
            guard !storage.contains(.contentLength) else { throw .transferEncodingWithContentLength }
            guard minorVersion > 0 else { throw .transferEncodingInOldVersion }
            return try transferCoding(storage)
        }
        guard storage.contains(.contentLength) else { return .none }
        let length = try contentLength(storage)
        guard length <= limits.body else { throw .bodyTooLarge(limit: limits.body) }
        return length == 0 ? .none : .length(length)
    }

    /// Only `chunked`, once and last, is understood (RFC 9112 sections 6.1 and 7).
    private static func transferCoding(_ storage: HeadStorage) throws(WireError.Reason) -> BodyFraming {
        var codings = 0
        var chunked = 0
        var endsChunked = false
        try storage.forEachElement(of: .transferEncoding) { element throws(WireError.Reason) in
            guard storage.octets[element].allSatisfy(OctetSet.token.contains) else { throw .malformedTransferEncoding }
            codings += 1
            endsChunked = storage.matches(element, lowercased: "chunked")
            if endsChunked { chunked += 1 }
        }
        guard endsChunked, chunked == 1 else { throw .malformedTransferEncoding }
        guard codings == 1 else { throw .unsupportedTransferCoding }
        return .chunked
    }

    /// 1*DIGIT; given several times, in one line or many, every copy must be the same text (RFC 9110 section 8.6).
    /// A number past `Int` is no length that anybody meant: 400 rather than 413.
    private static func contentLength(_ storage: HeadStorage) throws(WireError.Reason) -> Int {
        if let place = storage.first(.contentLength), !storage.repeats(.contentLength),
            let length = storage.withOctets(place.value, shortNumber)
        {
            return length
        }
        var first: Range<Int>?
        for place in storage.places where place.kind == .contentLength {
            var start = place.value.lowerBound
            while start <= place.value.upperBound {
                var end = start
                while end < place.value.upperBound, storage.octets[end] != ASCII.comma { end += 1 }
                let element = storage.trimmed(start..<end)
                guard !element.isEmpty, storage.octets[element].allSatisfy({ $0.decimalDigit != nil }) else {
                    throw .malformedContentLength
                }
                if let first, !storage.octets[first].elementsEqual(storage.octets[element]) {
                    throw .conflictingContentLengths
                }
                first = element
                start = end + 1
            }
        }
        var length = 0
        for octet in storage.octets[first ?? 0..<0] {
            let (shifted, overflow) = length.multipliedReportingOverflow(by: 10)
            let (sum, carry) = shifted.addingReportingOverflow(Int(octet.decimalDigit ?? 0))
            guard !overflow, !carry else { throw .hugeContentLength }
            length = sum
        }
        return length
    }

    /// What nearly all requests have: digits alone, too few to be more than `Int` holds.
    private static func shortNumber(_ text: Span<UInt8>) -> Int? {
        guard 1...18 ~= text.count else { return nil }
        var number = 0
        for index in text.indices {
            guard let digit = text[index].decimalDigit else { return nil }
            number = number &* 10 &+ Int(digit)
        }
        return number
    }
}
