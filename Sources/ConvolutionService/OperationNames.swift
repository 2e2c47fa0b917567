import TensorCoding

/// The operations that have a path of their own.
enum OperationNames {
    static let all = OperationSpecification.all.filter { !$0.isLayerOnly }.map(\.name)
}
