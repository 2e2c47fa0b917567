import Compression
import HTTPTypes
import HTTPWire

/// What the client takes in return (RFC 9110 section 12).
struct Negotiation: Sendable {
    /// The form of the answer.
    let form: BodyForm
    /// The coding of the answer, where it is worth one.
    let coding: ContentCoding
    /// Whether the answer may go out as it is.
    let allowsIdentity: Bool

    /// Of a client that says nothing.
    static let anything = Negotiation(form: .json, coding: .identity, allowsIdentity: true)

    private init(form: BodyForm, coding: ContentCoding, allowsIdentity: Bool) {
        self.form = form
        self.coding = coding
        self.allowsIdentity = allowsIdentity
    }

    /// Throws 406 when no form or no coding of ours is acceptable.
    init(_ head: RequestHead, _ entry: Router.Entry) throws(Problem) {
        form = try Negotiation.form(head, entry)
        guard head.contains(.acceptEncoding) else {
            coding = .identity
            allowsIdentity = true
            return
        }
        let encodings = head.all(.acceptEncoding)
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

    private static func form(_ head: RequestHead, _ entry: Router.Entry) throws(Problem) -> BodyForm {
        // Without the field anything will do, and the first form is the best: most clients say nothing else.
        guard head.contains(.accept), !head.only(.accept, is: "*/*") else { return .json }
        let accept = head.all(.accept)
        // There the request itself says how it wants each output.
        if case .inference = entry.route { return .json }
        let forms = BodyForm.answers(of: entry.route)
        if let form = Accept.best(of: forms.map(\.rawValue), fields: accept).flatMap(BodyForm.init(rawValue:)) {
            return form
        }
        let names = forms.map(\.rawValue).joined(separator: ", ")
        let said = accept.joined(separator: ", ")
        throw Problem(
            .notAcceptable,
            forms.count == 1
                ? "Accept \"\(said)\" leaves out \(names), the form of this answer."
                : "Accept \"\(said)\" leaves out \(names), the forms of this answer."
        )
    }

    /// The coding for an answer of this many octets.
    func coding(forCount count: Int) -> ContentCoding {
        count >= ServiceConfiguration.smallestCompressed || !allowsIdentity ? coding : .identity
    }
}
