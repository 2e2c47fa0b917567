import HTTPServer
import HTTPTypes
import HTTPWire
import Synchronization

/// Who may come in: callers within their rate, with one of the keys where there are keys.
///
/// Each request is looked at once: before its body where it has one, else when it is handled.
final class Door: Sendable {
    private let keys: Mutex<APIKeys?>
    /// Whether there are keys: most servers have none, and need no lock to know.
    private let hasKeys: Atomic<Bool>
    private let limiter: RateLimiter?
    private let opensMetrics: Bool
    private let metrics: ServiceMetrics

    init(_ configuration: ServiceConfiguration, metrics: ServiceMetrics) {
        keys = Mutex(configuration.keys)
        hasKeys = Atomic(configuration.keys != nil)
        limiter = configuration.rateLimit.map { RateLimiter($0, clock: configuration.clock) }
        opensMetrics = configuration.opensMetrics
        self.metrics = metrics
    }

    /// From now on these keys are asked for.
    func replaceKeys(_ new: APIKeys) {
        keys.withLock { $0 = new }
        hasKeys.store(true, ordering: .releasing)
    }

    /// Throws 429 or 401.
    ///
    /// - Parameters:
    ///   - entry: `nil` where nothing is: whether there is something is not told to strangers.
    ///   - peer: the client's address. What a proxy says of the address behind it is not believed: anyone can say it.
    func check(_ head: RequestHead, _ entry: Router.Entry?, peer: String) throws(Problem) {
        if let entry, entry.isOpen { return }
        if let limiter { try takeToken(Caller(address: peer), of: limiter, label: "address") }
        guard hasKeys.load(ordering: .acquiring), let keys = keys.withLock({ $0 }),
            !(opensMetrics && entry?.route == .metrics)
        else { return }
        guard let number = Door.number(of: head, in: keys) else {
            metrics.refused(.unauthorized)
            throw Door.unauthorized(head)
        }
        if let limiter { try takeToken(.key(number), of: limiter, label: "key") }
    }

    private func takeToken(_ caller: Caller, of limiter: RateLimiter, label: String) throws(Problem) {
        guard let wait = limiter.take(caller) else { return }
        metrics.rateLimited(by: label)
        let seconds = max(1, Int((wait.nanoseconds + 999_999_999) / 1_000_000_000))
        throw Problem(
            .tooManyRequests,
            "This \(label) has sent more requests than it may; try again in \(seconds) s.",
            fields: [HTTPField(name: .retryAfter, value: String(seconds))]
        )
    }

    /// The key of `Authorization: Bearer` or `X-Api-Key`, whichever is right.
    private static func number(of head: RequestHead, in keys: APIKeys) -> Int? {
        if let token = bearerToken(head), let number = keys.number(of: token) { return number }
        return head[.apiKey].flatMap { keys.number(of: Substring($0).utf8) }
    }

    /// RFC 6750 section 2.1; the scheme's letter case does not matter (RFC 9110 section 11.1).
    private static func bearerToken(_ head: RequestHead) -> Substring.UTF8View? {
        guard let value = head[.authorization] else { return nil }
        let parts = value.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true)
        guard parts.count == 2, parts[0].asciiLowercased == "bearer" else { return nil }
        return parts[1].drop { $0 == " " }.utf8
    }

    private static func unauthorized(_ head: RequestHead) -> Problem {
        let isOffered = head.contains(.authorization) || head.contains(.apiKey)
        // Without anything offered there is no error to name (RFC 6750 section 3.1).
        let challenge = #"Bearer realm="convserve""# + (isOffered ? #", error="invalid_token""# : "")
        return Problem(
            .unauthorized,
            isOffered
                ? "The key is not one of this server's."
                : "A key is needed: send Authorization: Bearer KEY, or X-Api-Key: KEY.",
            fields: [HTTPField(name: .wwwAuthenticate, value: challenge)]
        )
    }
}
