import ConvolutionEngine

/// The one input of a request.
struct InferenceInput {
    let name: String
    let tensor: Tensor
    /// Octets behind the JSON that it is made of.
    let binaryCount: Int
}

extension JSONReader {
    /// `[{"name": "x", "shape": [1, 2], "datatype": "FP32", "data": [1, 2]}]`, or `"parameters": {"binary_data_size": 8}` in place of
    /// `data`. `binary` is what stands behind the JSON.
    mutating func inferenceInputs(_ binary: RawSpan) throws(CodingError) -> InferenceInput {
        try expect(.array, "a list of inputs") { reader throws(CodingError) in
            let start = reader.position
            var input: InferenceInput?
            try reader.open()
            while try reader.nextElement(isFirst: input == nil) {
                guard input == nil else { throw reader.error(.tooMany(of: "inputs", limit: 1), at: reader.position) }
                do throws(CodingError) {
                    input = try reader.inferenceInput(binary)
                } catch {
                    throw error.under(0)
                }
            }
            guard let input else { throw reader.error(.empty(list: "inputs"), at: start) }
            return input
        }
    }

    private mutating func inferenceInput(_ binary: RawSpan) throws(CodingError) -> InferenceInput {
        skipWhitespace()
        let start = position
        var name: String?
        var extents: [Int]?
        var type: InferenceType?
        var parameters = InferenceParameters()
        var elements = FloatElements()
        var nesting: Shape?
        takesBools = true
        try members { reader, member throws(CodingError) in
            let key = reader.text(member)
            switch key {
            case "name": name = try reader.inferenceText("a name")
            case "shape": extents = try reader.extents()
            case "datatype": type = try reader.inferenceType()
            case "parameters": parameters = try reader.inferenceParameters()
            case "data":
                nesting = try reader.expect(.array, "a list of numbers") { reader throws(CodingError) in
                    try reader.nested(&elements)
                }
            default:
                let known = ["name", "shape", "datatype", "parameters", "data"]
                throw reader.error(.unknownParameter(key, owner: "input", among: known), at: reader.position)
            }
        }
        takesBools = false
        func missing(_ key: String) -> CodingError { error(.missing(parameter: key, owner: "input"), at: start) }
        guard let name else { throw missing("name") }
        guard let extents else { throw missing("shape") }
        guard let type else { throw missing("datatype") }
        guard let shape = Shape(checking: extents) else {
            throw error(.shapeOverflow(extents), at: start).under("shape")
        }
        let tensor: Tensor
        switch (nesting, parameters.binarySize) {
        case (nil, nil): throw missing("data")
        case (_?, _?): throw error(.exclusive(given: ["data", "binary_data_size"]), at: start)
        case (let nesting?, nil):
            tensor = try inferenceTensor(elements, nesting: nesting, shape: shape, type: type, start: start)
        case (nil, let size?):
            tensor = try inferenceTensor(binary, size: size, shape: shape, type: type, start: start)
        }
        return InferenceInput(name: name, tensor: tensor, binaryCount: parameters.binarySize ?? 0)
    }

    private mutating func inferenceType() throws(CodingError) -> InferenceType {
        skipWhitespace()
        let start = position
        let name = try inferenceText("the name of an element type")
        guard let type = InferenceType(rawValue: name) else {
            throw error(.choice(name, among: InferenceType.allCases.map(\.rawValue)), at: start)
        }
        return type
    }

    /// Numbers in the JSON: flat, or nested as the shape says.
    private func inferenceTensor(
        _ elements: consuming FloatElements,
        nesting: Shape,
        shape: Shape,
        type: InferenceType,
        start: Int
    ) throws(CodingError) -> Tensor {
        guard nesting.elementCount == shape.elementCount, nesting.rank == 1 || nesting == shape,
            let tensor = elements.tensor(shape: shape)
        else {
            throw error(.elementCount(found: nesting.elementCount, shape: Array(shape)), at: start).under("data")
        }
        if let range = type.range {
            let fault = unsafe tensor.withElements { elements in
                unsafe elements.firstIndex { !range.contains($0) || $0 != $0.rounded(.towardZero) }
                    .map { (index: $0, value: unsafe elements[$0]) }
            }
            if let fault {
                let value = "\(fault.value)"
                throw error(
                    .elementNotRepresentable(index: fault.index, value: value, type: type.rawValue),
                    at: start
                ).under("data")
            }
        }
        return tensor
    }

    /// Octets behind the JSON, taken into the tensor at once.
    private func inferenceTensor(
        _ binary: RawSpan,
        size: Int,
        shape: Shape,
        type: InferenceType,
        start: Int
    ) throws(CodingError) -> Tensor {
        let (expected, overflow) = shape.elementCount.multipliedReportingOverflow(by: type.elements.size)
        guard !overflow, size == expected else {
            let wanted = overflow ? Int.max : expected
            throw error(
                .byteCount(found: size, shape: Array(shape), dtype: type.rawValue, expected: wanted),
                at: start
            )
        }
        guard size <= binary.byteCount else {
            throw error(
                .byteCount(found: binary.byteCount, shape: Array(shape), dtype: type.rawValue, expected: expected),
                at: start
            )
        }
        return unsafe try Tensor(shape: shape) { floats throws(CodingError) in
            unsafe try type.elements.convert(binary.extracting(0..<size), to: floats)
        }
    }
}
