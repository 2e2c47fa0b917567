import Foundation
import HTTPServer
import HTTPTypes
import Testing

/// Every error of the interface, as data (`Tests/Cases/errors.json`).
@Suite struct ErrorCaseTests {
    @Test(arguments: try! ErrorCase.readAll())
    func theAnswerSaysWhatIsWrongAndWhere(error: ErrorCase) async throws {
        let client = ServiceClient()
        let response = try await client.send(error.method, error.path, fields: error.headers, body: error.body)
        #expect(response.status.code == error.status, "\(response.text.prefix(400))")
        let problem = try #require(try JSONSerialization.jsonObject(with: Data(response.body)) as? [String: Any])
        #expect(response.field("Content-Type") == "application/problem+json")
        #expect(problem["status"] as? Int == error.status)
        #expect((problem["title"] as? String)?.isEmpty == false)
        #expect(problem["request_id"] as? String == response.field("X-Request-Id"))
        if let pointer = error.pointer { #expect(problem["pointer"] as? String == pointer) }
        let detail = try #require(problem["detail"] as? String)
        for text in error.detailContains {
            #expect(detail.lowercased().contains(text.lowercased()), "\"\(detail)\" does not say \"\(text)\"")
        }
        for (name, text) in error.answerFields {
            #expect(response.field(name)?.contains(text) == true, "\(name): \(response.field(name) ?? "none")")
        }

        let next = try await client.post("/v1/relu", #"{"input":[1]}"#)
        #expect(next.text == #"{"output":[1],"shape":[1]}"#, "the next request is answered")
    }
}

/// One case of `errors.json` (see the README beside it).
struct ErrorCase: Sendable, CustomTestStringConvertible {
    let name: String
    let method: String
    let path: String
    let headers: [(String, String)]
    let body: [UInt8]
    let status: Int
    let pointer: String?
    let detailContains: [String]
    /// A text that each of these must contain.
    let answerFields: [String: String]

    var testDescription: String { name }

    static func readAll() throws -> [ErrorCase] {
        let data = try Data(contentsOf: TestCases.folder.appending(path: "errors.json"))
        let list = try JSONSerialization.jsonObject(with: data) as? [[String: Any]] ?? []
        return try list.map(ErrorCase.init)
    }

    private init(_ object: [String: Any]) throws {
        guard let name = object["name"] as? String, let path = object["path"] as? String,
            let status = object["status"] as? Int
        else { throw GoldenCase.Unreadable(what: "\(object["name"] ?? "an error case")") }
        self.name = name
        self.path = path
        self.status = status
        method = object["method"] as? String ?? "POST"
        headers = (object["headers"] as? [String: String] ?? [:]).sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        pointer = object["pointer"] as? String
        detailContains = object["detail_contains"] as? [String] ?? []
        answerFields = object["answer_headers"] as? [String: String] ?? [:]
        body =
            if let text = object["body_text"] as? String {
                Array(text.utf8)
            } else if let text = object["body_base64"] as? String {
                Array(Data(base64Encoded: text) ?? Data())
            } else if let parts = object["body_repeat"] as? [String: Any], let unit = parts["unit"] as? String,
                let count = parts["count"] as? Int, let prefix = parts["prefix"] as? String,
                let suffix = parts["suffix"] as? String
            {
                Array((prefix + String(repeating: unit, count: count) + suffix).utf8)
            } else if let value = object["body"] {
                Array(try JSONSerialization.data(withJSONObject: value))
            } else {
                []
            }
    }
}
