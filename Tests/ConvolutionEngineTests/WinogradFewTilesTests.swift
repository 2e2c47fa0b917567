import TestSupport
import Testing

@testable import ConvolutionEngine

@Suite("Winograd convolution of a few tiles")
struct WinogradFewTilesTests {
    /// Lanes are output channels: the last vector of them is not full.
    private static func geometry(
        _ input: Spatial,
        _ kernel: Spatial,
        stride: Spatial = Spatial(repeating: 1),
        dilation: Int = 1,
        groups: Int = 1
    ) -> ConvolutionGeometry {
        let padding = Spatial.pad(kernel.height / 2 * dilation, kernel.width / 2 * dilation, depth: kernel.depth / 2)
        return ConvolutionGeometry(
            groups: groups,
            channels: groups == 1 ? 70 : 40,
            to: groups == 1 ? 47 : 16,
            input: input,
            kernel: kernel,
            stride: stride,
            dilation: Spatial(dilation, dilation, depth: 1),
            begin: padding,
            end: padding
        )
    }

    /// Outputs of the tiles, down and across, of which there are few.
    private func fewSchemes(_ geometry: ConvolutionGeometry) -> [[Int]] {
        guard let kernels = KernelSet(named: "avx512") else { return [] }
        return WinogradScheme.all(for: geometry).filter {
            WinogradPlan(geometry, $0, kernels: kernels)?.isFew == true
        }.map { [$0.outputsY, $0.outputsX] }
    }

    @Test(
        "has the stated error with any axis along x that is made as weights are read, and any along y",
        arguments: [(3, 1, 3), (5, 1, 1), (3, 2, 3), (4, 2, 2), (5, 2, 2)]
    )
    func axes(kernel: Int, stride: Int, schemes: Int) {
        for (height, width) in [(7, 7), (4, 9), (12, 12), (3, 3), (4, 30), (8, 5)] {
            for groups in [1, 2] {
                let geometry = WinogradFewTilesTests.geometry(
                    Spatial(height * stride, width * stride),
                    Spatial(kernel, kernel),
                    stride: Spatial(repeating: stride),
                    groups: groups
                )
                if width == 7, groups == 1, KernelSet(named: "avx512") != nil {
                    #expect(fewSchemes(geometry).count == schemes)
                }
                expectAgreement(geometry, algorithms: [.winograd])
                expectAgreement(geometry, algorithms: [.winograd]) { input, _ in
                    input[geometry.inputCount / 2] = .infinity
                }
            }
        }
    }

    @Test("has the stated error for other kernels that have such an axis along x, and for lattices")
    func mixed() {
        for kernel in [Spatial(7, 3), Spatial(2, 5), Spatial(1, 3), Spatial(4, 5)] {
            expectAgreement(WinogradFewTilesTests.geometry(Spatial(8, 7), kernel), algorithms: [.winograd])
        }
        for dilation in [2, 3] {
            let geometry = WinogradFewTilesTests.geometry(Spatial(7, 9), Spatial(3, 3), dilation: dilation)
            expectAgreement(geometry, algorithms: [.winograd])
        }
    }

    @Test("leaves out the slices in the padding", arguments: [(1, 7, 1), (2, 7, 1), (3, 6, 1), (5, 7, 2), (4, 3, 3)])
    func depths(slices: Int, extent: Int, stride: Int) {
        for depth in [2, 3] {
            let geometry = WinogradFewTilesTests.geometry(
                Spatial(extent, extent, depth: slices),
                Spatial(3, 3, depth: depth),
                stride: Spatial(1, 1, depth: stride)
            )
            if slices == 2, KernelSet(named: "avx512") != nil { #expect(fewSchemes(geometry).contains([4, 4])) }
            expectAgreement(geometry, algorithms: [.winograd])
            expectAgreement(geometry, algorithms: [.winograd]) { input, _ in input[geometry.inputCount / 2] = .nan }
        }
    }

    @Test("gives the same bits whatever the number of threads")
    func threads() {
        for geometry in [
            WinogradFewTilesTests.geometry(Spatial(14, 14), Spatial(3, 3), stride: Spatial(repeating: 2)),
            WinogradFewTilesTests.geometry(Spatial(7, 7, depth: 2), Spatial(3, 3, depth: 3)),
        ] {
            expectSameBits(geometry, algorithms: [.winograd], seed: 13)
        }
    }
}
