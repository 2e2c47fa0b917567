import CDocuments
import HTTPServer
import HTTPTypes

/// The texts that are served as they stand: the interface's description and the page for people.
enum Documents {
    static let openAPIYAML = bytes(document_openapi_yaml)
    static let openAPIJSON = bytes(document_openapi_json)
    static let page = bytes(document_page_html)

    /// The page loads nothing from elsewhere and talks to this service alone.
    static let pagePolicy = HTTPField(
        name: .contentSecurityPolicy,
        value: "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'"
    )

    private static func bytes(_ document: document) -> [UInt8] {
        Array(UnsafeBufferPointer(start: document.bytes, count: document.count))
    }
}
