import HTTPTypes

/// Collects one head, line by line, and draws the conclusions once it is complete.
struct HeadReader {
    private var storage = HeadStorage()
    /// Octets of the field lines so far, line ends included.
    private(set) var sectionOctets = 0

    /// After a request: a large head is let go of. Another is cleared only when the next one begins, for until then
    /// whoever answers this one still holds it.
    mutating func endRequest() {
        if !storage.isWorthKeeping { storage = HeadStorage() }
    }

    /// The head that was read last, as long as it is kept.
    var last: RequestHead? { storage.isComplete ? RequestHead(storage) : nil }

    /// `place` is where the line stands in the buffer, without its line end, `offset` where in the message.
    mutating func readRequestLine(
        _ place: Range<Int>,
        of buffer: borrowing ReceiveBuffer,
        offset: Int
    ) throws(WireError) {
        let line = buffer.octets(place)
        let parsed = try RequestLine(line, offset: offset)
        if !isKnownUniquelyReferenced(&storage) { storage = HeadStorage() }
        storage.method = parsed.method
        storage.minorVersion = parsed.minorVersion
        let target = parsed.target
        storage.removeAll()
        sectionOctets = 0
        let start = storage.append(buffer.octets(place.withLineEnd))
        storage.path = target.path.shifted(by: start)
        storage.query = target.query?.shifted(by: start)
        storage.authority = target.authority?.shifted(by: start)
    }

    mutating func readFieldLine(
        _ place: Range<Int>,
        of buffer: borrowing ReceiveBuffer,
        offset: Int,
        limits: Limits
    ) throws(WireError) {
        let line = buffer.octets(place)
        let count = storage.places.count
        let field = try FieldLine(line, isFirst: count == 0, offset: offset)
        guard count < limits.fieldCount else {
            throw WireError(.tooManyFields(limit: limits.fieldCount), offset: offset)
        }
        storage.appendField(field, of: buffer.octets(place.withLineEnd))
        sectionOctets += line.count + 2
    }

    /// The empty line at `place` has been read.
    mutating func finish(
        _ place: Range<Int>,
        of buffer: borrowing ReceiveBuffer,
        limits: Limits
    ) throws(WireError.Reason) -> RequestHead {
        _ = storage.append(buffer.octets(place.withLineEnd))
        try checkHost()
        let framing = try BodyFraming.decide(storage, minorVersion: storage.minorVersion, limits: limits)
        storage.framing = framing
        storage.expectsContinue = try expectsContinue() && framing != .none
        storage.keepsAlive = keepsAlive()
        storage.isComplete = true
        return RequestHead(storage)
    }

    /// RFC 9112 section 3.2: exactly one in HTTP/1.1, never two, and always well-formed. An absolute-form target has the last word.
    private mutating func checkHost() throws(WireError.Reason) {
        guard let host = storage.first(.host) else {
            guard storage.minorVersion == 0 else { throw .missingHost }
            return
        }
        guard storage.withOctets(host.value, Authority.isValid) else { throw .malformedHost }
        guard !storage.repeats(.host) else { throw .repeatedHost }
        storage.authority = storage.authority ?? host.value
    }

    /// RFC 9110 section 10.1.1: the only expectation there is; an HTTP/1.0 client cannot mean it.
    private func expectsContinue() throws(WireError.Reason) -> Bool {
        guard storage.minorVersion > 0 else { return false }
        var found = false
        try storage.forEachElement(of: .expect) { element throws(WireError.Reason) in
            guard storage.matches(element, lowercased: "100-continue") else { throw .unsupportedExpectation }
            found = true
        }
        return found
    }

    /// RFC 9112 section 9.3: `close` wins over everything, HTTP/1.0 must ask to stay.
    private func keepsAlive() -> Bool {
        var close = false
        var stay = storage.minorVersion > 0
        storage.forEachElement(of: .connection) { element in
            if storage.matches(element, lowercased: "close") { close = true }
            if storage.matches(element, lowercased: "keep-alive") { stay = true }
        }
        return stay && !close
    }
}

extension Range<Int> {
    /// Of a line: with the CRLF that follows it.
    fileprivate var withLineEnd: Range<Int> { lowerBound..<upperBound + 2 }
}
