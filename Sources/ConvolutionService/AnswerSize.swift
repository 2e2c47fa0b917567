import ConvolutionEngine
import HTTPTypes
import TensorCoding

/// How many octets an answer's tensors and their text may take together, known before anything is computed.
struct AnswerSize {
    /// As float32 and 64-bit indices.
    private(set) var tensors: Int? = 0
    /// As JSON.
    private(set) var text: Int? = 0

    init(_ results: [ResultReport], encoding: TensorEncoding) {
        for result in results {
            let count = result.shape.elementCount
            tensors = sum(tensors, product(count, result.hasIndices ? 12 : 4))
            switch encoding {
            case .base64: text = sum(text, product(count, result.hasIndices ? 16 : 6))
            case .nested, .flat:
                let number = Self.longestNumber + (result.hasIndices ? Self.longestIndex : 0)
                text = sum(text, sum(product(count, number), product(Self.rows(of: result.shape), Self.brackets)))
            }
        }
    }

    /// Throws 422 when both are more than one request may take.
    func check(limit: Int, isNetwork: Bool) throws(Problem) {
        guard let octets = sum(tensors, text), octets <= limit else {
            let found = sum(tensors, text).map(String.init) ?? "more than 64 bits can count"
            throw Problem(
                .unprocessableContent,
                "The answer may take \(found) bytes as tensors and text, but the limit is \(limit): "
                    + "\"encoding\": \"base64\" takes the fewest\(isNetwork ? ", and fewer outputs take less" : "").",
                pointer: isNetwork ? "/outputs" : nil
            )
        }
    }

    /// `-1.17549435e-38,`
    private static let longestNumber = 16
    /// Of a plane that memory can hold: 13 digits and a comma.
    private static let longestIndex = 14
    /// `[`, `]` and `,`, once more for indices.
    private static let brackets = 6

    /// How many arrays the nested form has.
    private static func rows(of shape: Shape) -> Int? {
        var rows: Int? = 1, total: Int? = 1
        for extent in shape.dropLast() {
            rows = product(rows, extent)
            total = sum(total, rows)
        }
        return total
    }
}

private func product(_ first: Int?, _ second: Int) -> Int? {
    guard let (result, overflow) = first?.multipliedReportingOverflow(by: second), !overflow else { return nil }
    return result
}

private func sum(_ first: Int?, _ second: Int?) -> Int? {
    guard let first, let second else { return nil }
    let (result, overflow) = first.addingReportingOverflow(second)
    return overflow ? nil : result
}
