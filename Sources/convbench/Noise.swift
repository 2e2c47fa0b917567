import ConvolutionEngine

/// The numbers that both sides of a comparison compute with; Tests/Benchmarks/noise.py makes the same ones.
enum Noise {
    /// Numbers around `centre`, `scale` to either side: number i depends on i and the seed alone.
    static func tensor(_ shape: Shape, seed: Int, scale: Float = 1, centre: Float = 0) -> Tensor {
        let offset = UInt32(truncatingIfNeeded: seed &* 0x9E37_79B9)
        return Tensor(shape: shape) { buffer in
            for index in buffer.indices {
                // The finalizer of Austin Appleby's MurmurHash3.
                var bits = UInt32(truncatingIfNeeded: index) &+ offset
                bits ^= bits >> 16
                bits &*= 0x85EB_CA6B
                bits ^= bits >> 13
                bits &*= 0xC2B2_AE35
                bits ^= bits >> 16
                let unit = Float(bits >> 8) / Float(1 << 23) - 1
                buffer[index] = unit * scale + centre
            }
        }
    }
}
