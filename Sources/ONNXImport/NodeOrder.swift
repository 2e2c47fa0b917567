extension GraphRecord {
    /// The nodes, each after those that it reads, else in the file's order. A file should have them so, but not all do.
    func orderedNodes() throws(ImportError) -> [NodeRecord] {
        var makers: [String: Int] = [:]
        for (index, node) in nodes.enumerated() {
            for name in node.outputs where !name.isEmpty {
                guard makers.updateValue(index, forKey: name) == nil else { throw .madeTwice(name) }
            }
        }
        for name in inputs.map(\.name) + initializers.map(\.name) where makers[name] != nil { throw .madeTwice(name) }
        var waiting = nodes.map { node in Set(node.inputs.compactMap { makers[$0] }).count }
        var readers = [[Int]](repeating: [], count: nodes.count)
        for (index, node) in nodes.enumerated() {
            for maker in Set(node.inputs.compactMap { makers[$0] }) { readers[maker].append(index) }
        }
        // The file's order is kept where it can be: a node that had to wait comes as soon as it may.
        var order: [Int] = []
        order.reserveCapacity(nodes.count)
        var isPlaced = [Bool](repeating: false, count: nodes.count)
        for start in nodes.indices {
            var ready = [start]
            while let index = ready.popLast() {
                guard !isPlaced[index], waiting[index] == 0 else { continue }
                isPlaced[index] = true
                order.append(index)
                for reader in readers[index].reversed() {
                    waiting[reader] -= 1
                    // Those further on have their turn anyway.
                    if waiting[reader] == 0, reader <= start { ready.append(reader) }
                }
            }
        }
        guard order.count == nodes.count else { throw .cycle(cycle(among: isPlaced, makers)) }
        return order.map { nodes[$0] }
    }

    /// The outputs of nodes on a cycle: from one that could not be placed back along what it waits for, until one repeats.
    private func cycle(among isPlaced: [Bool], _ makers: [String: Int]) -> [String] {
        guard var index = isPlaced.firstIndex(of: false) else { return [] }
        var path: [Int] = []
        var walked: Set<Int> = []
        while walked.insert(index).inserted {
            path.append(index)
            let maker = nodes[index].inputs.lazy.compactMap { makers[$0] }.first { !isPlaced[$0] }
            guard let maker else { break }
            index = maker
        }
        let start = path.firstIndex(of: index) ?? 0
        return path[start...].reversed().map { nodes[$0].outputs.first ?? nodes[$0].name }
    }
}
