import Compression
import Foundation
import Testing

/// One row of Cases/compressed.md.
struct CompressedCase: CustomTestStringConvertible, Sendable {
    var name: String
    var coding: ContentCoding
    var data: [UInt8]
    /// What comes out, or the error's name.
    var outcome: Outcome

    enum Outcome: Hashable, Sendable {
        case data([UInt8])
        case error(String)
    }

    var testDescription: String { "\(coding.rawValue): \(name)" }

    static let all: [CompressedCase] = {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Cases/compressed.md")
        let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").compactMap { line in
            let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            guard cells.count == 4, let coding = ContentCoding(rawValue: cells[1]) else { return nil }
            let outcome: Outcome = cells[3].hasPrefix("`") ? .data(bytes(cells[3])) : .error(cells[3])
            return CompressedCase(name: cells[0], coding: coding, data: bytes(cells[2]), outcome: outcome)
        }
    }()

    /// Hexadecimal digits between backticks.
    private static func bytes(_ cell: String) -> [UInt8] {
        let digits = Array(cell.utf8.filter { $0 != UInt8(ascii: "`") })
        return stride(from: 0, to: digits.count - 1, by: 2).map {
            UInt8(String(decoding: digits[$0...$0 + 1], as: UTF8.self), radix: 16) ?? 0
        }
    }
}

/// What an `Inflater` makes of data that comes in pieces of these lengths; what remains comes as one.
func outcome(
    of data: [UInt8],
    _ coding: ContentCoding,
    limit: Int = 1 << 20,
    cutInto lengths: some Sequence<Int> = []
) -> CompressedCase.Outcome {
    var output: [UInt8] = []
    do throws(CompressionError) {
        var inflater = try Inflater(coding, limit: limit)
        var rest = data[...]
        for length in lengths where !rest.isEmpty {
            let piece = rest.prefix(length)
            try inflater.append(piece.span.bytes, to: &output)
            rest = rest.dropFirst(length)
        }
        try inflater.append(rest.span.bytes, to: &output)
        try inflater.finish()
        return .data(output)
    } catch {
        return .error(String("\(error)".prefix { $0 != "(" }))
    }
}
