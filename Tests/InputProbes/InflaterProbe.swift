import Compression

/// What comes out does not depend on how the data were cut, and is never more than allowed.
func brokenInflaterClaim(by input: [UInt8]) -> String? {
    for coding in [ContentCoding.gzip, .deflate] {
        for limit in [64, 1 << 16] {
            let whole = Inflated(input, coding, limit: limit, pieceLength: max(input.count, 1))
            guard whole.output.count <= limit else { return "\(whole.output.count) octets with limit \(limit)" }
            for length in [1, 7] {
                let cut = Inflated(input, coding, limit: limit, pieceLength: length)
                guard cut == whole else {
                    return "\(coding), pieces of \(length): \(cut.error ?? "read"); whole: \(whole.error ?? "read")"
                }
            }
        }
    }
    return nil
}

private struct Inflated: Equatable {
    var output: [UInt8] = []
    var error: String?

    init(_ input: [UInt8], _ coding: ContentCoding, limit: Int, pieceLength: Int) {
        do throws(CompressionError) {
            var inflater = try Inflater(coding, limit: limit)
            for start in stride(from: 0, to: input.count, by: pieceLength) {
                try inflater.append(input[start..<min(input.count, start + pieceLength)].span.bytes, to: &output)
            }
            try inflater.finish()
        } catch {
            self.error = "\(error)"
            // How much came out before an error is nobody's business.
            output = []
        }
    }
}
