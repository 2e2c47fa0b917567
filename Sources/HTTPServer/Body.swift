/// A request's body as it grows, paid for from the budget.
struct Body {
    /// What a client gets for nothing, and how many times what it has sent it may make the server hold.
    private static let first = 64 * 1024
    private static let growth = 16

    private var octets: [UInt8] = []
    /// Octets of the budget that this body holds.
    private var charged = 0

    /// Memory up to this size goes from one body to the next.
    private static let spare = 4096

    var count: Int { octets.count }

    /// Takes over memory that is paid for, for a body of that size that is yet to come.
    mutating func adopt(_ spare: inout Body, for expected: Int) {
        if expected <= spare.octets.capacity, octets.capacity == 0 { swap(&self, &spare) }
    }

    /// Puts the memory of a small body, whose octets were taken and are done with, and what it paid in the spare's place.
    mutating func leave(_ taken: inout [UInt8], to spare: inout Body) {
        guard 1...Self.spare ~= taken.capacity else { return }
        swap(&octets, &taken)
        octets.removeAll(keepingCapacity: true)
        swap(&self, &spare)
    }

    /// Memory for some of the `expected` octets that are still to come: how many, at least one. A declared length is
    /// not believed: no more is taken than a multiple of what has come, so that a claim costs its claimant.
    ///
    /// Nil where the budget is used up.
    mutating func makeRoom(upTo expected: Int, budget: OctetBudget) -> Int? {
        let room = charged - octets.count
        if room > 0 { return min(room, expected) }
        let capacity = min(octets.count + expected, max(Self.first, octets.count * Self.growth))
        guard budget.take(capacity - charged) else { return nil }
        charged = capacity
        octets.reserveCapacity(capacity)
        return min(capacity - octets.count, expected)
    }

    mutating func append(_ bytes: Span<UInt8>) {
        bytes.withUnsafeBufferPointer { octets.append(contentsOf: $0) }
    }

    /// Lets `read` write up to `room` octets behind those that are here.
    mutating func fill(_ room: Int, _ read: (UnsafeMutableRawBufferPointer) -> Transfer) -> Transfer {
        var transfer = Transfer.wouldBlock
        octets.append(addingCapacity: room) { span in
            span.withUnsafeMutableBufferPointer { buffer, initialized in
                let free = UnsafeMutableBufferPointer(rebasing: buffer[initialized...].prefix(room))
                transfer = read(UnsafeMutableRawBufferPointer(free))
                if case .moved(let count) = transfer { initialized += count }
            }
        }
        return transfer
    }

    /// Hands the octets over. They are charged until the request is answered.
    mutating func take() -> [UInt8] {
        var taken: [UInt8] = []
        swap(&taken, &octets)
        return taken
    }

    mutating func clear(budget: OctetBudget) {
        if octets.capacity > 0 { octets = [] }
        guard charged > 0 else { return }
        budget.give(charged)
        charged = 0
    }
}
