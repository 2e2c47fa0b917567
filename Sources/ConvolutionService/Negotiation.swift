import Compression
import HTTPTypes
import HTTPWire

/// What the client takes in return (RFC 9110 section 12).
struct Negotiation: Sendable {
    /// The coding of the answer, where it is worth one.
    let coding: ContentCoding
    /// Whether the answer may go out as it is.
    let allowsIdentity: Bool

    /// Throws 406 when neither JSON nor any coding of ours is acceptable.
    init(_ head: RequestHead) throws(Problem) {
        let accept = head.fields.all(.accept)
        guard Accept.allows("application/json", fields: accept) else {
            throw Problem(
                .notAcceptable,
                "Accept \"\(accept.joined(separator: ", "))\" leaves out application/json, the form of this answer."
            )
        }
        let encodings = head.fields.all(.acceptEncoding)
        guard !encodings.isEmpty else {
            coding = .identity
            allowsIdentity = true
            return
        }
        let value = encodings.joined(separator: ", ")
        guard let coding = ContentCoding.negotiate(value) else {
            throw Problem(
                .notAcceptable,
                "Accept-Encoding \"\(value)\" leaves out gzip, deflate and identity, the codings of this answer."
            )
        }
        self.coding = coding
        allowsIdentity = ContentCoding.negotiate(value + ", gzip;q=0, deflate;q=0") == .identity
    }

    /// The coding for an answer of this many octets.
    func coding(forCount count: Int) -> ContentCoding {
        count >= ServiceConfiguration.smallestCompressed || !allowsIdentity ? coding : .identity
    }
}
