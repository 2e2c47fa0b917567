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

    /// How to go on after the head.
    package struct Continuation: Hashable, Sendable {
        package var body: BodyEncoding
        /// The connection ends with this response, whether the caller wished it or the framing needs it.
        package var closes: Bool
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
    ///   - request: Method and minor version of the request; nil when none could be read, which counts as HTTP/1.1.
    ///   - closing: The connection is not to be used again.
    ///   - date: The `Date` field's value (RFC 9110 section 5.6.7), in octets; empty leaves the field out.
    package static func appendHead(
        status: HTTPResponse.Status,
        fields: [HTTPField],
        body: Body,
        to request: (method: HTTPRequest.Method, minorVersion: Int)?,
        closing: Bool,
        date: [UInt8],
        into output: inout [UInt8]
    ) -> Continuation {
        let minorVersion = request?.minorVersion ?? 1
        var next = continuation(status: status, body: body, method: request?.method, minorVersion: minorVersion)
        next.closes = next.closes || closing

        appendStatusLine(status, into: &output)
        if !date.isEmpty {
            append("Date: ", into: &output)
            appendSafely(date, into: &output)
            append("\r\n", into: &output)
        }
        for field in fields where !isReserved(field.name) { append(field, into: &output) }
        if !hasNoContent(status) {
            switch body {
            case .length(let count):
                append("Content-Length: ", into: &output)
                appendDecimal(max(count, 0), into: &output)
                append("\r\n", into: &output)
            case .streamed where minorVersion > 0:
                append("Transfer-Encoding: chunked\r\n", into: &output)
            case .streamed:
                break
            }
        }
        if next.closes {
            append("Connection: close\r\n", into: &output)
        } else if minorVersion == 0 {
            append("Connection: keep-alive\r\n", into: &output)
        }
        append("\r\n", into: &output)
        return next
    }

    /// RFC 9112 section 6.3. HTTP/1.0 knows no chunks: there the end of a streamed body is the connection's.
    private static func continuation(
        status: HTTPResponse.Status,
        body: Body,
        method: HTTPRequest.Method?,
        minorVersion: Int
    ) -> Continuation {
        guard !hasNoContent(status), method != .head else { return Continuation(body: .omitted, closes: false) }
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
        append("HTTP/1.1 ", into: &output)
        let code = min(max(status.code, 100), 999)
        appendDecimal(code, into: &output)
        output.append(ASCII.space)
        appendSafely(status.reasonPhrase.utf8, into: &output)
        append("\r\n", into: &output)
    }

    private static func append(_ field: HTTPField, into output: inout [UInt8]) {
        let name = field.name.rawName.utf8
        guard !name.isEmpty, name.allSatisfy(OctetSet.token.contains) else { return }
        output.append(contentsOf: name)
        output.append(ASCII.colon)
        output.append(ASCII.space)
        unsafe field.withUnsafeBytesOfValue { unsafe appendSafely($0, into: &output) }
        append("\r\n", into: &output)
    }

    private static func append(_ text: StaticString, into output: inout [UInt8]) {
        text.withUTF8Buffer { unsafe output.append(contentsOf: $0) }
    }

    private static func appendSafely(_ text: some Collection<UInt8>, into output: inout [UInt8]) {
        let start = output.count
        output.append(contentsOf: text)
        for index in start..<output.count where !output[index].isFieldContent { output[index] = ASCII.space }
    }

    /// The fields that frame the message or speak for the connection.
    private static func isReserved(_ name: HTTPField.Name) -> Bool {
        switch name.canonicalName {
        case "content-length", "transfer-encoding", "connection", "date": true
        default: false
        }
    }

    private static func appendDecimal(_ number: Int, into output: inout [UInt8]) {
        var divisor = 1
        while number / divisor >= 10 { divisor *= 10 }
        while divisor > 0 {
            output.append(0x30 + UInt8(truncatingIfNeeded: number / divisor % 10))
            divisor /= 10
        }
    }
}
