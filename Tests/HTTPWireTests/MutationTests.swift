import HTTPWire
import TestSupport
import Testing

/// What nobody would think of: requests of the corpus, spoilt at random.
@Suite("Mutations")
struct MutationTests {
    @Test("spoilt requests never trap, and mean the same however their bytes arrive", arguments: 0..<8 as Range<UInt64>)
    func spoilt(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let requests = Case.all.map(\.request).filter { !$0.isEmpty }
        for _ in 0..<400 {
            var bytes = requests.randomElement(using: &random) ?? []
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                spoil(&bytes, with: requests.randomElement(using: &random) ?? [], &random)
            }
            let whole = Transcript(of: bytes, cutInto: [], showing: [.fields, .authority, .offset])
            for manner in Transcript.Manner.allCases {
                let lengths = (0..<bytes.count).map { _ in Int.random(in: 1...9, using: &random) }
                let cut = Transcript(
                    of: bytes,
                    cutInto: lengths,
                    manner: manner,
                    showing: [.fields, .authority, .offset]
                )
                #expect(cut.text == whole.text, "seed \(seed), bytes \(bytes)")
            }
        }
    }

    private func spoil(_ bytes: inout [UInt8], with other: [UInt8], _ random: inout SeededRandom) {
        let telling = Array("\r\n\r\n \t:;,\"\\0159aAfFxX/?#%*+-\0\u{7F}".utf8) + [0x80, 0xFF]
        let place = Int.random(in: 0...bytes.count, using: &random)
        switch Int.random(in: 0..<6, using: &random) {
        case 0: bytes.insert(telling.randomElement(using: &random) ?? 0, at: place)
        case 1 where place < bytes.count: bytes.remove(at: place)
        case 2 where place < bytes.count: bytes[place] = telling.randomElement(using: &random) ?? 0
        case 3 where place < bytes.count: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 4: bytes.insert(contentsOf: other.suffix(Int.random(in: 0...other.count, using: &random)), at: place)
        default: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 0...8, using: &random)))
        }
    }
}
