package import HTTPTypes

/// Why received bytes are not an acceptable request. The thrower hints the status; the edge writes the sentence.
/// After any of them the connection is dead: how its bytes divide into requests is no longer certain.
package struct WireError: Error, Hashable, Sendable {
    package var reason: Reason
    /// Octets since the start of this message.
    package var offset: Int

    package init(_ reason: Reason, offset: Int) {
        self.reason = reason
        self.offset = offset
    }

    /// Thrown by itself inside the module, where the place is known only to the caller.
    package enum Reason: Error, Hashable, Sendable {
        // Lines
        case bareLineFeed
        case bareCarriageReturn
        case tooManyEmptyLines(limit: Int)

        // Request line
        case requestLineTooLong(limit: Int)
        case malformedMethod(octet: UInt8)
        case malformedRequestLine
        case missingVersion
        case malformedVersion
        case unsupportedVersion(major: Int, minor: Int)
        case badTargetOctet(octet: UInt8)
        case badPercentEncoding
        case malformedTarget
        case asteriskWithoutOptions
        case unsupportedScheme
        case malformedAuthority
        case connectRefused

        // Field lines
        case whitespaceBeforeFirstField
        case foldedLine
        case missingColon
        case emptyFieldName
        case whitespaceBeforeColon
        case badFieldNameOctet(octet: UInt8)
        case badFieldValueOctet(octet: UInt8)
        case fieldSectionTooLarge(limit: Int)
        case tooManyFields(limit: Int)

        // What the fields say together
        case missingHost
        case repeatedHost
        case malformedHost
        case transferEncodingWithContentLength
        case transferEncodingInOldVersion
        case malformedTransferEncoding
        case unsupportedTransferCoding
        case malformedContentLength
        case conflictingContentLengths
        case hugeContentLength
        case unsupportedExpectation
        case bodyTooLarge(limit: Int)

        // Chunks
        case malformedChunkSize
        case hugeChunkSize
        case malformedChunkExtension
        case chunkLineTooLong(limit: Int)
        case chunkExtensionsTooLarge(limit: Int)
        case unterminatedChunk
        case trailerSectionTooLarge(limit: Int)
        case tooManyTrailers(limit: Int)

        // The end of input inside a message
        case cutShort(Part)
    }

    /// Where in a message the input ended.
    package enum Part: String, Hashable, Sendable {
        case head, body
    }

    /// The status that suits the error best.
    package var statusHint: HTTPResponse.Status {
        switch reason {
        case .bodyTooLarge: .contentTooLarge
        case .requestLineTooLong: .uriTooLong
        case .unsupportedExpectation: .expectationFailed
        case .fieldSectionTooLarge, .tooManyFields, .trailerSectionTooLarge, .tooManyTrailers:
            .requestHeaderFieldsTooLarge
        case .connectRefused, .unsupportedTransferCoding: .notImplemented
        case .unsupportedVersion: HTTPResponse.Status(code: 505, reasonPhrase: "HTTP Version Not Supported")
        default: .badRequest
        }
    }
}
