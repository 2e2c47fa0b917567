import HTTPWire
import Testing

@Suite("Corpus")
struct CorpusTests {
    @Test("there are cases, each with four cells, a name of its own in its file, and an outcome")
    func corpusIsWhole() {
        #expect(Case.all.count >= 500)
        var names: [String: Int] = [:]
        for item in Case.all {
            #expect(!item.outcome.isEmpty, "\(item.testDescription)")
            names[item.testDescription + String(decoding: item.request, as: UTF8.self), default: 0] += 1
        }
        #expect(names.filter { $0.value > 1 }.isEmpty)
    }

    @Test("each case has its outcome, however its bytes arrive", arguments: Case.all)
    func outcomeHolds(item: Case) {
        let expected = item.outcome == [Array("nothing".utf8)] ? [] : item.outcome
        let shows = details(of: item)
        let count = item.request.count
        func replay(_ lengths: some Sequence<Int>, _ manner: Transcript.Manner, _ how: String) -> Bool {
            let transcript = Transcript(of: item.request, cutInto: lengths, manner: manner, showing: shows)
            guard transcript.lines != expected else { return true }
            Issue.record("\(how), \(manner): \(transcript.text)")
            return false
        }
        for manner in Transcript.Manner.allCases {
            guard replay([], manner, "whole"),
                replay(repeatElement(1, count: count), manner, "octet by octet"),
                replay(repeatElement(3, count: count / 3), manner, "three by three")
            else { return }
        }
        for place in 0...count {
            guard replay([place], .copied, "cut at \(place)"), replay([place], .direct, "cut at \(place)") else {
                return
            }
        }
    }

    @Test("what follows a case is read exactly when it may be", arguments: Case.all)
    func followed(item: Case) {
        let follower = Array("GET /follower HTTP/1.1\r\nHost: follower\r\n\r\n".utf8)
        let words = item.outcome.last { !$0.starts(with: "body ".utf8) && !$0.starts(with: "field ".utf8) } ?? []
        let text = String(decoding: words, as: UTF8.self)
        // What the end of input cut short would go on.
        guard !text.hasPrefix("400 cutShort") else { return }
        let ends = text.first?.isNumber == true || text.contains(" close")
        let shows = details(of: item)
        var expected = item.outcome == [Array("nothing".utf8)] ? [] : item.outcome
        if !ends {
            let authority = shows.contains(.authority) ? " authority=follower" : ""
            expected.append(Array("GET /follower HTTP/1.1\(authority)".utf8))
            if shows.contains(.fields) { expected.append(Array("field Host: follower".utf8)) }
        }
        let bytes = item.request + follower
        for lengths in [[], [item.request.count], Array(repeating: 1, count: bytes.count)] {
            let transcript = Transcript(of: bytes, cutInto: lengths, showing: shows)
            #expect(transcript.text == Transcript.text(of: expected))
        }
    }

    private func details(of item: Case) -> Transcript.Details {
        var details: Transcript.Details = []
        for line in item.outcome {
            let text = String(decoding: line, as: UTF8.self)
            if text.hasPrefix("field ") { details.insert(.fields) }
            if text.contains(" authority=") { details.insert(.authority) }
            if text.contains(" at "), text.first?.isNumber == true { details.insert(.offset) }
        }
        return details
    }
}
