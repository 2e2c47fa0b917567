import HTTPTypes
import HTTPWire

/// The trace that a request belongs to (W3C Trace Context, `traceparent`). It is logged; nothing is sent on from here,
/// and answers carry none: the recommendation defines the field for requests alone.
struct TraceContext: Equatable, Sendable {
    /// 32 lower-case hexadecimal digits, not all zero.
    let traceID: String
    /// 16 of them: the caller's span.
    let parentID: String

    /// `nil` where there is none, or one that the recommendation says to ignore: more than one, or one not well formed.
    init?(_ head: RequestHead) {
        guard let value = head[.traceParent], head.all(.traceParent).count == 1 else { return nil }
        self.init(value)
    }

    /// `version-traceID-parentID-flags`. A later version than 00 may have more behind another dash.
    init?(_ value: String) {
        let parts = value.split(separator: "-", maxSplits: 4, omittingEmptySubsequences: false)
        guard parts.count >= 4, TraceContext.isHex(parts[0], digits: 2), parts[0] != "ff",
            parts.count == 4 || parts[0] != "00",
            TraceContext.isHex(parts[1], digits: 32), parts[1].contains(where: { $0 != "0" }),
            TraceContext.isHex(parts[2], digits: 16), parts[2].contains(where: { $0 != "0" }),
            TraceContext.isHex(parts[3], digits: 2)
        else { return nil }
        traceID = String(parts[1])
        parentID = String(parts[2])
    }

    private static func isHex(_ text: Substring, digits: Int) -> Bool {
        text.utf8.count == digits && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }
}
