import ConvolutionEngine
import TensorCoding

/// What a plan promises is what a run gives and what `/v1/shapes` says, and a refusal blames a parameter that there is.
///
/// The octets choose an operation of the table, the shape of its input and a value for each of its parameters, sensible
/// and absurd ones: so most inputs are well-formed requests, and what is tried is their meaning.
func brokenLayerClaim(by input: [UInt8]) -> String? {
    var choices = Choices(input)
    let operations = OperationSpecification.all.filter { !$0.isLayerOnly }
    let operation = choices.one(of: operations)
    let body = Array(choices.request(of: operation).utf8)
    let request: OperationRequest
    do throws(CodingError) {
        request = try OperationRequest.decode(operation: operation.name, body: body.span.bytes)
    } catch {
        return misplaced(error, count: body.count)
    }
    let network = Network(layers: [Layer(request.operation)])
    let engine = Engine(team: Team(size: 1))
    // Low, so that whatever is computed is computed at once.
    let limits = PlanLimits(elementsPerTensor: 1 << 12, bytes: 1 << 22, multiplyAccumulates: 1 << 18, layers: 4)
    do throws(EngineError) {
        let plan = try engine.plan(network, input: request.input.shape, limits: limits)
        let promised = plan.outputShape
        guard plan.peakBytes <= limits.bytes, promised.elementCount <= limits.elementsPerTensor else {
            return "\(operation.name): a plan over its limits"
        }
        let told = try engine.shapes(network, input: request.input.shape).last?.shape
        guard told == promised else { return "\(operation.name): \(promised) planned, \(told as Any) told" }
        guard let result = engine.run(plan, input: request.input) else { return "\(operation.name): no result" }
        guard result.output.shape == promised else {
            return "\(operation.name): \(promised) planned, \(result.output.shape) computed"
        }
    } catch {
        let known = operation.parameters.map(\.name) + ["input"]
        guard let blamed = error.parameter else { return nil }
        return known.contains(blamed) ? nil : "\(operation.name): blames \(blamed): \(error.reason)"
    }
    return nil
}

/// Choices made by octets; when those are used up, always the first.
private struct Choices {
    private var octets: ArraySlice<UInt8>

    init(_ octets: [UInt8]) { self.octets = octets[...] }

    private mutating func next() -> Int { Int(octets.popFirst() ?? 0) }

    mutating func one<Element>(of elements: [Element]) -> Element { elements[next() % elements.count] }

    mutating func request(of operation: OperationSpecification) -> String {
        var members = [#""input":"# + tensor(isFloat: true)]
        for parameter in operation.parameters where !parameter.isForShapes && next() % 2 == 1 {
            members.append("\"\(parameter.name)\":\(value(parameter.kind))")
        }
        return "{" + members.joined(separator: ",") + "}"
    }

    private mutating func value(_ kind: ParameterSpecification.Kind) -> String {
        switch kind {
        case .tensor: tensor(isFloat: true)
        case .indices: tensor(isFloat: false)
        case .integer: integer()
        case .number: one(of: ["0", "1", "0.5", "-1", "1e-5", "1e30", "-3.4e38", "1e-45", "0.99999994"])
        case .bool: one(of: ["false", "true"])
        case .choice(let names): "\"\(one(of: names))\""
        case .spatial, .integers: one(of: [integer(), list { $0.integer() }])
        case .padding:
            one(of: [
                integer(), list { $0.integer() }, list { $0.list(of: 2) { $0.integer() } }, "\"valid\"", "\"same\"",
                "\"same_lower\"",
            ])
        case .adaptiveSize: one(of: [integer(), list { choices in choices.one(of: [choices.integer(), "null"]) }])
        case .pairs: list { $0.list(of: 2) { $0.integer() } }
        case .scales: one(of: ["1", "2", "0.5", "3.7", "1e9", "1e-9", "[2,2]", "[0.3,4]", "[1,2,3]"])
        }
    }

    private mutating func integer() -> String {
        let choice = next()
        guard choice >= 0xC0 else { return String(choice % 8) }
        return one(of: [
            "-1", "-2", "16", "63", "1000", "65536", "2147483647", "4611686018427387904", "-9223372036854775808",
        ])
    }

    private mutating func list(of count: Int? = nil, _ element: (inout Choices) -> String) -> String {
        let count = count ?? 1 + next() % 4
        return "[" + (0..<count).map { _ in element(&self) }.joined(separator: ",") + "]"
    }

    /// Up to five axes of up to seven cells, seldom none.
    private mutating func tensor(isFloat: Bool) -> String {
        let shape = (0..<1 + next() % 5).map { _ in
            let extent = next()
            return extent == 255 ? 0 : extent % 7 + 1
        }
        let count = shape.reduce(1, *)
        let numbers = (0..<count).map { isFloat ? "\($0 % 17 - 8)" : "\($0 % 9)" }
        return #"{"shape":\#(shape),"data":[\#(numbers.joined(separator: ","))]}"#
    }
}
