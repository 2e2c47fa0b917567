import ConvolutionEngine

/// Turns a graph's nodes into layers, one after the other. `Operators` says what each of them becomes.
///
/// A node whose operator is not computed is noted, its results are `nothing`, and the next one's turn comes, so that
/// everything that is wrong is known at once.
struct GraphImporter {
    /// Elements that folding constants may make beside as many as the file has octets.
    private static let foldedElements = 1 << 22

    let opset: Int64
    let source: TensorRecord.Source
    private var values: [String: Value] = [:]
    private(set) var layers: [Layer] = []
    /// What the input and each layer give, by name.
    private var features: [String: Feature] = [:]
    /// Where each layer stands, by its name.
    private var places: [String: Int] = [:]
    /// How many nodes and outputs of the graph read each value.
    private let readers: [String: Int]
    /// Names that layers must not take for their own steps.
    private var taken: Set<String>
    /// Features that have a second name, since a node does nothing to them.
    private var passedOn: Set<String> = []
    private var faults: [NodeFault] = []
    private var foldedElementsLeft: Int

    init(_ graph: GraphRecord, opset: Int64, input: Feature, source: TensorRecord.Source) {
        self.opset = opset
        self.source = source
        foldedElementsLeft = GraphImporter.foldedElements + source.file.count
        var readers: [String: Int] = [:]
        for name in graph.nodes.flatMap(\.inputs) + graph.outputs.map(\.name) { readers[name, default: 0] += 1 }
        self.readers = readers
        taken = Set(graph.nodes.flatMap(\.outputs))
        taken.insert(input.name)
        values[input.name] = .feature(input)
        features[input.name] = input
        constants = Dictionary(graph.initializers.map { ($0.name, $0) }) { first, _ in first }
    }

    /// Initializers, which become values when a node reads them.
    private let constants: [String: TensorRecord]

    /// Computes what each node stands for; they come in an order in which each is after those that it reads.
    mutating func add(_ nodes: [NodeRecord]) throws(ImportError) {
        for node in nodes { add(node) }
        if !faults.isEmpty { throw .nodes(faults) }
    }

    private mutating func add(_ node: NodeRecord) {
        do throws(NodeProblem) {
            guard let operation = Operators.named(node) else {
                if let undefined = node.inputs.first(where: { !$0.isEmpty && !isKnown($0) }) {
                    throw .undefined(undefined)
                }
                throw .unknownOperator
            }
            var inputs: [Value?] = []
            for name in node.inputs { inputs.append(name.isEmpty ? nil : try value(name)) }
            // The fault lies where the value should have come from.
            let isBroken = inputs.contains { if case .nothing? = $0 { true } else { false } }
            if isBroken { return note(node, results: []) }
            var scope = NodeScope(node, opset: opset, inputs: inputs, source: source)
            let results = try operation(&self, &scope)
            try scope.checkAttributes()
            for name in node.outputs.dropFirst(results.count) where !name.isEmpty && readers[name] != nil {
                throw .unsupported("its output \(name)")
            }
            note(node, results: results)
        } catch {
            let name = node.domain.isEmpty ? node.operation : "\(node.domain)::\(node.operation)"
            let label = node.name.isEmpty ? node.outputs.first ?? "" : node.name
            faults.append(NodeFault(node: label, operation: name, problem: error))
            note(node, results: [])
        }
    }

    private mutating func note(_ node: NodeRecord, results: [Value]) {
        for (index, name) in node.outputs.enumerated() where !name.isEmpty {
            let result = index < results.count ? results[index] : .nothing
            if case .feature(let feature) = result, feature.name != name { passedOn.insert(feature.name) }
            values[name] = result
        }
    }

    private func isKnown(_ name: String) -> Bool { values[name] != nil || constants[name] != nil }

    /// What the name stands for; `nil` when nothing has it.
    mutating func knownValue(_ name: String) throws(TensorFault) -> Value? {
        if let value = values[name] { return value }
        guard let record = constants[name] else { return nil }
        let value = Value.constant(try Constant(record, source))
        values[name] = value
        return value
    }

    private mutating func value(_ name: String) throws(NodeProblem) -> Value {
        do throws(TensorFault) {
            if let value = try knownValue(name) { return value }
        } catch {
            throw .tensor(name, error)
        }
        throw .undefined(name)
    }
}

extension Constant {
    /// The elements of a tensor as it stands in the file.
    init(_ record: TensorRecord, _ source: TensorRecord.Source) throws(TensorFault) {
        if record.isFloating {
            self.init(try record.numbers(source))
        } else {
            let extents = try record.integers(source).map { Extent.known(Int($0)) }
            guard let constant = Constant(extents, shape: try record.shape()) else { throw .shape(record.extents) }
            self = constant
        }
    }
}

// MARK: - What operators do

extension GraphImporter {
    /// Adds a layer that reads `inputs`, and says what it gives. The first axis stays the batch.
    mutating func emit(
        _ operation: Operation,
        _ inputs: [Feature],
        as name: String
    ) throws(NodeProblem) -> Feature {
        let feature = try result(of: operation, inputs, as: name)
        places[name] = layers.count
        layers.append(Layer(operation, name: name, inputs: inputs.map(\.name)))
        return feature
    }

    private mutating func result(
        of operation: Operation,
        _ inputs: [Feature],
        as name: String
    ) throws(NodeProblem) -> Feature {
        let shape: Shape
        do throws(EngineError) {
            shape = try operation.outputShape(of: inputs.map(\.shape))
        } catch {
            throw .engine(error)
        }
        try checkFinite(operation)
        let feature = Feature(name: name, shape: shape, hasFreeBatch: inputs.contains { $0.hasFreeBatch })
        features[name] = feature
        return feature
    }

    /// A name for a step on the way to a node's result.
    mutating func step(_ scope: NodeScope, _ what: String) -> String {
        var name = "\(scope.output)/\(what)"
        while !taken.insert(name).inserted { name += "_" }
        return name
    }

    /// The operation that gave a feature, and what it read; `nil` for the input.
    func origin(_ feature: Feature) -> (operation: Operation, inputs: [String])? {
        places[feature.name].map { (layers[$0].operation, layers[$0].inputs) }
    }

    func feature(named name: String) -> Feature? { features[name] }

    /// Whether nobody but the node at hand reads a feature, so that its layer may be changed.
    func isReadOnce(_ feature: Feature) -> Bool { readers[feature.name] == 1 && !passedOn.contains(feature.name) }

    /// Changes the layer that gave a feature, which the node at hand alone reads, and calls it by another name.
    mutating func replace(_ feature: Feature, by operation: Operation, as name: String) throws(NodeProblem) -> Feature {
        guard let place = places[feature.name] else { throw .constant(feature.name) }
        let renamed = try result(of: operation, layers[place].inputs.compactMap { features[$0] }, as: name)
        places[feature.name] = nil
        places[name] = place
        layers[place].operation = operation
        layers[place].name = name
        return renamed
    }

    /// Counts elements that folding makes; throws when there are too many.
    mutating func fold(elements: Int) throws(TensorFault) {
        guard elements <= foldedElementsLeft else { throw .tooLarge }
        foldedElementsLeft -= elements
    }
}

/// The server refuses weights that are no numbers; so does the import.
private func checkFinite(_ operation: Operation) throws(NodeProblem) {
    for (name, tensor) in operation.tensors {
        let elements = tensor.elements
        for index in elements.indices where !elements[index].isFinite {
            throw .tensor(name, .notFinite(index: index))
        }
    }
}
