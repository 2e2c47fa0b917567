/// The product of two sizes, `nil` when one is unknown or 64 bits do not hold it.
func product(_ first: Int?, _ second: Int?) -> Int? {
    guard let first, let second else { return nil }
    let (result, overflow) = first.multipliedReportingOverflow(by: second)
    return overflow ? nil : result
}

/// The sum of two sizes, `nil` when one is unknown or 64 bits do not hold it.
func sum(_ first: Int?, _ second: Int?) -> Int? {
    guard let first, let second else { return nil }
    let (result, overflow) = first.addingReportingOverflow(second)
    return overflow ? nil : result
}

extension Spatial {
    /// The number of cells, `nil` when 64 bits do not hold it.
    package var cells: Int? { product(product(depth, height), width) }
}
