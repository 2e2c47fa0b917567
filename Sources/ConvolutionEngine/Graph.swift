/// Which results a layer reads. Value 0 is the network's input, value i + 1 the result of layer i.
enum Sources {
    case one(Int)
    case several([Int])

    var first: Int {
        switch self {
        case .one(let value): value
        case .several(let values): values[0]
        }
    }

    var rest: ArraySlice<Int> {
        switch self {
        case .one: []
        case .several(let values): values.dropFirst()
        }
    }

    var all: [Int] {
        switch self {
        case .one(let value): [value]
        case .several(let values): values
        }
    }
}

/// A network's layers walked in order, each resolved against the shapes it reads.
struct Graph {
    private let network: Network
    /// `nil` when nothing in the network has or uses a name, as in a request for one operation.
    private let names: NameTable?
    /// The values asked for by name, in order.
    let outputs: [Int]

    init(_ network: Network, input: Shape) throws(EngineError) {
        guard !network.layers.isEmpty else { throw EngineError(.emptyNetwork, parameter: "layers") }
        for axis in input.indices where axis > 0 && input[axis] == 0 {
            throw EngineError(.zeroExtent(found: input, axis: axis), parameter: "input")
        }
        self.network = network
        let usesNames = !network.outputs.isEmpty || network.layers.contains { $0.name != nil || !$0.inputs.isEmpty }
        guard usesNames else {
            names = nil
            outputs = []
            return
        }
        let names = try NameTable(network)
        self.names = names
        var outputs: [Int] = []
        var places: [Int: Int] = [:]
        for (place, name) in network.outputs.enumerated() {
            let value = try names.output(name, at: place)
            if let first = places.updateValue(place, forKey: value) {
                throw EngineError(.repeatedOutput(name, first: first), parameter: "outputs/\(place)")
            }
            outputs.append(value)
        }
        self.outputs = outputs
    }

    /// Calls `visit` for each layer in order.
    func walk(
        input: Shape,
        _ visit: (_ index: Int, _ sources: Sources, _ resolved: ResolvedLayer) throws(EngineError) -> Void
    ) throws(EngineError) {
        // Only a result that has a name may be read by another layer than the next.
        var shapes = names == nil ? [] : [input]
        var last = input
        for index in network.layers.indices {
            do throws(EngineError) {
                let sources = try sources(of: network.layers[index], at: index)
                let first = sources.first == index ? last : shapes[sources.first]
                let rest = sources.rest.map { $0 == index ? last : shapes[$0] }
                let count = network.layers[index].operation.inputCount
                guard rest.count + 1 >= count.lowerBound, rest.count < count.upperBound else {
                    throw EngineError(
                        .inputCount(found: rest.count + 1, minimum: count.lowerBound, maximum: count.upperBound),
                        parameter: "inputs"
                    )
                }
                let resolved = try network.layers[index].operation.resolve(first, rest)
                last = resolved.outputShape
                if names != nil { shapes.append(last) }
                try visit(index, sources, resolved)
            } catch {
                throw error.inLayer(index)
            }
        }
    }

    private func sources(of layer: Layer, at index: Int) throws(EngineError) -> Sources {
        guard let names, !layer.inputs.isEmpty else { return .one(index) }
        if layer.inputs.count == 1 { return .one(try names.value(layer.inputs[0], readBy: index)) }
        var values: [Int] = []
        for name in layer.inputs { values.append(try names.value(name, readBy: index)) }
        return .several(values)
    }
}
