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

    /// The value of a result asked for.
    func output(_ name: String) throws(EngineError) -> Int {
        if name == inputName { return 0 }
        guard let index = layers[name] else {
            throw EngineError(.unknownName(name, nearest: nearest(to: name)), parameter: "outputs")
        }
        return index + 1
    }

    /// The name with the fewest edits to `name`, if they are few.
    private func nearest(to name: String) -> String? {
        // Long names would make the search costly, and are not typed by hand.
        guard name.utf8.count <= 64 else { return nil }
        var best: (name: String, distance: Int)?
        for candidate in layers.keys.sorted() where candidate.utf8.count <= 64 {
            let distance = editDistance(Array(name.utf8), Array(candidate.utf8))
            if distance < best?.distance ?? Int.max { best = (candidate, distance) }
        }
        guard let best, best.distance <= max(1, name.utf8.count / 3) else { return nil }
        return best.name
    }
}

/// Levenshtein's distance: how many insertions, deletions and replacements turn one into the other.
private func editDistance(_ first: [UInt8], _ second: [UInt8]) -> Int {
    var row = Array(0...second.count)
    for (i, a) in first.enumerated() {
        var diagonal = row[0]
        row[0] = i + 1
        for (j, b) in second.enumerated() {
            let replaced = diagonal + (a == b ? 0 : 1)
            diagonal = row[j + 1]
            row[j + 1] = min(replaced, row[j] + 1, row[j + 1] + 1)
        }
    }
    return row[second.count]
}
