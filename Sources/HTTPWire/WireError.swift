package import HTTPTypes

/// Why received bytes are not an acceptable request. The thrower hints the status; the edge writes the sentence.
package struct WireError: Error, Hashable, Sendable {
    package var reason: Reason
    /// Octets since the start of this message.
    package var offset: Int

    package init(_ reason: Reason, offset: Int) {
        self.reason = reason
        self.offset = offset
    }

    /// The module's owner adds cases; every case has a status and a sentence.
    package enum Reason: Hashable, Sendable {
        case malformedRequestLine
    }

    /// The status that suits the error best (400, 413, 414, 417, 431, 501, 505).
    package var statusHint: HTTPResponse.Status {
        switch reason {
        case .malformedRequestLine: .badRequest
        }
    }
}
