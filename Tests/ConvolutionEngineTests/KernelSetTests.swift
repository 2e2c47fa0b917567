import Testing

@testable import ConvolutionEngine

#if canImport(Glibc)
import Glibc
#endif

@Suite("Instruction sets")
struct KernelSetTests {
    @Test("the portable kernels run anywhere and the fastest come first")
    func supported() throws {
        let names = KernelSet.supported.map(\.name)
        #expect(names.last == "portable")
        #expect(Set(names).count == names.count)
        #if arch(arm64)
        #expect(names == ["neon", "portable"])
        #endif
    }

    @Test("the chosen set is the fastest unless the environment names one that this machine runs")
    func chosen() throws {
        let requested = getenv(KernelSet.environmentVariable).map { String(cString: $0) }
        let expected = requested.flatMap(KernelSet.init(named:)) ?? KernelSet.supported[0]
        #expect(KernelSet.chosen.name == expected.name)
    }

    @Test("an unknown name and one of another processor give none")
    func unknown() {
        #expect(KernelSet(named: "avx1024") == nil)
        #if arch(x86_64)
        #expect(KernelSet(named: "neon") == nil)
        #endif
    }
}
