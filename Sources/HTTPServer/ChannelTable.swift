/// The channels of a loop by token.
struct ChannelTable {
    private var places: [(generation: UInt32, channel: Channel?)] = []
    private var free: [UInt32] = []

    var count: Int { places.count - free.count }
    var isEmpty: Bool { count == 0 }

    subscript(token: Token) -> Channel? {
        let place = Int(token.place)
        guard place < places.count, places[place].generation == token.generation else { return nil }
        return places[place].channel
    }

    var tokens: [Token] {
        places.indices.compactMap { index in
            places[index].channel == nil ? nil : Token(generation: places[index].generation, place: UInt32(index))
        }
    }

    mutating func insert(_ make: (Token) -> Channel) -> (Channel, Token) {
        if free.isEmpty {
            free.append(UInt32(places.count))
            places.append((0, nil))
        }
        let place = free.removeLast()
        let generation = places[Int(place)].generation &+ 1
        let token = Token(generation: max(generation, 1), place: place)
        let channel = make(token)
        places[Int(place)] = (token.generation, channel)
        return (channel, token)
    }

    mutating func remove(_ token: Token) {
        guard self[token] != nil else { return }
        places[Int(token.place)].channel = nil
        free.append(token.place)
    }
}
