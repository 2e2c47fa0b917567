import CTextKernels

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The loops that write and read text, compiled for one instruction set.
///
/// Safe, because the table is immutable and alive as long as the process.
@safe package struct TextKernels: @unchecked Sendable {
    /// The fastest that this machine runs, or the one that `CONVSERVE_ISA` names; decided once.
    package static let chosen: TextKernels = {
        let requested = unsafe getenv("CONVSERVE_ISA").map { unsafe String(cString: $0) }
        if let requested, let kernels = TextKernels(named: requested) { return kernels }
        return unsafe TextKernels(ct_kernels_best())
    }()

    /// All that this machine runs, fastest first.
    package static let supported = ["avx512", "avx2", "portable"].compactMap(TextKernels.init(named:))

    /// By its address: readers of text are copied now and then, and the table is large.
    private let table: UnsafePointer<ct_kernels>

    var functions: ct_kernels { unsafe table.pointee }

    /// `avx512`, `avx2` or `portable`.
    package var name: String { unsafe String(cString: functions.name) }

    /// `nil` when this machine cannot run it.
    package init?(named name: String) {
        guard let table = unsafe ct_kernels_named(name) else { return nil }
        unsafe self.init(table)
    }

    private init(_ table: UnsafePointer<ct_kernels>) {
        unsafe self.table = table
    }
}
