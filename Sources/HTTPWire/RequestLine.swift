import HTTPTypes

/// method SP request-target SP HTTP-version, with exactly one space each time (RFC 9112 section 3).
struct RequestLine {
    var method: HTTPRequest.Method
    var target: RequestTarget
    var minorVersion: Int

    init(_ line: Span<UInt8>, offset: Int) throws(WireError) {
        let token = OctetSet.token
        var methodEnd = 0
        while methodEnd < line.count, token.contains(line[methodEnd]) { methodEnd += 1 }
        guard methodEnd < line.count else { throw WireError(.malformedRequestLine, offset: offset + methodEnd) }
        guard methodEnd > 0, line[methodEnd] == ASCII.space else {
            throw WireError(.malformedMethod(octet: line[methodEnd]), offset: offset + methodEnd)
        }
        let targetStart = methodEnd + 1
        var targetEnd = targetStart
        while targetEnd < line.count, line[targetEnd] != ASCII.space { targetEnd += 1 }
        guard targetEnd > targetStart else { throw WireError(.malformedRequestLine, offset: offset + targetStart) }
        guard targetEnd < line.count else { throw WireError(.missingVersion, offset: offset + targetEnd) }
        minorVersion = try Self.minorVersion(line, from: targetEnd + 1, offset: offset)
        method = try Self.method(line.extracting(0..<methodEnd), offset: offset)
        // The server is no proxy, and what follows CONNECT need not be HTTP (RFC 9110 section 9.3.6).
        guard method != .connect else { throw WireError(.connectRefused, offset: offset) }
        target = try RequestTarget(
            line,
            at: targetStart..<targetEnd,
            isOptions: method == .options,
            offset: offset
        )
    }

    /// "HTTP/" DIGIT "." DIGIT, in capitals (RFC 9112 section 2.3).
    private static func minorVersion(_ line: Span<UInt8>, from start: Int, offset: Int) throws(WireError) -> Int {
        var index = start
        for octet in "HTTP/".utf8 {
            guard index < line.count, line[index] == octet else {
                throw WireError(.malformedVersion, offset: offset + index)
            }
            index += 1
        }
        guard line.count == index + 3, let major = line[index].decimalDigit, line[index + 1] == UInt8(ascii: "."),
            let minor = line[index + 2].decimalDigit
        else { throw WireError(.malformedVersion, offset: offset + index) }
        guard major == 1 else {
            throw WireError(.unsupportedVersion(major: Int(major), minor: Int(minor)), offset: offset + start)
        }
        return min(Int(minor), 1)
    }

    /// Methods are case-sensitive (RFC 9110 section 9.1); one that nobody knows is for the server to answer.
    private static func method(_ name: Span<UInt8>, offset: Int) throws(WireError) -> HTTPRequest.Method {
        switch name.count {
        case 4 where name.isSame(as: "POST"): return .post
        case 3 where name.isSame(as: "GET"): return .get
        case 4 where name.isSame(as: "HEAD"): return .head
        case 3 where name.isSame(as: "PUT"): return .put
        case 7 where name.isSame(as: "OPTIONS"): return .options
        case 6 where name.isSame(as: "DELETE"): return .delete
        default: break
        }
        let text = unsafe name.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
        guard let method = HTTPRequest.Method(text) else { throw WireError(.malformedRequestLine, offset: offset) }
        return method
    }
}
