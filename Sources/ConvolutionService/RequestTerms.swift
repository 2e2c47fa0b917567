import Compression
import HTTPServer
import HTTPTypes
import HTTPWire

/// What a request's head alone says of how it is to be answered: looked up and taken apart once, for both looks at the
/// request and for all that follow on its connection with the same head.
final class RequestTerms: Sendable {
    let entry: Router.Entry
    /// The entry's.
    let metrics: RouteMetrics
    let takesBody: Bool
    /// Its body is to be worked on.
    let isWork: Bool
    /// How long the request may take, in nanoseconds.
    let limit: Int64
    /// What the client takes in return.
    let negotiation: Negotiation
    /// The fields that all answers in its form have.
    let lines: FieldLines
    /// The content codings of the body.
    let codings: [ContentCoding]
    /// What the body says it is.
    let form: BodyForm
    /// The body is labelled as a form, as `curl -d` does it.
    let isLabelledForm: Bool
    /// The body is read as it came.
    var isPlain: Bool { codings.isEmpty && !isLabelledForm }

    /// Throws what is wrong with the head: 404, 405, then what a body must be, the answer's form and the time limit.
    ///
    /// - Parameter entry: That was found for the head, if one was.
    init(_ head: RequestHead, _ entry: Router.Entry?, _ service: Service) throws(Problem) {
        let entry = try service.router.check(entry, head)
        self.entry = entry
        metrics = entry.metrics
        takesBody = entry.takesBody
        isWork = entry.takesBody && head.method != .options
        if entry.takesBody, head.hasBody || head.method != .options {
            try BodyRules.check(head, entry)
            negotiation = try Negotiation(head, entry)
            codings = try BodyRules.contentCodings(head)
            form = BodyForm(request: head)
            isLabelledForm = BodyRules.isLabelledForm(head)
        } else {
            (negotiation, codings, form, isLabelledForm) = (.anything, [], .json, false)
        }
        lines = negotiation.form.lines(entry)
        limit = try TimeLimit.of(head, atMost: service.configuration.requestTimeout).nanoseconds
    }
}
