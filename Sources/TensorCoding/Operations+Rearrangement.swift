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
            [ParameterSpecification("dim", .integer)],
            isLayerOnly: true
        ) { given throws(CodingError) in
            .combination(.concatenate(axis: try given.integer("dim") ?? 1))
        },
    ]

    private static let flatten = OperationSpecification(
        "flatten",
        [ParameterSpecification("start_dim", .integer), ParameterSpecification("end_dim", .integer)]
    ) { given throws(CodingError) in
        var flatten = Flatten()
        flatten.startAxis = try given.integer("start_dim") ?? flatten.startAxis
        flatten.endAxis = try given.integer("end_dim") ?? flatten.endAxis
        return .flatten(flatten)
    }

    private static let reshape = OperationSpecification(
        "reshape",
        [ParameterSpecification("shape", .integers, .required)]
    ) { given throws(CodingError) in
        let extents = try given.required("shape") { value throws(CodingError) in
            value.type == .number ? [try value.integer()] : try value.integers("an integer or a list of integers")
        }
        return .reshape(Reshape(extents: extents))
    }

    private static let pad = OperationSpecification(
        "pad",
        [
            ParameterSpecification("padding", .pairs, .required),
            .choice("mode", of: Pad.Mode.self),
            ParameterSpecification("value", .number),
        ]
    ) { given throws(CodingError) in
        var pad = Pad(amounts: try given.required("padding") { value throws(CodingError) in try value.pairs() })
        pad.mode = try given.choice("mode", Pad.Mode.self) ?? pad.mode
        pad.value = try given.float("value", default: pad.value)
        return .pad(pad)
    }

    private static let upsample = OperationSpecification(
        "upsample",
        [
            ParameterSpecification("scale_factor", .scales, .alternative(to: "size")),
            ParameterSpecification("size", .integers, .alternative(to: "scale_factor")),
            .choice("mode", of: Upsample.Mode.self),
            ParameterSpecification("align_corners", .bool),
        ]
    ) { given throws(CodingError) in
        let scale = try given.optional("scale_factor") { value throws(CodingError) in try value.scales() }
        let size = try given.optional("size") { value throws(CodingError) in
            value.type == .number ? [try value.integer()] : try value.integers("an integer or a list of integers")
        }
        var upsample: Upsample
        switch (scale, size) {
        case (let scale?, nil): upsample = Upsample(target: .scale(scale))
        case (nil, let size?): upsample = Upsample(target: .size(size))
        case (_?, _?): throw given.exclusive(["scale_factor", "size"])
        case (nil, nil): throw given.missing("scale_factor")
        }
        upsample.mode = try given.choice("mode", Upsample.Mode.self) ?? upsample.mode
        upsample.alignsCorners = try given.bool("align_corners", default: false)
        return .upsample(upsample)
    }
}

extension ParameterValue {
    /// A number, or a list of them.
    fileprivate func scales() throws(CodingError) -> [Double] {
        if type == .number { return [try double()] }
        return try list("a number or a list of numbers") { value throws(CodingError) in try value.double() }
    }
}
