import TensorCoding
import TestSupport
import Testing

@Suite struct HostileBodyTests {
    private static let network = """
        {"input":[[[1.5,-2,"NaN"],[4e-1,0.5,6]]],"layers":[{"type":"conv1d","weight":{"shape":[1,1,2],"data":[1,2]},\
        "padding":[[1,2]],"name":"\\u0061\\ud83d\\ude00é"},{"type":"max_unpool1d","indices":[[0,1]],"kernel_size":2},\
        {"bias":{"shape":[1],"dtype":"float16","data_base64":"ADw="},"type":"linear","weight":[[1]]}],\
        "outputs":["x"],"encoding":"base64"}
        """

    @Test func everyTruncationIsMalformed() {
        let body = Array(HostileBodyTests.network.utf8)
        #expect(readForward(HostileBodyTests.network).error == nil)
        for length in 0..<body.count {
            let cut = Array(body[..<length])
            let error = outcome { () throws(CodingError) in try ForwardRequest.decode(body: cut.span.bytes) }.error
            #expect(error?.kind == .malformed, "cut to \(length)")
        }
    }

    /// The claim is that nothing traps, and that an error always knows its place.
    @Test func randomMutationsAreReadOrRefused() {
        var random = SeededRandom(seed: 4)
        let original = Array(HostileBodyTests.network.utf8)
        let interesting = Array("[]{},:\"\\0123456789.eE+-ntfu \u{0}\u{7F}é".utf8) + [0x80, 0xC0, 0xFF, 0xED]
        var refused = 0
        for _ in 0..<5000 {
            var body = original
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let index = Int.random(in: 0..<body.count, using: &random)
                let byte = interesting[Int.random(in: 0..<interesting.count, using: &random)]
                switch Int.random(in: 0..<4, using: &random) {
                case 0: body[index] = byte
                case 1: body.insert(byte, at: index)
                case 2: body.remove(at: index)
                default:
                    let end = Int.random(in: index..<min(body.count, index + 20), using: &random)
                    body.insert(contentsOf: body[index..<end], at: index)
                }
            }
            let error = outcome { () throws(CodingError) in try ForwardRequest.decode(body: body.span.bytes) }.error
            guard let error else { continue }
            refused += 1
            #expect((0...body.count).contains(error.place?.offset ?? -1), "seed \(random.seed)")
        }
        #expect(refused > 2500)
    }

    @Test func aShapeThatTheBodyCannotFillTakesNoMemory() {
        for count in ["1000000000000", "9007199254740992", "9223372036854775807"] {
            #expect(readTensor("{\"shape\":[\(count)],\"data\":[1]}").error?.kind == .invalid)
            let base64 = "{\"shape\":[\(count)],\"dtype\":\"float64\",\"data_base64\":\"AACAPw==\"}"
            #expect(readTensor(base64).error?.kind == .invalid)
        }
    }

    @Test func anObjectHasFewKeys() {
        let keys = (0...CodingLimits.members).map { index in "\"k\(index)\":0" }.joined(separator: ",")
        let error = readForward("{\"input\":[1],\"layers\":[{\(keys)}]}").error
        #expect(error?.reason == .tooMany(of: "keys", limit: CodingLimits.members))
    }
}
