import ConvolutionEngine
import HTTPTypes
import TensorCoding

/// A result in one of its forms, before any content coding.
struct AnswerContent {
    /// `nil` for JSON with octets behind it.
    let form: BodyForm?
    let bytes: [UInt8]
    /// What the form says in fields.
    private(set) var fields: [HTTPField] = []

    /// - Parameter isNetwork: Whether the answer in JSON has a report of each layer.
    init(
        _ result: NetworkResult,
        plan: Plan,
        in form: BodyForm,
        encoding: TensorEncoding,
        isNetwork: Bool,
        team: Team
    ) {
        switch form {
        case .json:
            var json = JSONWriter(team: team)
            json.result(result, plan: plan, encoding: encoding, isNetwork: isNetwork)
            self.init(json: json.bytes)
        case .npy: self.init(npy: result)
        case .safetensors: self.init(safetensors: result)
        }
    }

    init(json: [UInt8]) {
        form = .json
        bytes = json
    }

    /// Of the Open Inference Protocol; octets where some follow the JSON, which a field counts then.
    init(_ answer: InferenceAnswer) {
        bytes = answer.bytes
        guard let count = answer.jsonCount else {
            form = .json
            return
        }
        form = nil
        fields = [HTTPField(name: .inferenceHeaderLength, value: String(count))]
    }

    /// The output alone.
    init(npy result: NetworkResult) {
        var file: [UInt8] = []
        NpyFile.append(result.output, to: &file)
        form = .npy
        bytes = file
        let shape = result.output.shape.map(String.init).joined(separator: ",")
        fields = [HTTPField(name: .tensorShape, value: shape)]
    }

    /// `output`, the pool's `indices`, and what the request asked for under its name (its indices as `name.indices`).
    init(safetensors result: NetworkResult) {
        var tensors: [(name: String, tensor: NamedTensor)] = [("output", .tensor(result.output))]
        if let indices = result.indices { tensors.append(("indices", .indices(indices))) }
        for named in result.named where !tensors.contains(where: { $0.name == named.name }) {
            tensors.append((named.name, .tensor(named.tensor)))
            if let indices = named.indices { tensors.append((named.name + ".indices", .indices(indices))) }
        }
        var file: [UInt8] = []
        SafetensorsFile.append(tensors, to: &file)
        form = .safetensors
        bytes = file
    }
}
