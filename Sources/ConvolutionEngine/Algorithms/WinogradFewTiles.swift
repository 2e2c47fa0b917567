import CVectorKernels

/// Weights for the convolution of a few tiles, transformed along y alone: [group][vector of output channels][weight along
/// y][tap along the depth][channel][tap along x][lane].
///
/// Written once while it is made, read-only from then on.
final class WinogradFewWeights: @unchecked Sendable {
    private let vectorFloats: Int
    private let vectors: Int
    private let lanes: Int
    private let storage: FloatStorage

    init(_ geometry: ConvolutionGeometry, _ scheme: WinogradScheme, weight: Tensor, kernels: KernelSet) {
        lanes = kernels.lanes
        vectors = (geometry.outputChannels + lanes - 1) / lanes
        vectorFloats = scheme.weightsY * geometry.inputPlanes * geometry.kernel.width * lanes
        storage = FloatStorage(capacity: WinogradFewWeights.floats(geometry, scheme, lanes: lanes))
        weight.withElements { elements in
            guard let weight = elements.baseAddress else { return }
            for group in 0..<geometry.groups {
                for vector in 0..<vectors {
                    let channel = group * geometry.outputChannels + vector * lanes
                    var part = cv_winograd_few_weights(
                        axis_y: scheme.axisY,
                        axis_x: scheme.axisX,
                        weights_y: Int32(scheme.weightsY),
                        taps: geometry.kernel.depth,
                        taps_y: geometry.kernel.height,
                        taps_x: geometry.kernel.width,
                        channels: geometry.inputChannels,
                        outputs: min(lanes, geometry.outputChannels - vector * lanes),
                        row: geometry.depth,
                        weights: weight + channel * geometry.depth,
                        transformed: storage.pointer + (group * vectors + vector) * vectorFloats
                    )
                    kernels.functions.winograd_few_weights(&part)
                }
            }
        }
    }

    var byteCount: Int { storage.capacity * MemoryLayout<Float>.stride }

    static func floats(_ geometry: ConvolutionGeometry, _ scheme: WinogradScheme, lanes: Int) -> Int {
        let channels = (geometry.outputChannels + lanes - 1) / lanes * lanes
        return geometry.groups * channels * scheme.weightsY * geometry.inputPlanes * geometry.kernel.width
    }

    /// Of the vector of output channels that begins with `channel`, a multiple of the number of lanes.
    func vector(group: Int, channel: Int) -> UnsafePointer<Float> {
        UnsafePointer(storage.pointer) + (group * vectors + channel / lanes) * vectorFloats
    }
}

extension WinogradLayer {
    /// Products and outputs of some output channels, the first of them a vector's first.
    func multiplyFew(_ work: Work, channels: Range<Int>, weights: WinogradFewWeights) {
        guard let first = work.parts.baseAddress, let inputs = work.inputParts.baseAddress else { return }
        let scheme = plan.scheme, lanes = convolution.kernels.lanes
        for channel in stride(from: channels.lowerBound, to: channels.upperBound, by: lanes) {
            var task = cv_winograd_few(
                axis_y: scheme.axisY,
                axis_x: scheme.axisX,
                outputs_y: Int32(scheme.outputsY),
                points_y: Int32(scheme.pointsY),
                weights_y: Int32(scheme.weightsY),
                channels: geometry.inputChannels,
                taps: geometry.kernel.depth,
                tap_tiles: work.taps,
                weights: weights.vector(group: work.group, channel: channel),
                weights_tap: geometry.inputChannels * geometry.kernel.width * lanes,
                tiles: work.tiles,
                point: work.pitch.tilesPoint,
                channel: work.pitch.tiles,
                count: work.count,
                input_parts: inputs,
                parts: first,
                input_part_count: work.inputParts.count,
                part_count: work.parts.count,
                first_output: channel,
                outputs: min(lanes, channels.upperBound - channel),
                plane: geometry.output.volume,
                bias: bias.map { $0 + work.group * geometry.outputChannels + channel },
                rows: work.rows
            )
            if convolution.kernels.functions.winograd_few(&task) != 0 { spoilt.raise() }
        }
    }
}
