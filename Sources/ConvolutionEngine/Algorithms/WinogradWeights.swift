import CVectorKernels

/// Transformed weights in the order in which the products read them:
/// [group][block of output channels][point][register tile][channel][tap along the depth][row]. Transformed in double
/// precision and rounded once.
///
/// Written once while it is made, read-only from then on.
final class WinogradWeights: @unchecked Sendable {
    /// Floats after each point of a block: eight rows are read and written whatever is left of them, and points that are
    /// written together should not be a multiple of 4 KiB apart.
    private static let gap = 16

    private let geometry: ConvolutionGeometry
    private let points: Int
    private let storage: FloatStorage

    init(_ geometry: ConvolutionGeometry, _ scheme: WinogradScheme, weight: Tensor, kernels: KernelSet) {
        self.geometry = geometry
        points = scheme.points
        storage = FloatStorage(capacity: WinogradWeights.floats(geometry, scheme))
        let tile = kernels.tileRows, depth = geometry.depth, atOnce = WinogradPlan.channelsAtOnce
        let packed = FloatStorage(capacity: depth * tile + 8)
        defer { withExtendedLifetime(packed) {} }
        weight.withElements { elements in
            guard let weight = elements.baseAddress else { return }
            for group in 0..<geometry.groups {
                for first in stride(from: 0, to: geometry.outputChannels, by: atOnce) {
                    let block = first..<min(first + atOnce, geometry.outputChannels)
                    for row in stride(from: block.lowerBound, to: block.upperBound, by: tile) {
                        let rows = min(tile, block.upperBound - row)
                        let source = weight + (group * geometry.outputChannels + row) * depth
                        kernels.functions.pack_weights(packed.pointer, source, depth, depth, rows)
                        var part = cv_winograd_weights(
                            axis_y: scheme.axisY,
                            axis_x: scheme.axisX,
                            taps_y: geometry.kernel.height,
                            taps_x: geometry.kernel.width,
                            points_y: scheme.pointsY,
                            rows: rows,
                            channels: geometry.inputPlanes,
                            weights: packed.pointer,
                            transformed: place(group: group, channel: block.lowerBound)
                                + (row - block.lowerBound) * geometry.inputPlanes,
                            point: pointFloats(channel: block.lowerBound)
                        )
                        kernels.functions.winograd_weights(&part)
                    }
                }
            }
        }
    }

    var byteCount: Int { storage.capacity * MemoryLayout<Float>.stride }

    static func floats(_ geometry: ConvolutionGeometry, _ scheme: WinogradScheme) -> Int {
        let atOnce = WinogradPlan.channelsAtOnce, blocks = (geometry.outputChannels + atOnce - 1) / atOnce
        return scheme.points * geometry.groups * (geometry.outputChannels * geometry.inputPlanes + blocks * gap)
    }

    private func place(group: Int, channel: Int) -> UnsafeMutablePointer<Float> {
        let atOnce = WinogradPlan.channelsAtOnce, blocks = (geometry.outputChannels + atOnce - 1) / atOnce
        let rows = group * geometry.outputChannels + channel, gaps = group * blocks + channel / atOnce
        return storage.pointer + points * (rows * geometry.inputPlanes + gaps * WinogradWeights.gap)
    }

    /// The block that begins with `channel` of a group, a multiple of `WinogradPlan.channelsAtOnce`.
    func block(group: Int, channel: Int) -> UnsafePointer<Float> {
        UnsafePointer(place(group: group, channel: channel))
    }

    /// Floats from one point of that block to the next.
    func pointFloats(channel: Int) -> Int {
        min(WinogradPlan.channelsAtOnce, geometry.outputChannels - channel) * geometry.inputPlanes
            + WinogradWeights.gap
    }
}
