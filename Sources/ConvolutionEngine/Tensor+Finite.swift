import CVectorKernels

extension Tensor {
    /// The first element that is NaN or infinite, row-major.
    package var firstNonfinite: Int? {
        withElements { elements in
            guard let start = elements.baseAddress,
                KernelSet.chosen.functions.has_nonfinite(start, elements.count) != 0
            else { return nil }
            return elements.firstIndex { !$0.isFinite }
        }
    }
}
