/// Text of at most 24 octets, none of them zero, in three words: compared and hashed in a few instructions.
struct ShortText: Equatable {
    static let capacity = 24

    private var words: (UInt64, UInt64, UInt64) = (0, 0, 0)

    /// `nil` for text that is longer, or has a zero.
    init?(_ text: String) {
        guard text.utf8.count <= ShortText.capacity else { return nil }
        for (index, octet) in text.utf8.enumerated() {
            guard octet != 0 else { return nil }
            let bits = UInt64(octet) << UInt64(index % 8 * 8)
            switch index / 8 {
            case 0: words.0 |= bits
            case 1: words.1 |= bits
            default: words.2 |= bits
            }
        }
    }

    /// Octets of a body, none of them zero; `nil` when there are more.
    init?(_ range: Range<Int>, of body: RawSpan) {
        let count = range.upperBound - range.lowerBound
        guard count <= ShortText.capacity else { return nil }
        words.0 = ShortText.word(at: range.lowerBound, count: count, of: body)
        guard count > 8 else { return }
        words.1 = ShortText.word(at: range.lowerBound + 8, count: count - 8, of: body)
        guard count > 16 else { return }
        words.2 = ShortText.word(at: range.lowerBound + 16, count: count - 16, of: body)
    }

    /// The first `count` octets, at most eight, the first of them lowest.
    private static func word(at offset: Int, count: Int, of body: RawSpan) -> UInt64 {
        if offset <= body.byteCount - 8 {
            let word = body.eightOctets(at: offset)
            return count >= 8 ? word : word & ((1 << UInt64(count * 8)) - 1)
        }
        var word: UInt64 = 0
        for index in 0..<min(count, 8) { word |= UInt64(body.octet(at: offset + index)) << UInt64(index * 8) }
        return word
    }

    static func == (first: ShortText, second: ShortText) -> Bool { first.words == second.words }

    /// Eight bits that depend on all octets.
    fileprivate var hash: Int {
        let mixed =
            words.0 &* 0x9E37_79B9_7F4A_7C15 ^ words.1 &* 0xC2B2_AE3D_27D4_EB4F ^ words.2 &* 0x1656_67B1_9E37_79F9
        return Int(truncatingIfNeeded: ((mixed ^ mixed >> 29) &* 0xBF58_476D_1CE4_E5B9) >> 56)
    }
}

/// Finds a text among at most a hundred known ones.
struct ShortTextTable {
    private let texts: [ShortText]
    /// By hash: the number of the text from 1, 0 where there is none. A text whose place is taken stands behind it.
    private var slots = [UInt8](repeating: 0, count: 256)

    /// The texts are all short and all different.
    init(_ texts: [String]) {
        self.texts = texts.map { text in
            guard let short = ShortText(text) else { preconditionFailure("\(text) is not short") }
            return short
        }
        for (index, text) in self.texts.enumerated() {
            var slot = text.hash
            while slots[slot] != 0 { slot = (slot + 1) % slots.count }
            slots[slot] = UInt8(index + 1)
        }
    }

    func index(of text: ShortText) -> Int? {
        var slot = text.hash
        while slots[slot] != 0 {
            let index = Int(slots[slot]) - 1
            if texts[index] == text { return index }
            slot = (slot + 1) % slots.count
        }
        return nil
    }
}
