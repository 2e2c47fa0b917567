import ConvolutionEngine
import HTTPServer
import HTTPTypes
import TensorCoding

/// A result in one of its forms, before any content coding.
struct AnswerContent: ~Copyable {
    enum Body: ~Copyable {
        case whole([UInt8])
        /// Too large to be held as a whole: made while it is sent.
        case pieces(PiecewiseBody)
    }

    /// `nil` for JSON with octets behind it.
    let form: BodyForm?
    let body: Body
    /// What the form says in fields.
    private(set) var fields: [HTTPField] = []

    /// - Parameter isNetwork: Whether the answer in JSON has a report of each layer.
    init(
        _ result: borrowing NetworkResult,
        plan: borrowing Plan,
        in form: BodyForm,
        encoding: TensorEncoding,
        isNetwork: Bool,
        _ memory: inout AnswerMemory
    ) {
        switch form {
        case .json: self.init(json: result, plan: plan, encoding: encoding, isNetwork: isNetwork, &memory)
        case .npy: self.init(npy: result)
        case .safetensors: self.init(safetensors: result)
        }
    }

    init(json: [UInt8]) {
        form = .json
        body = .whole(json)
    }

    private init(
        json result: borrowing NetworkResult,
        plan: borrowing Plan,
        encoding: TensorEncoding,
        isNetwork: Bool,
        _ memory: inout AnswerMemory
    ) {
        form = .json
        let isLarge = result.isLarge
        var json = JSONWriter(in: memory.takeBody(), postponingTensors: isLarge)
        json.result(result, plan: plan, encoding: encoding, isNetwork: isNetwork)
        body = isLarge ? .pieces(json.body) : .whole(json.bytes)
    }

    /// Of the Open Inference Protocol; octets where some follow the JSON, which a field counts then.
    ///
    /// - Parameter result: What the outputs are of.
    init(_ answer: InferenceAnswer, of result: NetworkResult) {
        body = AnswerContent.body(answer.body, of: result)
        guard let count = answer.jsonCount else {
            form = .json
            return
        }
        form = nil
        fields = [HTTPField(name: .inferenceHeaderLength, value: String(count))]
    }

    /// The output alone.
    private init(npy result: borrowing NetworkResult) {
        form = .npy
        body = AnswerContent.body(NpyFile.body(result.output), of: result)
        let shape = result.output.shape.map(String.init).joined(separator: ",")
        fields = [HTTPField(name: .tensorShape, value: shape)]
    }

    /// `output`, the pool's `indices`, and what the request asked for under its name (its indices as `name.indices`).
    private init(safetensors result: borrowing NetworkResult) {
        var tensors: [(name: String, tensor: NamedTensor)] = [("output", .tensor(result.output))]
        if let indices = result.indices { tensors.append(("indices", .indices(indices))) }
        for named in result.named where !tensors.contains(where: { $0.name == named.name }) {
            tensors.append((named.name, .tensor(named.tensor)))
            if let indices = named.indices { tensors.append((named.name + ".indices", .indices(indices))) }
        }
        form = .safetensors
        body = AnswerContent.body(SafetensorsFile.body(tensors), of: result)
    }

    private static func body(_ body: PiecewiseBody, of result: NetworkResult) -> Body {
        result.isLarge ? .pieces(body) : .whole(body.whole)
    }
}

extension NetworkResult {
    /// Whether it is turned into an answer while that is sent.
    var isLarge: Bool { elementCount > ServiceConfiguration.wholeAnswer }

    /// Of all tensors together.
    private var elementCount: Int {
        named.reduce(output.shape.elementCount + (indices?.shape.elementCount ?? 0)) { count, named in
            count + named.tensor.shape.elementCount + (named.indices?.shape.elementCount ?? 0)
        }
    }
}
