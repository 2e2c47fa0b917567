import Glibc
import InputProbes

/// The probe is named by the environment, since libFuzzer reads the arguments.
private let probe: Probe = {
    let name = getenv("CONVSERVE_PROBE").map { String(cString: $0) } ?? ""
    guard let probe = Probe(rawValue: name) else {
        fatalError("CONVSERVE_PROBE must be one of: \(Probe.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    return probe
}()

private func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = Array(UnsafeBufferPointer(start: start, count: count))
    if let claim = probe.brokenClaim(by: input) { fatalError("\(probe.rawValue): \(claim)") }
    return 0
}

/// libFuzzer as a library (LLVM's "Using libFuzzer as a library"): its own `main` is not used, because the package
/// manager gives an executable's `main` another name, this one.
@_silgen_name("LLVMFuzzerRunDriver")
private func runFuzzer(
    _ argumentCount: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ test: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

@_cdecl("convfuzz_main")
func main(_ argumentCount: CInt, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> CInt {
    var argumentCount = argumentCount
    var arguments = arguments
    return runFuzzer(&argumentCount, &arguments, testOneInput)
}
