import CVectorKernels

/// Which output pixels each tap of the kernel reaches from inside the input, where there are few pixels: how many go
/// together, where they lie, and about how long it takes.
struct FewPixelsPlan: Sendable {
    let geometry: ConvolutionGeometry
    /// By tap; those that meet the input nowhere have none.
    let runs: [cv_pixel_run]
    let outputs: [Int32]
    let inputs: [Int32]
    let panelFloats: Int
    /// Estimated processor cycles of the whole layer on one thread.
    let cycles: Double
    private let lanes: Int

    private static let mostPixels = 36
    /// Of the kernel.
    private static let mostTaps = 64
    /// Floats of the input plane, and of what is gathered, which should stay in the second-level cache.
    private static let mostInput = 1 << 20
    private static let mostPanel = 192 << 10

    /// Where it is faster than gathering whole vectors of pixels.
    init?(suiting geometry: ConvolutionGeometry, kernels: KernelSet) {
        guard let plan = FewPixelsPlan(geometry, kernels: kernels),
            plan.cycles < MatrixConvolution.cycles(geometry, kernels: kernels)
        else { return nil }
        self = plan
    }

    /// `nil` where there are too many pixels, or too few channels for the lanes.
    init?(_ geometry: ConvolutionGeometry, kernels: KernelSet) {
        let vectors = FewPixelsPlan.vectors(geometry, lanes: kernels.lanes), channels = geometry.inputChannels
        guard 1...FewPixelsPlan.mostPixels ~= geometry.output.volume,
            2...FewPixelsPlan.mostTaps ~= geometry.kernel.volume,
            geometry.input.volume <= FewPixelsPlan.mostInput, channels >= kernels.lanes,
            vectors * kernels.lanes * 4 <= geometry.outputChannels * 5
        else { return nil }
        self.geometry = geometry
        lanes = kernels.lanes
        var runs: [cv_pixel_run] = [], outputs: [Int32] = [], inputs: [Int32] = [], panel = 0, products = 0, steps = 0
        for tap in 0..<geometry.kernel.volume {
            let first = outputs.count
            geometry.forEachPixel(reachedBy: tap) { output, input in
                outputs.append(Int32(output))
                inputs.append(Int32(input))
            }
            var from = first
            for together in FewPixelsPlan.cut(outputs.count - first, kernels) {
                let count = min(together, outputs.count - from)
                runs.append(cv_pixel_run(tap: tap, first: from, count: count, together: together, panel: panel))
                panel += together * channels
                // A sum waits for the one before it, four cycles long.
                products += max(4, together)
                steps += 12 + 2 * count
                from += count
            }
        }
        guard panel <= FewPixelsPlan.mostPanel, !runs.isEmpty else { return nil }
        (self.runs, self.outputs, self.inputs, panelFloats) = (runs, outputs, inputs, panel)
        let planes = Double(geometry.batch * geometry.groups)
        let each = Double(channels * products) * 1.06 + Double(steps) + Double(lanes * geometry.output.volume)
        cycles = planes * (Double(vectors) * each + 1.5 * Double(panel))
    }

    /// Into numbers of pixels that go together, of which the last may be more than there are.
    private static func cut(_ count: Int, _ kernels: KernelSet) -> [Int] {
        let together = kernels.functions.few_pixels_together
        guard count > 0 else { return [] }
        if case let all = together(count), all > 0 { return [all] }
        // In about equal parts.
        let parts = (2...count).first { together((count + $0 - 1) / $0) > 0 } ?? count
        let part = together((count + parts - 1) / parts)
        return [part] + cut(count - part, kernels)
    }

    static func vectors(_ geometry: ConvolutionGeometry, lanes: Int) -> Int {
        (geometry.outputChannels + lanes - 1) / lanes
    }

    /// Floats that each thread needs: what is gathered, and the sums.
    var scratch: Int { panelFloats + geometry.output.volume * lanes }
}

extension ConvolutionGeometry {
    /// The output pixels of which a tap of the kernel lies inside the input, and where it reads; in order.
    fileprivate func forEachPixel(reachedBy tap: Int, _ body: (_ output: Int, _ input: Int) -> Void) {
        let place = Spatial(
            depth: tap / kernel.plane,
            height: tap / kernel.width % kernel.height,
            width: tap % kernel.width
        )
        func source(_ output: Int, _ axis: Int) -> Int? {
            let at = output * stride[axis] + place[axis] * dilation[axis] - paddingBegin[axis]
            return 0..<input[axis] ~= at ? at : nil
        }
        for z in 0..<output.depth {
            guard let inZ = source(z, 0) else { continue }
            for y in 0..<output.height {
                guard let inY = source(y, 1) else { continue }
                for x in 0..<output.width {
                    guard let inX = source(x, 2) else { continue }
                    body((z * output.height + y) * output.width + x, (inZ * input.height + inY) * input.width + inX)
                }
            }
        }
    }
}
