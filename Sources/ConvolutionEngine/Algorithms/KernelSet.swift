import CVectorKernels

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The innermost loops compiled for one instruction set.
package struct KernelSet: @unchecked Sendable {
    /// The environment variable that chooses an instruction set by name.
    package static let environmentVariable = "CONVSERVE_ISA"

    /// What this process uses, decided once: the fastest set that the machine runs, or the one that
    /// `CONVSERVE_ISA` names. A name that is unknown, or that this machine cannot run, has no effect; which set is
    /// in use is to be read from `name`.
    package static let chosen: KernelSet = {
        let requested = getenv(environmentVariable).map { String(cString: $0) }
        return requested.flatMap(KernelSet.init(named:)) ?? KernelSet(table: cv_kernels_best())
    }()

    /// All that this machine runs, fastest first.
    package static let supported = ["avx512", "avx2", "neon", "portable"].compactMap(KernelSet.init(named:))

    /// Immutable and alive as long as the process.
    private let table: UnsafePointer<cv_kernels>

    private init(table: UnsafePointer<cv_kernels>) { self.table = table }

    /// `nil` when this machine cannot run it.
    package init?(named name: String) {
        guard let table = cv_kernels_named(name) else { return nil }
        self.table = table
    }

    /// `avx512`, `avx2`, `neon` or `portable`.
    package var name: String { String(cString: table.pointee.name) }

    /// Floats in a vector, for measurements.
    package var laneCount: Int { lanes }

    /// 12 · lanes products and as many sums a round, at the core's peak; for measurements.
    package func multiplyAdd(rounds: Int) -> Float { functions.multiply_add(rounds) }

    var functions: cv_kernels { table.pointee }
    /// Floats in a vector.
    var lanes: Int { Int(table.pointee.lanes) }
    /// Output channels in a register tile.
    var tileRows: Int { Int(table.pointee.tile_rows) }
    /// Vectors of pixels in a register tile.
    var tileVectors: Int { Int(table.pointee.tile_vectors) }
    /// Whether a whole register tile can take one more pixel along.
    var hasTileExtra: Bool { table.pointee.tile_extra != 0 }
    /// Pixels in a register tile.
    var tileColumns: Int { lanes * tileVectors }
    /// Up to how many left-over pixels are better broadcast than given one more vector.
    var narrowPixels: Int { min(8, Int(table.pointee.narrow_pixels)) }
    /// The same for the tiles of Winograd's products, which lie in working memory.
    var narrowTiles: Int { lanes * 3 / 4 }
}
