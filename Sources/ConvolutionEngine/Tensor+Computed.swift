extension Tensor {
    /// A tensor whose elements `body` writes, every one of them: memory is not zeroed first.
    static func computed(_ shape: Shape, _ body: (inout MutableSpan<Float>) -> Void) -> Tensor {
        Tensor(shape: shape) { buffer in
            var span = buffer.mutableSpan
            body(&span)
        }
    }

    /// A tensor whose elements `body` writes, every one of them, from this one's: (this one's elements, the new ones).
    ///
    /// - Parameter place: where to write them; `nil` where they get memory of their own.
    func computed(
        _ shape: Shape,
        into place: TensorPlace? = nil,
        _ body: (UnsafePointer<Float>, UnsafeMutablePointer<Float>) -> Void
    ) -> Tensor {
        if let place {
            withElements { elements in
                guard let source = elements.baseAddress else { return }
                body(source, place.storage.pointer + place.offset)
            }
            return Tensor(shape: shape, sharing: place.storage, from: place.offset)
        }
        return Tensor(shape: shape) { buffer in
            withElements { elements in
                guard let source = elements.baseAddress, let target = buffer.baseAddress else { return }
                body(source, target)
            }
        }
    }
}

/// Where a tensor's elements go in a larger run of them.
struct TensorPlace {
    let storage: FloatStorage
    /// In elements.
    let offset: Int
}
