package import HTTPTypes

/// The writing side: a response's head as bytes (RFC 9112 sections 4 to 6).
///
/// The encoder alone writes `Date`, `Content-Length`, `Transfer-Encoding` and `Connection`; given among the fields they
/// are left out. No octet of a field can end a line or the head: what is no field content is written as a space, and a
/// name that is no token is left out with its value.
package enum ResponseEncoder {
    /// What the body will be.
    package enum Body: Hashable, Sendable {
        /// This many octets.
        case length(Int)
        /// Its length is not known yet.
        case streamed
    }

    /// What of a request the head of its answer depends on.
    package struct Asked: Hashable, Sendable {
        /// The method is HEAD.
        package var isHead: Bool
        package var minorVersion: Int

        package init(isHead: Bool, minorVersion: Int) {
            self.isHead = isHead
            self.minorVersion = minorVersion
        }
    }

    /// How to go on after the head.
    package struct Continuation: Hashable, Sendable {
        package var body: BodyEncoding
        /// The connection ends with this response, whether the caller wished it or the framing needs it.
        package var closes: Bool

        package var hasBody: Bool { body != .omitted }
    }

    package enum BodyEncoding: Hashable, Sendable {
        /// No octet of a body is sent: the request was HEAD, or the status has none.
        case omitted
        /// The body's octets as they are.
        case plain
        /// Through `ChunkEncoder`.
        case chunked
    }

    /// The interim answer to `Expect: 100-continue` (RFC 9110 section 15.2.1).
    package static let continueBytes = Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)

    /// Appends status line, fields and the empty line.
    ///
    /// - Parameters:
    ///   - lines: Fields that are ready to be sent; `fields` follow them.
    ///   - request: Nil when none could be read, which counts as HTTP/1.1.
    ///   - closing: The connection is not to be used again.
    ///   - date: The `Date` field (RFC 9110 section 5.6.7); empty leaves it out.
    package static func appendHead(
        status: HTTPResponse.Status,
        lines: FieldLines = FieldLines(),
        fields: [HTTPField],
        body: Body,
        to request: Asked?,
        closing: Bool,
        date: FieldLines,
        into output: inout [UInt8]
    ) -> Continuation {
        let minorVersion = request?.minorVersion ?? 1
        let isHead = request?.isHead ?? false
        var next = continuation(status: status, body: body, isHead: isHead, minorVersion: minorVersion)
        next.closes = next.closes || closing

        appendStatusLine(status, into: &output)
        // What the last lines take at most, and those before.
        let last = 128
        // Only plain values go into the closures, which hold what they use: an array there would be counted.
        let (date, lines) = (date.octets.span, lines.octets.span)
        let (isAll, framing, closes) = (fields.isEmpty, hasNoContent(status) ? nil : body, next.closes)
        output.append(addingCapacity: date.count + lines.count + last) { output in
            output.append(copying: date)
            output.append(copying: lines)
            if isAll { appendEnd(framing, minorVersion, closes: closes, into: &output) }
        }
        guard !isAll else { return next }
        for field in fields { FieldLines.append(field, to: &output) }
        output.append(addingCapacity: last) { output in
            appendEnd(framing, minorVersion, closes: closes, into: &output)
        }
        return next
    }

    /// RFC 9112 section 6.3. HTTP/1.0 knows no chunks: there the end of a streamed body is the connection's.
    private static func continuation(
        status: HTTPResponse.Status,
        body: Body,
        isHead: Bool,
        minorVersion: Int
    ) -> Continuation {
        guard !hasNoContent(status), !isHead else { return Continuation(body: .omitted, closes: false) }
        guard body == .streamed else { return Continuation(body: .plain, closes: false) }
        return minorVersion > 0
            ? Continuation(body: .chunked, closes: false) : Continuation(body: .plain, closes: true)
    }

    /// 1xx, 204 and 304 have neither a body nor, here, a length (RFC 9110 sections 8.6 and 15).
    private static func hasNoContent(_ status: HTTPResponse.Status) -> Bool {
        status.code < 200 || status.code == 204 || status.code == 304
    }
}

extension ResponseEncoder {
    private static func appendStatusLine(_ status: HTTPResponse.Status, into output: inout [UInt8]) {
        // By far the most frequent. A status is its code and its phrase.
        if status.code == 200, status.reasonPhrase == "OK" { return output.append("HTTP/1.1 200 OK\r\n") }
        output.append(addingCapacity: 16) { output in
            output.append("HTTP/1.1 ")
            appendDecimal(min(max(status.code, 100), 999), into: &output)
            output.append(ASCII.space)
        }
        output.appendFieldContent(status.reasonPhrase.utf8)
        output.append("\r\n")
    }

    /// What frames the message and speaks for the connection, and the empty line.
    ///
    /// - Parameter body: Nil where the status has none.
    @inline(__always)
    private static func appendEnd(
        _ body: Body?,
        _ minorVersion: Int,
        closes: Bool,
        into output: inout OutputSpan<UInt8>
    ) {
        switch body {
        case .length(let count):
            output.append("Content-Length: ")
            appendDecimal(max(count, 0), into: &output)
            output.append("\r\n")
        case .streamed where minorVersion > 0:
            output.append("Transfer-Encoding: chunked\r\n")
        case .streamed, nil:
            break
        }
        if closes {
            output.append("Connection: close\r\n")
        } else if minorVersion == 0 {
            output.append("Connection: keep-alive\r\n")
        }
        output.append("\r\n")
    }

    private static func appendDecimal(_ number: Int, into output: inout OutputSpan<UInt8>) {
        // The digits from behind: 19 are the most there can be.
        var digits: InlineArray<19, UInt8> = .init(repeating: 0)
        var first = digits.count
        var rest = number
        repeat {
            first -= 1
            digits[first] = 0x30 + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        } while rest > 0
        while first < digits.count {
            output.append(digits[first])
            first += 1
        }
    }
}
