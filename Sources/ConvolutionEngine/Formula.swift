/// The arithmetic of the output's extents, with the numbers filled in.
package struct Formula: Hashable, Sendable {
    /// `⌊(224 + 3 + 3 − 1·(7 − 1) − 1) / 2⌋ + 1 = 112`; where the axes differ one for each, `height: …; width: …`.
    package var text: String
    /// The textbook's form, `(W − F + 2P)/S + 1 = (5 − 3 + 2·0)/2 + 1 = 2`, rounded down where it does not come out even;
    /// `nil` where that form does not hold: with dilation, uneven padding, ceil_mode, or axes that differ.
    package var textbook: String?

    /// `nil` for layers that keep the spatial axes or give them up.
    init?(_ reach: Reach) {
        switch reach {
        case .pointwise, .whole:
            return nil
        case .sliding(let windows, let rank, let roundsUp):
            text = Formula.perAxis(rank) { windows[$0].slidingText(roundsUp: roundsUp) }
            textbook = Formula.single(rank) { windows[$0].textbookText(roundsUp: roundsUp) }
        case .transposed(let windows, let rank):
            text = Formula.perAxis(rank) { windows[$0].transposedText }
        case .adaptive(let input, let output, let rank):
            text = Formula.perAxis(rank) {
                "⌊i·\(input[$0])/\(output[$0])⌋ ≤ cells < ⌈(i + 1)·\(input[$0])/\(output[$0])⌉ for i < \(output[$0])"
            }
        case .resampled(let input, let output, let rank):
            text = Formula.perAxis(rank) { "\(input[$0]) → \(output[$0])" }
        }
    }

    /// One text when all axes have the same, else one for each.
    private static func perAxis(_ rank: Int, _ text: (Int) -> String) -> String {
        let texts = ((3 - rank)..<3).map(text)
        if texts.allSatisfy({ $0 == texts[0] }) { return texts[0] }
        return zip(["depth", "height", "width"].suffix(rank), texts).map { "\($0): \($1)" }.joined(separator: "; ")
    }

    /// The text that all axes have, if they do.
    private static func single(_ rank: Int, _ text: (Int) -> String?) -> String? {
        let texts = ((3 - rank)..<3).map(text)
        return texts.allSatisfy { $0 == texts[0] } ? texts[0] : nil
    }
}

extension Window {
    /// ⌊(in + pad + pad − d·(k − 1) − 1) / s⌋ + 1
    fileprivate func slidingText(roundsUp: Bool) -> String {
        let room = "(\(input) + \(paddingBegin) + \(paddingEnd) − \(dilation)·(\(kernel) − 1) − 1)"
        guard roundsUp else { return "⌊\(room) / \(stride)⌋ + 1 = \(output)" }
        let up = (padded - effectiveKernel + stride - 1) / stride + 1
        // The last window would have started in the padding at the end.
        let dropped = up > output ? " − 1" : ""
        return "⌈\(room) / \(stride)⌉ + 1\(dropped) = \(output)"
    }

    /// (W − F + 2P)/S + 1
    fileprivate func textbookText(roundsUp: Bool) -> String? {
        guard !roundsUp, dilation == 1 || kernel == 1, paddingBegin == paddingEnd else { return nil }
        let fraction = "(\(input) − \(kernel) + 2·\(paddingBegin))/\(stride)"
        let isEven = (padded - kernel).isMultiple(of: stride)
        return "(W − F + 2P)/S + 1 = \(isEven ? fraction : "⌊\(fraction)⌋") + 1 = \(output)"
    }

    /// (in − 1)·s − pad − pad + d·(k − 1) + output_padding + 1
    fileprivate var transposedText: String {
        // Padding below zero at the end is what output_padding or output_size added there.
        let added = max(0, -paddingEnd)
        let end = max(0, paddingEnd)
        return
            "(\(input) − 1)·\(stride) − \(paddingBegin) − \(end) + \(dilation)·(\(kernel) − 1) + \(added) + 1 = \(output)"
    }
}
