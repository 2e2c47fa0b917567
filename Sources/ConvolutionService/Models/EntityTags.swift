import HTTPTypes
import HTTPWire
import ModelStore

/// `ETag`, and the conditions that name some (RFC 9110 sections 8.8.3 and 13.1).
enum EntityTags {
    static func field(_ tag: String) -> HTTPField { HTTPField(name: .eTag, value: "\"\(tag)\"") }

    /// What a change of a model is conditional on: `If-Match`, or else `If-None-Match`.
    static func precondition(_ head: RequestHead) throws(Problem) -> ModelStore.Precondition {
        let (matching, differing) = (try list(head, .ifMatch), try list(head, .ifNoneMatch))
        if let matching {
            // Strong comparison: a weak tag matches nothing.
            return matching.contains("*") ? .exists : .matches(matching.compactMap(strong))
        }
        if let differing { return differing.contains("*") ? .isNew : .differs(differing.map(opaque)) }
        return .none
    }

    /// Whether the client has this version already (304).
    static func isKnown(_ tag: String, to head: RequestHead) throws(Problem) -> Bool {
        guard let tags = try list(head, .ifNoneMatch) else { return false }
        return tags.contains("*") || tags.map(opaque).contains(tag)
    }

    private static func list(_ head: RequestHead, _ name: HTTPField.Name) throws(Problem) -> [String]? {
        let values = head.fields.all(named: name)
        guard !values.isEmpty else { return nil }
        let tags = values.joined(separator: ",").split(separator: ",").map(\.trimmingOptionalWhitespace)
        guard !tags.isEmpty, tags.allSatisfy({ $0 == "*" || isTag($0) }) else {
            throw Problem(
                .badRequest,
                "\(name.rawName) \"\(values.joined(separator: ", "))\" is neither * nor a list of entity tags in quotes."
            )
        }
        return tags
    }

    private static func isTag(_ text: String) -> Bool {
        let tag = text.hasPrefix("W/") ? text.dropFirst(2) : Substring(text)
        return tag.count >= 2 && tag.hasPrefix("\"") && tag.hasSuffix("\"")
            && !tag.dropFirst().dropLast().contains("\"")
    }

    private static func strong(_ tag: String) -> String? { tag.hasPrefix("W/") ? nil : opaque(tag) }

    private static func opaque(_ tag: String) -> String {
        String((tag.hasPrefix("W/") ? tag.dropFirst(2) : Substring(tag)).dropFirst().dropLast())
    }
}
