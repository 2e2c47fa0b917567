/// Values by path, found by the path's octets without making text of them. The paths are ours and never change, so that
/// nobody can choose ones that meet in one place.
struct PathTable<Value: Sendable>: Sendable {
    /// Where a path stands in `octets`, and which value is its own; no path where it is empty.
    private struct Place: Sendable {
        var start = 0
        var end = 0
        var index = 0
    }

    private var octets: [UInt8] = []
    /// A power of two, at least four times as many as there are paths; a path stands at its hash or right behind.
    private var places: [Place]
    private var values: [Value] = []

    /// No path is empty.
    init(_ table: [String: Value]) {
        var count = 16
        while count < 4 * table.count { count *= 2 }
        places = Array(repeating: Place(), count: count)
        for (path, value) in table {
            let path = Array(path.utf8)
            var place = start(path.span)
            while places[place].end > 0 { place = (place + 1) & (count - 1) }
            places[place] = Place(start: octets.count, end: octets.count + path.count, index: values.count)
            octets += path
            values.append(value)
        }
    }

    subscript(path: Span<UInt8>) -> Value? { index(of: path).map { values[$0] } }

    subscript(index: Int) -> Value { values[index] }

    func index(of path: Span<UInt8>) -> Int? {
        var place = start(path)
        while places[place].end > 0 {
            if isPath(places[place], path) { return places[place].index }
            place = (place + 1) & (places.count - 1)
        }
        return nil
    }

    /// FNV-1a (Fowler, Noll, Vo).
    private func start(_ path: Span<UInt8>) -> Int {
        var hash: UInt32 = 0x811C_9DC5
        for index in path.indices { hash = (hash ^ UInt32(path[index])) &* 0x0100_0193 }
        return Int(hash ^ hash >> 15) & (places.count - 1)
    }

    private func isPath(_ place: Place, _ path: Span<UInt8>) -> Bool {
        guard place.end - place.start == path.count else { return false }
        for index in path.indices where octets[place.start + index] != path[index] { return false }
        return true
    }
}
