/// How threads share a Winograd convolution: each computes some output channels of some blocks of tiles.
///
/// Nobody reads tiles that another thread has transformed: between the caches of two cores they would pass several times
/// slower than they are made again. So a block is cut, by its output channels, only where an equal part of the whole ends
/// within it.
struct WinogradShares {
    struct Share {
        var group: Int
        var block: Int
        /// The first is a register tile's first.
        var channels: Range<Int>
    }

    private(set) var all: [Share] = []

    /// - Parameter height: output channels of a register tile.
    init(_ plan: WinogradPlan, height: Int, threads: Int) {
        let blocks = plan.blockCount, groups = plan.geometry.groups, channels = plan.geometry.outputChannels
        let tiles = (0..<blocks).map(plan.tileCount), total = groups * tiles.reduce(0, +)
        all.reserveCapacity(groups * blocks + threads)
        var passed = 0, part = 1
        for group in 0..<groups {
            for block in 0..<blocks {
                var first = 0
                while part < threads, total * part / threads < passed + tiles[block] {
                    let wanted = (total * part / threads - passed) * channels / max(1, tiles[block])
                    let cut = WinogradShares.cut(near: wanted, height: height)
                    // A small part is not worth transforming the tiles once more.
                    if min(cut - first, channels - cut) >= max(1, channels / 8) {
                        all.append(Share(group: group, block: block, channels: first..<cut))
                        first = cut
                    }
                    part += 1
                }
                all.append(Share(group: group, block: block, channels: first..<channels))
                passed += tiles[block]
            }
        }
    }

    /// Register tiles begin anew with each block of output channels.
    private static func cut(near channel: Int, height: Int) -> Int {
        let atOnce = WinogradPlan.channelsAtOnce, block = channel / atOnce * atOnce
        return block + min(atOnce, (channel - block + height / 2) / height * height)
    }
}
