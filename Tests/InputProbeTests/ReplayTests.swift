import Foundation
import InputProbes
import Testing

/// The inputs under Cases/PROBE/: seeds of the fuzzer, and what it found, which is kept under the name of the fault.
@Suite("Fuzzed inputs")
struct ReplayTests {
    @Test("no kept input breaks a claim", arguments: Probe.allCases)
    func claimsHold(probe: Probe) throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Cases/\(probe.rawValue)")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path()).sorted()
        #expect(names.count >= 10)
        for name in names {
            let input = Array(try Data(contentsOf: folder.appending(path: name)))
            #expect(probe.brokenClaim(by: input) == nil, "\(name)")
        }
    }
}
