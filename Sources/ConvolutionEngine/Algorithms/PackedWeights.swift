import CVectorKernels

/// Weights in the order in which register tiles read them: [group][chunk of depth][block of rows][k][row].
///
/// Written once while it is made, read-only from then on.
final class PackedWeights: @unchecked Sendable {
    /// Narrow tiles read eight rows whatever is left of them.
    private static let slack = 8

    /// Where they lie, for those who see to it that they stay: copied at no cost, where many threads that count how often
    /// they share one object would wait for each other.
    struct Blocks {
        fileprivate let start: UnsafePointer<Float>
        fileprivate let groupFloats: Int
        let rows: Int
        /// Of all chunks.
        let depth: Int

        /// The block that begins with `row`, a multiple of `tileRows`: [chunk.count][min(tileRows, rows − row)].
        func block(group: Int, chunk: Range<Int>, row: Int) -> UnsafePointer<Float> {
            start + group * groupFloats + chunk.lowerBound * rows + row * chunk.count
        }
    }

    let chunks: [Range<Int>]
    let blocks: Blocks
    let tileRows: Int
    private let storage: FloatStorage

    init(_ geometry: ConvolutionGeometry, weight: Tensor, kernels: KernelSet, blocking: Blocking) {
        let depth = geometry.depth, rows = geometry.outputChannels, groupFloats = depth * rows
        tileRows = kernels.tileRows
        chunks = blocking.chunks(of: depth)
        storage = FloatStorage(capacity: groupFloats * geometry.groups + PackedWeights.slack)
        let blocks = Blocks(start: storage.pointer, groupFloats: groupFloats, rows: rows, depth: depth)
        self.blocks = blocks
        (storage.pointer + groupFloats * geometry.groups).initialize(repeating: 0, count: PackedWeights.slack)
        let pack = kernels.functions.pack_weights
        weight.withElements { elements in
            guard let weight = elements.baseAddress else { return }
            for group in 0..<geometry.groups {
                for chunk in chunks {
                    for row in stride(from: 0, to: rows, by: tileRows) {
                        let source = weight + (group * rows + row) * depth + chunk.lowerBound
                        let target = UnsafeMutablePointer(mutating: blocks.block(group: group, chunk: chunk, row: row))
                        pack(target, source, depth, chunk.count, min(tileRows, rows - row))
                    }
                }
            }
        }
    }

    var byteCount: Int { storage.capacity * MemoryLayout<Float>.stride }
}

/// Distances of the rows of B from its start, as tiles read them.
final class RowOffsets: @unchecked Sendable {
    private let storage: UnsafeMutableBufferPointer<Int>

    init(count: Int, _ offset: (Int) -> Int) {
        storage = .allocate(capacity: max(1, count))
        for index in 0..<count { storage.initializeElement(at: index, to: offset(index)) }
    }

    deinit { storage.deallocate() }

    var byteCount: Int { storage.count * MemoryLayout<Int>.stride }

    /// From row `index` on.
    subscript(index: Int) -> UnsafePointer<Int> { UnsafePointer(storage.baseAddress! + index) }
}
