import ConvolutionEngine

// MARK: - Values

extension Parameters {
    func required<Value>(
        _ name: MemberName,
        _ read: (inout JSONReader) throws(CodingError) -> Value
    ) throws(CodingError) -> Value {
        guard let value = try optional(name, read) else { throw missing(name) }
        return value
    }

    func integer(_ name: MemberName) throws(CodingError) -> Int? {
        try optional(name) { reader throws(CodingError) in try reader.integer() }
    }

    func requiredInteger(_ name: MemberName) throws(CodingError) -> Int {
        try required(name) { reader throws(CodingError) in try reader.integer() }
    }

    func double(_ name: MemberName, default standard: Double) throws(CodingError) -> Double {
        try optional(name) { reader throws(CodingError) in try reader.double() } ?? standard
    }

    func float(_ name: MemberName, default standard: Float) throws(CodingError) -> Float {
        try optional(name) { reader throws(CodingError) in try reader.float() } ?? standard
    }

    func bool(_ name: MemberName, default standard: Bool) throws(CodingError) -> Bool {
        try optional(name) { reader throws(CodingError) in try reader.flag() } ?? standard
    }

    func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ name: MemberName,
        _ type: Choice.Type
    ) throws(CodingError) -> Choice? {
        try optional(name) { reader throws(CodingError) in try reader.choice(type) }
    }

    func spatial(_ name: MemberName, rank: Int, neutral: Int) throws(CodingError) -> Spatial? {
        try optional(name) { reader throws(CodingError) in try reader.spatial(rank: rank, neutral: neutral) }
    }

    func requiredSpatial(_ name: MemberName, rank: Int, neutral: Int) throws(CodingError) -> Spatial {
        try required(name) { reader throws(CodingError) in try reader.spatial(rank: rank, neutral: neutral) }
    }

    func padding(rank: Int) throws(CodingError) -> Padding {
        try optional(.padding) { reader throws(CodingError) in try reader.padding(rank: rank) } ?? .none
    }
}

// MARK: - Tensors

extension Parameters {
    /// `nil` only where numbers are not needed.
    func tensorUnlessShapesOnly(_ name: MemberName) throws(CodingError) -> Tensor? {
        let tensor = try tensor(name)
        if tensor == nil, !isShapesOnly { throw missing(name) }
        return tensor
    }

    func indicesUnlessShapesOnly() throws(CodingError) -> IndexTensor? {
        let indices = try indexTensor()
        if indices == nil, !isShapesOnly { throw missing(.indices) }
        return indices
    }

    /// The bias, or, where only shapes are asked for, perhaps just whether there is one.
    func bias() throws(CodingError) -> (tensor: Tensor?, isCounted: Bool) {
        if isShapesOnly {
            let isCounted = try optional(.bias) { reader throws(CodingError) in
                try reader.nextType() == .bool ? try reader.flag() : nil
            }
            if let isCounted = isCounted.flatMap({ $0 }) { return (nil, isCounted) }
        }
        return (try tensor(.bias), false)
    }
}
