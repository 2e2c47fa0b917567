import ConvolutionEngine

extension OperationSpecification {
    /// `flatten`, `reshape`, `pad` and `upsample`.
    static let rearrangements = [flatten, reshape, pad, upsample]

    /// `add`, `multiply` and `concat`, which take several inputs.
    static let combinations = [
        OperationSpecification("add", [], isLayerOnly: true) { _ throws(CodingError) in .combination(.add) },
        OperationSpecification("multiply", [], isLayerOnly: true) { _ throws(CodingError) in .combination(.multiply) },
        OperationSpecification(
            "concat",
            [ParameterSpecification(.axis, .integer)],
            isLayerOnly: true
        ) { given throws(CodingError) in
            .combination(.concatenate(axis: try given.integer(.axis) ?? 1))
        },
    ]

    private static let flatten = OperationSpecification(
        "flatten",
        [ParameterSpecification(.startAxis, .integer), ParameterSpecification(.endAxis, .integer)]
    ) { given throws(CodingError) in
        var flatten = Flatten()
        flatten.startAxis = try given.integer(.startAxis) ?? flatten.startAxis
        flatten.endAxis = try given.integer(.endAxis) ?? flatten.endAxis
        return .flatten(flatten)
    }

    private static let reshape = OperationSpecification(
        "reshape",
        [ParameterSpecification(.shape, .integers, .required)]
    ) { given throws(CodingError) in
        let extents = try given.required(.shape) { reader throws(CodingError) in
            try reader.oneOrMore("an integer or a list of integers") { reader throws(CodingError) in
                try reader.integer()
            }
        }
        return .reshape(Reshape(extents: extents))
    }

    private static let pad = OperationSpecification(
        "pad",
        [
            ParameterSpecification(.padding, .pairs, .required),
            .choice(.mode, of: Pad.Mode.self),
            ParameterSpecification(.value, .number),
        ]
    ) { given throws(CodingError) in
        let amounts = try given.required(.padding) { reader throws(CodingError) in
            var amounts: [[Int]] = []
            try reader.pairs { _, pair in amounts.append([pair.begin, pair.end]) }
            return amounts
        }
        var pad = Pad(amounts: amounts)
        pad.mode = try given.choice(.mode, Pad.Mode.self) ?? pad.mode
        pad.value = try given.float(.value, default: pad.value)
        return .pad(pad)
    }

    private static let upsample = OperationSpecification(
        "upsample",
        [
            ParameterSpecification(.scaleFactor, .scales, .alternative(to: MemberName.size.rawValue)),
            ParameterSpecification(.size, .integers, .alternative(to: MemberName.scaleFactor.rawValue)),
            .choice(.mode, of: Upsample.Mode.self),
            ParameterSpecification(.alignCorners, .bool),
        ]
    ) { given throws(CodingError) in
        let scale = try given.optional(.scaleFactor) { reader throws(CodingError) in
            try reader.oneOrMore("a number or a list of numbers") { reader throws(CodingError) in try reader.double() }
        }
        let size = try given.optional(.size) { reader throws(CodingError) in
            try reader.oneOrMore("an integer or a list of integers") { reader throws(CodingError) in
                try reader.integer()
            }
        }
        var upsample: Upsample
        switch (scale, size) {
        case (let scale?, nil): upsample = Upsample(target: .scale(scale))
        case (nil, let size?): upsample = Upsample(target: .size(size))
        case (_?, _?): throw given.exclusive([.scaleFactor, .size])
        case (nil, nil): throw given.missing(.scaleFactor)
        }
        upsample.mode = try given.choice(.mode, Upsample.Mode.self) ?? upsample.mode
        upsample.alignsCorners = try given.bool(.alignCorners, default: false)
        return .upsample(upsample)
    }
}
