extension Tensor {
    /// A tensor whose elements `body` writes, every one of them: memory is not zeroed first.
    static func computed(_ shape: Shape, _ body: (inout MutableSpan<Float>) -> Void) -> Tensor {
        Tensor(shape: shape) { buffer in
            var span = buffer.mutableSpan
            body(&span)
        }
    }

    /// A tensor whose elements `body` writes, every one of them, from this one's: (this one's elements, the new ones).
    func computed(
        _ shape: Shape,
        _ body: (UnsafePointer<Float>, UnsafeMutablePointer<Float>) -> Void
    ) -> Tensor {
        Tensor(shape: shape) { buffer in
            withElements { elements in
                guard let source = elements.baseAddress, let target = buffer.baseAddress else { return }
                body(source, target)
            }
        }
    }
}
