extension Tensor {
    /// A tensor whose elements `body` writes, every one of them: memory is not zeroed first.
    static func computed(_ shape: Shape, _ body: (inout MutableSpan<Float>) -> Void) -> Tensor {
        Tensor(shape: shape) { buffer in
            var span = buffer.mutableSpan
            body(&span)
        }
    }
}
