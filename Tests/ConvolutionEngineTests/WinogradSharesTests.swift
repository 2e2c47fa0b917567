import Testing

@testable import ConvolutionEngine

@Suite("How threads share a Winograd convolution")
struct WinogradSharesTests {
    /// Channels, extent, groups, dilation: few tiles, one block, several blocks, many lattices.
    static let layers = [
        (512, 7, 1, 1), (128, 28, 1, 1), (64, 56, 1, 1), (21, 150, 2, 1), (40, 28, 1, 2), (16, 300, 1, 1),
    ]

    private func planned(_ layer: (Int, Int, Int, Int), _ kernels: KernelSet) -> WinogradPlan? {
        let (channels, extent, groups, dilation) = layer
        return WinogradPlan(
            ConvolutionGeometry(
                groups: groups,
                channels: channels,
                to: channels + 3,
                input: Spatial(extent, extent),
                kernel: Spatial(3, 3),
                dilation: Spatial(repeating: dilation),
                begin: .pad(dilation, dilation)
            ),
            kernels: kernels
        )
    }

    @Test("gives every output channel of every tile to one thread", arguments: layers)
    func cover(channels: Int, extent: Int, groups: Int, dilation: Int) throws {
        for kernels in KernelSet.supported {
            let plan = try #require(planned((channels, extent, groups, dilation), kernels))
            for threads in [1, 2, 3, 8, 64] {
                let shares = WinogradShares(plan, kernels: kernels, threads: threads).all
                for (share, next) in zip(shares, shares.dropFirst())
                where share.block == next.block && share.group == next.group {
                    #expect(
                        share.tiles == next.tiles && share.channels.upperBound == next.channels.lowerBound
                            || share.channels == next.channels && share.tiles.upperBound == next.tiles.lowerBound
                    )
                    let height = plan.isFew ? kernels.lanes : kernels.tileRows
                    #expect(next.channels.lowerBound % WinogradPlan.channelsAtOnce % height == 0)
                }
                let computed = shares.reduce(0) { $0 + $1.tiles.count * $1.channels.count }
                let tiles = (0..<plan.blockCount).reduce(0) { $0 + plan.tileCount(of: $1) }
                #expect(computed == groups * tiles * (channels + 3), "\(kernels.name), \(threads) threads")
            }
        }
    }

    @Test("gives two threads about as much, whatever the number of blocks", arguments: layers)
    func balance(channels: Int, extent: Int, groups: Int, dilation: Int) throws {
        for kernels in KernelSet.supported {
            let plan = try #require(planned((channels, extent, groups, dilation), kernels))
            let sizes = WinogradShares(plan, kernels: kernels, threads: 2).all.map {
                $0.tiles.count * $0.channels.count
            }
            let total = sizes.reduce(0, +)
            // The fullest prefix that is no more than half, or the next one.
            var passed = 0, nearest = total
            for size in sizes {
                passed += size
                nearest = min(nearest, abs(2 * passed - total))
            }
            // Where lanes are output channels, whole vectors of them.
            let step = plan.isFew ? kernels.lanes * plan.tileCount(of: 0) : 0
            #expect(nearest <= max(total * 15 / 100, step), "\(kernels.name): \(sizes)")
        }
    }

    @Test("makes rectangles of any run of a block's tiles")
    func rectangles() throws {
        let kernels = KernelSet.chosen
        for layer in WinogradSharesTests.layers {
            let plan = try #require(planned(layer, kernels))
            let count = plan.tileCount(of: 0)
            let (_, lattices, rows, columns) = plan[0]
            for (first, end) in [
                (0, count), (1, count), (0, count - 1), (count / 2, count / 2 + 1), (count / 3, count),
            ] {
                var seen: [Int] = []
                var rectangles = 0
                plan.forEachRectangle(of: 0, tiles: first..<end) { lattice, rowRange, columnRange in
                    rectangles += 1
                    for row in rowRange {
                        for column in columnRange {
                            let index = (lattice - lattices.lowerBound) * rows.count + row - rows.lowerBound
                            seen.append(index * columns.count + column - columns.lowerBound)
                        }
                    }
                }
                #expect(seen == Array(first..<end))
                #expect(rectangles <= plan.mostRectangles)
            }
        }
    }
}
