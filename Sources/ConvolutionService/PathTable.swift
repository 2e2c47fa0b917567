/// Values by path, found by the path's octets without making text of them. The paths are ours and never change, so that
/// nobody can choose ones that meet in one place.
struct PathTable<Value: Sendable>: Sendable {
    private struct Place: Sendable {
        let path: [UInt8]
        let value: Value
    }

    /// A power of two, at least four times as many as there are paths; a path stands at its hash or right behind.
    private var places: [Place?]

    init(_ values: [String: Value]) {
        var count = 16
        while count < 4 * values.count { count *= 2 }
        places = Array(repeating: nil, count: count)
        for (path, value) in values {
            let path = Array(path.utf8)
            var place = start(path.span)
            while places[place] != nil { place = (place + 1) % count }
            places[place] = Place(path: path, value: value)
        }
    }

    subscript(path: Span<UInt8>) -> Value? {
        var place = start(path)
        while let found = places[place] {
            if found.path.count == path.count, isSame(found.path.span, path) { return found.value }
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

    private func isSame(_ one: Span<UInt8>, _ other: Span<UInt8>) -> Bool {
        for index in one.indices where one[index] != other[index] { return false }
        return true
    }
}
