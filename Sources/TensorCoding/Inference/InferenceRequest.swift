package import ConvolutionEngine

/// The body of `POST /v2/models/{name}/infer` (Open Inference Protocol, version 2, with the binary tensor extension): JSON, and
/// behind it, without anything between, the octets of the tensors that are not in it.
package struct InferenceRequest: Sendable {
    /// One of the results asked for.
    package struct Output: Hashable, Sendable {
        package var name: String
        /// Whether its octets follow the JSON of the answer; `nil` where the request as a whole says so.
        package var isBinary: Bool?

        package init(name: String, isBinary: Bool?) {
            self.name = name
            self.isBinary = isBinary
        }
    }

    /// Given back with the answer.
    package var id: String?
    /// `nil` for the model's one.
    package var inputName: String?
    package var input: Tensor
    /// `nil` for all that the model has.
    package var outputs: [Output]?
    /// For the outputs that do not say it themselves.
    package var isBinary: Bool

    /// Of a body that is nothing but the input.
    package init(input: Tensor, isBinary: Bool) {
        self.init(id: nil, inputName: nil, input: input, outputs: nil, isBinary: isBinary)
    }

    init(id: String?, inputName: String?, input: Tensor, outputs: [Output]?, isBinary: Bool) {
        self.id = id
        self.inputName = inputName
        self.input = input
        self.outputs = outputs
        self.isBinary = isBinary
    }
}

extension InferenceRequest {
    /// - Parameters:
    ///   - jsonCount: Octets of the JSON; the tensors' follow.
    ///   - team: Who helps with a large tensor in the JSON.
    package static func decode(
        body: RawSpan,
        jsonCount: Int,
        limits: CodingLimits = CodingLimits(),
        team: Team? = nil
    ) throws(CodingError) -> InferenceRequest {
        let json = body.extracting(0..<jsonCount)
        let binary = body.extracting(jsonCount..<body.byteCount)
        let sharing = team.map { SharedReading(team: $0) }
        return try JSONReader.document(json, sharing: sharing) { reader throws(CodingError) in
            let place = CodingError.Place(offset: reader.position)
            var id: String?
            var input: InferenceInput?
            var outputs: [Output]?
            var isBinary = false
            try reader.members { reader, key throws(CodingError) in
                let name = reader.text(key)
                switch name {
                case "id": id = try reader.inferenceText("a string")
                case "parameters":
                    let parameters = try reader.inferenceParameters()
                    isBinary = parameters.bools["binary_data_output"] ?? false
                case "inputs": input = try reader.inferenceInputs(binary)
                case "outputs": outputs = try reader.inferenceOutputs(limits: limits)
                default:
                    let known = ["id", "parameters", "inputs", "outputs"]
                    throw reader.error(.unknownParameter(name, owner: "request", among: known), at: reader.position)
                }
            }
            guard let input else {
                throw CodingError(.missing(parameter: "inputs", owner: "request"), place: place)
            }
            let surplus = binary.byteCount - input.binaryCount
            guard surplus == 0 else { throw CodingError(.surplusOctets(surplus), place: place) }
            return InferenceRequest(
                id: id,
                inputName: input.name,
                input: input.tensor,
                outputs: outputs,
                isBinary: isBinary
            )
        }
    }
}

extension Tensor {
    /// The tensor that a body is, as little-endian float32; `nil` when its length is not the shape's.
    package init?(float32 octets: RawSpan, shape: Shape) throws(CodingError) {
        let (count, overflow) = shape.elementCount.multipliedReportingOverflow(by: 4)
        guard !overflow, count == octets.byteCount else { return nil }
        self = try unsafe Tensor(shape: shape) { floats throws(CodingError) in
            unsafe try ElementType.float32.convert(octets, to: floats)
        }
    }
}

// MARK: - Outputs and parameters

extension JSONReader {
    /// `[{"name": "y", "parameters": {"binary_data": true}}, …]`
    fileprivate mutating func inferenceOutputs(
        limits: CodingLimits
    ) throws(CodingError) -> [InferenceRequest.Output] {
        try expect(.array, "a list of outputs") { reader throws(CodingError) in
            var outputs: [InferenceRequest.Output] = []
            try reader.open()
            while try reader.nextElement(isFirst: outputs.isEmpty) {
                guard outputs.count < limits.layers else {
                    throw reader.error(.tooMany(of: "outputs", limit: limits.layers), at: reader.position)
                }
                do throws(CodingError) {
                    outputs.append(try reader.inferenceOutput())
                } catch {
                    throw error.under(outputs.count)
                }
            }
            return outputs
        }
    }

    private mutating func inferenceOutput() throws(CodingError) -> InferenceRequest.Output {
        let start = position
        var name: String?
        var isBinary: Bool?
        try members { reader, member throws(CodingError) in
            let key = reader.text(member)
            switch key {
            case "name": name = try reader.inferenceText("a name")
            case "parameters": isBinary = try reader.inferenceParameters().bools["binary_data"]
            // The protocol lets a client say again what the server knows.
            case "shape", "datatype": try reader.skipValue()
            default:
                let known = ["name", "parameters"]
                throw reader.error(.unknownParameter(key, owner: "output", among: known), at: reader.position)
            }
        }
        guard let name else { throw error(.missing(parameter: "name", owner: "output"), at: start) }
        return InferenceRequest.Output(name: name, isBinary: isBinary)
    }

    mutating func inferenceText(_ expected: String) throws(CodingError) -> String {
        try expect(.string, expected) { reader throws(CodingError) in reader.text(try reader.string()) }
    }

    /// Parameters may have any name; those that ask for what there is not are errors, and others are ignored.
    mutating func inferenceParameters() throws(CodingError) -> InferenceParameters {
        var parameters = InferenceParameters()
        try members { reader, key throws(CodingError) in
            let name = reader.text(key)
            let type = try reader.nextType()
            let start = reader.position
            switch (name, type) {
            case ("classification", _), ("shared_memory_region", _), ("shared_memory_offset", _),
                ("shared_memory_byte_size", _):
                let known = ["binary_data", "binary_data_output", "binary_data_size"]
                throw reader.error(.unknownParameter(name, owner: "tensor", nearest: nil, allowed: known), at: start)
            case ("binary_data", .bool), ("binary_data_output", .bool): parameters.bools[name] = try reader.bool()
            case ("binary_data_size", .number):
                let size = try reader.int64()
                guard size >= 0 else { throw reader.error(.belowMinimum(number: "\(size)", minimum: 0), at: start) }
                parameters.binarySize = Int(size)
            case ("binary_data", _), ("binary_data_output", _):
                throw reader.error(.type(found: type, expected: "true or false"), at: start)
            case ("binary_data_size", _): throw reader.error(.type(found: type, expected: "an integer"), at: start)
            default: try reader.skipValue()
            }
        }
        return parameters
    }
}

/// The parameters that mean something.
struct InferenceParameters {
    var bools: [String: Bool] = [:]
    /// Octets behind the JSON that are the tensor.
    var binarySize: Int?
}
