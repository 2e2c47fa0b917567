import HTTPTypes
import HTTPWire

/// How long a request may take: what the service allows, or less where the client says so in `X-Request-Timeout`.
enum TimeLimit {
    static func of(_ head: RequestHead, atMost limit: Duration) throws(Problem) -> Duration {
        guard let text = head[.requestTimeout] else { return limit }
        guard let asked = seconds(text) else {
            throw Problem(
                .badRequest,
                "X-Request-Timeout \"\(text)\" is not a number of seconds above 0, such as 5 or 0.25."
            )
        }
        return min(asked, limit)
    }

    /// Digits, and a fraction of up to nine more; anything above a million seconds counts as that.
    static func seconds(_ text: String) -> Duration? {
        let parts = text.utf8.split(separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
        guard let whole = number(parts[0], digits: 1...18) else { return nil }
        var nanoseconds: Int64 = 0
        if parts.count == 2 {
            guard let fraction = number(parts[1], digits: 1...9) else { return nil }
            nanoseconds = (parts[1].count..<9).reduce(fraction) { value, _ in value * 10 }
        }
        guard whole > 0 || nanoseconds > 0 else { return nil }
        return .seconds(min(whole, 1_000_000)) + .nanoseconds(nanoseconds)
    }

    private static func number(_ text: Substring.UTF8View, digits: ClosedRange<Int>) -> Int64? {
        guard digits.contains(text.count), text.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return text.reduce(0) { $0 * 10 + Int64($1 - 0x30) }
    }
}
