/// How threads share a Winograd convolution: each computes some tiles of some blocks, or some output channels of them.
///
/// Nobody reads tiles that another thread has transformed: between the caches of two cores they would pass several times
/// slower than they are made again. Blocks are cut only where an equal part of the whole ends: between tiles, or, where
/// each would get too few to fill register tiles, between output channels; then each part transforms the tiles for itself.
struct WinogradShares {
    struct Share {
        var group: Int
        var block: Int
        /// Of the block.
        var tiles: Range<Int>
        /// The first is a register tile's first.
        var channels: Range<Int>
    }

    /// Transformed weights that stay in the third-level cache.
    private static let sharedFloats = 4 << 20

    private(set) var all: [Share] = []

    init(_ plan: WinogradPlan, kernels: KernelSet, threads: Int) {
        let blocks = plan.blockCount, groups = plan.geometry.groups, channels = plan.geometry.outputChannels
        let sizes = (0..<blocks).map(plan.tileCount), total = groups * sizes.reduce(0, +)
        // Shares of few tiles only where they are whole vectors, and where all threads can read all weights.
        let isEven = total % (threads * kernels.lanes) == 0 && plan.weightFloats <= WinogradShares.sharedFloats
        let cutsTiles = !plan.isFew && (total >= threads * 2 * kernels.lanes || isEven)
        all.reserveCapacity(groups * blocks + threads)
        var passed = 0, part = 1
        for group in 0..<groups {
            for block in 0..<blocks {
                let size = sizes[block]
                var rest = Share(group: group, block: block, tiles: 0..<size, channels: 0..<channels)
                while part < threads, total * part / threads < passed + size {
                    let wanted = total * part / threads - passed
                    if cutsTiles {
                        cut(&rest, \.tiles, at: wanted, least: kernels.lanes / 2)
                    } else {
                        let channel = wanted * channels / size, height = plan.isFew ? kernels.lanes : kernels.tileRows
                        cut(
                            &rest,
                            \.channels,
                            at: WinogradShares.cut(near: channel, height: height),
                            least: channels / 8
                        )
                    }
                    part += 1
                }
                all.append(rest)
                passed += size
            }
        }
    }

    /// Appends what lies before the cut, unless one side would be so small that it is not worth what parts have to do twice.
    private mutating func cut(_ rest: inout Share, _ range: WritableKeyPath<Share, Range<Int>>, at cut: Int, least: Int)
    {
        let whole = rest[keyPath: range]
        guard min(cut - whole.lowerBound, whole.upperBound - cut) >= max(1, least) else { return }
        rest[keyPath: range] = whole.lowerBound..<cut
        all.append(rest)
        rest[keyPath: range] = cut..<whole.upperBound
    }

    /// Register tiles begin anew with each block of output channels.
    private static func cut(near channel: Int, height: Int) -> Int {
        let atOnce = WinogradPlan.channelsAtOnce, block = channel / atOnce * atOnce
        return block + min(atOnce, (channel - block + height / 2) / height * height)
    }
}
