/// The names of a network's layers, checked to be its own and single.
struct NameTable {
    private var layers: [String: Int] = [:]
    private let inputName: String

    init(_ network: Network) throws(EngineError) {
        inputName = network.inputName
        for (index, layer) in network.layers.enumerated() {
            guard let name = layer.name else { continue }
            guard name != inputName else {
                throw EngineError(.reservedName(name), parameter: "name", layer: index)
            }
            if let first = layers.updateValue(index, forKey: name) {
                throw EngineError(.duplicateName(name, first: first), parameter: "name", layer: index)
            }
        }
    }

    /// The value that layer `reader` reads by this name: 0 the network's input, i + 1 the result of layer i.
    func value(_ name: String, readBy reader: Int) throws(EngineError) -> Int {
        if name == inputName { return 0 }
        guard let index = layers[name] else {
            throw EngineError(.unknownName(name, nearest: nearest(to: name)), parameter: "inputs")
        }
        if index == reader { throw EngineError(.cycle(name), parameter: "inputs") }
        if index > reader { throw EngineError(.laterLayer(name, index: index), parameter: "inputs") }
        return index + 1
    }

    /// The value of a result asked for, the `place`th of them.
    func output(_ name: String, at place: Int) throws(EngineError) -> Int {
        if name == inputName { return 0 }
        guard let index = layers[name] else {
            throw EngineError(.unknownName(name, nearest: nearest(to: name)), parameter: "outputs/\(place)")
        }
        return index + 1
    }

    private func nearest(to name: String) -> String? { nearestName(to: name, in: layers.keys.sorted()) }
}
