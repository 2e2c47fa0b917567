/// What a request line asks for (RFC 9112 section 3.2): places in the line.
struct RequestTarget {
    /// Empty for an absolute-form target without one; otherwise it starts with "/", or is "*".
    var path: Range<Int>
    var query: Range<Int>?
    var authority: Range<Int>?

    /// `place` is where the target stands in the line, not empty, and `offset` where the line stands in the message.
    init(_ line: Span<UInt8>, at place: Range<Int>, isOptions: Bool, offset: Int) throws(WireError) {
        var pathStart = place.lowerBound
        if line[pathStart] == ASCII.asterisk, place.count == 1 {
            guard isOptions else { throw WireError(.asteriskWithoutOptions, offset: offset + pathStart) }
            path = place
            return
        }
        if line[pathStart] != ASCII.slash {
            let authority = try Self.authority(line, at: place, offset: offset)
            self.authority = authority
            pathStart = authority.upperBound
        }
        var end = pathStart
        try Self.skip(.path, in: line, from: &end, to: place.upperBound, offset: offset)
        path = pathStart..<end
        if end < place.upperBound, line[end] == ASCII.question {
            let queryStart = end + 1
            end = queryStart
            try Self.skip(.query, in: line, from: &end, to: place.upperBound, offset: offset)
            query = queryStart..<end
        }
        guard end == place.upperBound else { throw WireError(.badTargetOctet(octet: line[end]), offset: offset + end) }
    }

    /// absolute-form: a server takes it from anyone (RFC 9112 section 3.2.2), for the schemes that are HTTP's own.
    private static func authority(
        _ line: Span<UInt8>,
        at place: Range<Int>,
        offset: Int
    ) throws(WireError) -> Range<Int> {
        var schemeEnd = place.lowerBound
        while schemeEnd < place.upperBound, OctetSet.token.contains(line[schemeEnd]) { schemeEnd += 1 }
        let start = schemeEnd + 3
        guard start <= place.upperBound, line[schemeEnd] == ASCII.colon, line[schemeEnd + 1] == ASCII.slash,
            line[schemeEnd + 2] == ASCII.slash
        else { throw WireError(.malformedTarget, offset: offset + place.lowerBound) }
        let scheme = line.extracting(place.lowerBound..<schemeEnd)
        guard scheme.equals("http") || scheme.equals("https") else {
            throw WireError(.unsupportedScheme, offset: offset + place.lowerBound)
        }
        var end = start
        while end < place.upperBound, line[end] != ASCII.slash, line[end] != ASCII.question { end += 1 }
        guard Authority.isValid(line.extracting(start..<end)) else {
            throw WireError(.malformedAuthority, offset: offset + start)
        }
        return start..<end
    }

    private static func skip(
        _ allowed: OctetSet,
        in line: Span<UInt8>,
        from index: inout Int,
        to end: Int,
        offset: Int
    ) throws(WireError) {
        while index < end {
            if line[index] == ASCII.percent {
                guard index + 2 < end, line.hasPercentEncoding(at: index) else {
                    throw WireError(.badPercentEncoding, offset: offset + index)
                }
                index += 3
            } else if allowed.contains(line[index]) {
                index += 1
            } else {
                return
            }
        }
    }
}
