import TensorCoding
import Testing

@Suite struct OperationTableTests {
    @Test func everyOperationOfTheInterfaceIsThere() {
        let ranked =
            ["conv", "conv_transpose", "max_pool", "avg_pool", "lp_pool", "adaptive_max_pool"]
            + ["adaptive_avg_pool", "max_unpool", "batch_norm"]
        let plain =
            ["unfold", "fold", "relu", "relu6", "leaky_relu", "elu", "selu", "gelu", "silu", "mish", "sigmoid", "tanh"]
            + ["softplus", "hardsigmoid", "hardswish", "clamp", "prelu", "softmax", "log_softmax", "linear", "scale"]
            + [
                "flatten", "reshape", "pad", "upsample", "local_response_norm", "layer_norm", "group_norm",
                "instance_norm",
            ]
            + ["add", "multiply", "concat"]
        let expected = Set(ranked.flatMap { name in (1...3).map { rank in "\(name)\(rank)d" } } + plain)
        #expect(Set(OperationSpecification.all.map(\.name)) == expected)
    }

    private struct Parameter: CustomTestStringConvertible {
        let operation: OperationSpecification
        let parameter: ParameterSpecification
        var testDescription: String { "\(operation.name).\(parameter.name)" }
    }

    private static let parameters = OperationSpecification.all.flatMap { operation in
        operation.parameters.map { parameter in Parameter(operation: operation, parameter: parameter) }
    }

    /// A value of the kind that the table says.
    private func sample(_ kind: ParameterSpecification.Kind) -> String {
        switch kind {
        case .tensor: "[1]"
        case .indices: "[0]"
        case .integer, .number, .spatial, .padding, .adaptiveSize, .integers, .scales: "1"
        case .bool: "true"
        case .choice(let names): "\"\(names[0])\""
        case .pairs: "[[1,1]]"
        }
    }

    /// A layer with the parameter given like this, and what else it needs.
    private func layer(_ known: Parameter, _ text: String) -> String {
        let isShapesOnly = known.parameter.isForShapes
        let members = known.operation.parameters.compactMap { parameter -> String? in
            if parameter == known.parameter { return ",\"\(parameter.name)\":\(text)" }
            let isNeeded =
                switch parameter.presence {
                case .required: true
                case .requiredForNumbers: !isShapesOnly && known.parameter.presence != .alternative(to: parameter.name)
                case .shapesOnly: isShapesOnly
                // The first of the two serves everyone else.
                case .alternative: parameter.name == "scale_factor" && known.parameter.name != "size"
                case .optional, .optionalForShapes: false
                }
            return isNeeded ? ",\"\(parameter.name)\":\(sample(parameter.kind))" : nil
        }
        return "{\"type\":\"\(known.operation.name)\"\(members.joined())}"
    }

    @Test(arguments: parameters.map(\.testDescription))
    func whatTheTableSaysAboutAParameterIsWhatTheReaderDoes(name: String) throws {
        let known = try #require(OperationTableTests.parameters.first { entry in entry.testDescription == name })
        func read(_ text: String) -> CodingError? {
            known.parameter.isForShapes
                ? readShapes("{\"input_shape\":[1],\"layers\":[\(layer(known, text))]}").error
                : readForward("{\"input\":[1],\"layers\":[\(layer(known, text))]}").error
        }
        #expect(read(sample(known.parameter.kind)) == nil)
        // An object is no parameter's value, and is said to be wrong where it stands.
        #expect(read("{}")?.pointer.hasPrefix("/layers/0/\(known.parameter.name)") == true)
        // Null is as good as nothing.
        if [.optional, .optionalForShapes].contains(known.parameter.presence) {
            #expect(read("null") == nil)
        } else {
            #expect(read("null")?.pointer == "/layers/0")
        }
    }

    @Test func whatIsForShapesIsUnknownWhereNumbersAreNeeded() {
        for known in OperationTableTests.parameters where known.parameter.isForShapes {
            let error = readForward("{\"input\":[1],\"layers\":[\(layer(known, "1"))]}").error
            guard case .unknownParameter? = error?.reason else {
                Issue.record("\(known.testDescription) was accepted")
                continue
            }
        }
    }
}
