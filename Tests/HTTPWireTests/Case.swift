import Foundation
import Testing

/// One row of a table under Cases/; the README there says what each column means.
struct Case: CustomTestStringConvertible, Sendable {
    var file: String
    var name: String
    var request: [UInt8]
    /// The outcome's parts, unescaped.
    var outcome: [[UInt8]]

    var testDescription: String { "\(file): \(name)" }

    /// Every case there is, by file name.
    static let all: [Case] = {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Cases")
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path())) ?? []
        return files.sorted().filter { $0.hasSuffix(".md") && $0 != "README.md" }.flatMap { name in
            let text = (try? String(contentsOf: folder.appending(path: name), encoding: .utf8)) ?? ""
            return cases(in: text, file: name)
        }
    }()

    private static func cases(in text: String, file: String) -> [Case] {
        var template = "{}"
        var found: [Case] = []
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("#") { template = "{}" }
            if line.hasPrefix("Template: ") { template = code(line.dropFirst(10)) }
            guard line.hasPrefix("| "), !line.hasPrefix("| case |") else { continue }
            let cells = line.split(separator: "|").map { $0.trimmingPrefix(" ") }
            guard cells.count == 4 else {
                found.append(Case(file: file, name: "not four cells: \(line)", request: [], outcome: []))
                continue
            }
            let request = template.replacing("{}", with: code(cells[1]))
            found.append(
                Case(
                    file: file,
                    name: cells[0].trimmingCharacters(in: .whitespaces),
                    request: unescape(request),
                    outcome: code(cells[2]).split(separator: "; ").map { unescape(String($0)) }
                )
            )
        }
        return found
    }

    /// What stands between the backticks of a cell.
    private static func code(_ cell: Substring) -> String {
        guard let first = cell.firstIndex(of: "`"), let last = cell.lastIndex(of: "`"), first < last else { return "" }
        return String(cell[cell.index(after: first)..<last])
    }

    static func unescape(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let octet = rest.popFirst() {
            guard octet == UInt8(ascii: "\\"), let escape = rest.popFirst() else {
                bytes.append(octet)
                continue
            }
            switch escape {
            case UInt8(ascii: "r"): bytes.append(0x0D)
            case UInt8(ascii: "n"): bytes.append(0x0A)
            case UInt8(ascii: "t"): bytes.append(0x09)
            case UInt8(ascii: "0"): bytes.append(0)
            case UInt8(ascii: "x"):
                bytes.append(UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) ?? 0)
                rest = rest.dropFirst(2)
            default: bytes.append(escape)
            }
        }
        return bytes
    }
}
