extension WireError {
    /// What was found and what was expected, for the person at the other end.
    package var sentence: String {
        "\(reason.sentence) (octet \(offset) of the message)"
    }
}

extension WireError.Reason {
    fileprivate var sentence: String {
        switch self {
        case .bareLineFeed: "A line ends with LF alone; every line must end with CR LF"
        case .bareCarriageReturn: "A CR stands inside a line; it may only stand before the LF that ends one"
        case .tooManyEmptyLines(let limit): "More than \(limit) empty lines stand before the request line"

        case .requestLineTooLong(let limit): "The request line is longer than \(limit) octets"
        case .malformedMethod(let octet):
            "The request line must begin with a method and one space, and \(named(octet)) cannot be part of a method"
        case .malformedRequestLine:
            "The request line must be a method, a target and a version with one space between them"
        case .missingVersion:
            "The request line has no version; it must end with HTTP/1.1 or HTTP/1.0 (HTTP/0.9 is not spoken)"
        case .malformedVersion: "The request line must end with one space and HTTP/1.1 or HTTP/1.0"
        case .unsupportedVersion(let major, let minor):
            "The request is HTTP/\(major).\(minor); this server speaks HTTP/1.1 and HTTP/1.0"
        case .badTargetOctet(let octet):
            "The request target holds \(named(octet)), which must be percent-encoded there"
        case .badPercentEncoding:
            "The request target holds a \"%\" without two hexadecimal digits after it; \"%\" itself is written %25"
        case .malformedTarget: "The request target must begin with \"/\" or be a whole http URL"
        case .asteriskWithoutOptions: "The target \"*\" is for the method OPTIONS alone"
        case .unsupportedScheme: "The request target's scheme must be http or https"
        case .malformedAuthority: "The request target's host must be a name or address and may have a port"
        case .connectRefused: "CONNECT asks for a tunnel; this server is no proxy"

        case .whitespaceBeforeFirstField: "White space stands between the request line and the first field"
        case .foldedLine: "A field line begins with white space; a value cannot be continued on the next line"
        case .missingColon: "A field line has no colon; it must be a name, a colon and a value"
        case .emptyFieldName: "A field line begins with its colon; a name must stand before it"
        case .whitespaceBeforeColon: "White space stands between a field's name and its colon"
        case .badFieldNameOctet(let octet): "A field name holds \(named(octet)), which no name can hold"
        case .badFieldValueOctet(let octet): "A field value holds \(named(octet)), which no value can hold"
        case .fieldSectionTooLarge(let limit): "The fields together are longer than \(limit) octets"
        case .tooManyFields(let limit): "The request has more than \(limit) fields"
        case .missingHost: "An HTTP/1.1 request must have a Host field"
        case .repeatedHost: "The request has more than one Host field"
        case .malformedHost: "The Host field must be a name or address and may have a port"

        case .transferEncodingWithContentLength:
            "The request has both Transfer-Encoding and Content-Length; its length must be told in one way"
        case .transferEncodingInOldVersion: "Transfer-Encoding does not exist in HTTP/1.0"
        case .malformedTransferEncoding: "Transfer-Encoding must end with chunked, once and without parameters"
        case .unsupportedTransferCoding: "The only transfer coding understood is chunked"
        case .malformedContentLength: "Content-Length must be decimal digits alone"
        case .hugeContentLength: "Content-Length is not the size of anything: it does not fit 63 bits"
        case .conflictingContentLengths: "Content-Length is given more than once with different values"
        case .unsupportedExpectation: "The only expectation understood is 100-continue"

        case .bodyTooLarge(let limit): "The body is larger than \(limit) octets"
        case .hugeChunkSize: "A chunk's size is not the size of anything: it does not fit 63 bits"
        case .malformedChunkSize: "A chunk must begin with its size in 1 to 16 hexadecimal digits"
        case .malformedChunkExtension: "What follows a chunk's size must be extensions of the form ;name or ;name=value"
        case .chunkLineTooLong(let limit): "A chunk's size line is longer than \(limit) octets"
        case .chunkExtensionsTooLarge(let limit): "The chunk extensions together are longer than \(limit) octets"
        case .unterminatedChunk: "A chunk's data must be as long as announced and be followed by CR LF"
        case .trailerSectionTooLarge(let limit): "The trailer fields together are longer than \(limit) octets"
        case .tooManyTrailers(let limit): "The request has more than \(limit) trailer fields"
        case .cutShort(let part): "The connection ended inside a request's \(part.rawValue)"
        }
    }

    /// An octet as people write it.
    private func named(_ octet: UInt8) -> String {
        let digits = String(octet, radix: 16, uppercase: true)
        let code = "octet 0x\(digits.count == 1 ? "0" : "")\(digits)"
        guard octet > 0x20, octet < 0x7F else { return octet == 0x20 ? "a space" : code }
        return "\"\(Character(Unicode.Scalar(octet)))\""
    }
}
