import HTTPServer
import HTTPTypes
import HTTPWire

/// Which pages of other origins may read answers: the CORS protocol of the Fetch standard.
package struct CrossOrigin: Sendable {
    /// `nil`: any.
    private let origins: Set<String>?

    package static let any = CrossOrigin(origins: nil)

    private init(origins: Set<String>?) { self.origins = origins }

    /// `*`, or origins as browsers send them, `https://example.org` or `http://localhost:3000`, with commas between.
    package init?(list: String) {
        guard list != "*" else {
            self = .any
            return
        }
        var origins: Set<String> = []
        for part in list.split(separator: ",", omittingEmptySubsequences: false) {
            let origin = part.trimmingOptionalWhitespace.asciiLowercased
            guard CrossOrigin.isOrigin(origin) else { return nil }
            origins.insert(origin)
        }
        self.origins = origins
    }

    /// A scheme, a host, perhaps a port, and nothing behind: a slash at the end would never match.
    private static func isOrigin(_ text: String) -> Bool {
        guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")) else { return false }
        let scheme = text[..<colon], rest = text[text.utf8.index(after: colon)...]
        guard scheme == "http" || scheme == "https", rest.hasPrefix("//") else { return false }
        let host = rest.dropFirst(2)
        return !host.isEmpty
            && host.utf8.allSatisfy { (0x21...0x7E).contains($0) && !"/?#@,*\"'<>\\".utf8.contains($0) }
    }

    /// The fields that let the page that asked, if it may, read the answer.
    func fields(for head: RequestHead) -> [HTTPField] {
        guard let origin = allowed(head) else { return [] }
        return [
            HTTPField(name: .accessControlAllowOrigin, value: origin),
            CrossOrigin.exposed,
        ]
    }

    /// Whether the answer differs by `Origin`, which caches must know.
    var varies: Bool { origins != nil }

    /// The answer to a preflight; `nil` when the request is none.
    func preflight(_ head: RequestHead, route: Route) -> Response? {
        guard head.method == .options, head.contains(.origin),
            head.contains(.accessControlRequestMethod)
        else { return nil }
        let vary = "Origin, Access-Control-Request-Method, Access-Control-Request-Headers"
        var fields = [HTTPField(name: .vary, value: vary)]
        if let origin = allowed(head) {
            let methods = route.allowedMethods.map(\.rawValue).joined(separator: ", ")
            fields += [
                HTTPField(name: .accessControlAllowOrigin, value: origin),
                HTTPField(name: .accessControlAllowMethods, value: methods),
                CrossOrigin.accepted,
                CrossOrigin.age,
            ]
        }
        return Response(status: .noContent, fields: fields)
    }

    /// The origin to name in the answer; `nil` when the page may not read it.
    private func allowed(_ head: RequestHead) -> String? {
        guard let origins else { return "*" }
        guard let origin = head[.origin], origins.contains(origin.asciiLowercased) else { return nil }
        return origin
    }

    private static let exposed = HTTPField(
        name: .accessControlExposeHeaders,
        value: "ETag, Inference-Header-Content-Length, Retry-After, Server-Timing, WWW-Authenticate, X-Request-Id"
    )
    private static let accepted = HTTPField(
        name: .accessControlAllowHeaders,
        value: "Authorization, Content-Encoding, Content-Type, If-Match, If-None-Match, "
            + "Inference-Header-Content-Length, Traceparent, Tracestate, X-Api-Key, X-Request-Id, X-Request-Timeout"
    )
    /// Seconds for which the browser need not ask again.
    private static let age = HTTPField(name: .accessControlMaxAge, value: "600")
}
