import Synchronization

/// How many connections each address has, and the most that one may have.
final class AddressCount: Sendable {
    private let limit: Int
    private let open = Mutex<[Network: Int]>([:])

    init(limit: Int) {
        self.limit = limit
    }

    /// A connection's place; nil where its address has as many as it may.
    func enter(_ network: Network) -> Place? {
        let hasRoom = open.withLock { open in
            guard open[network, default: 0] < limit else { return false }
            open[network, default: 0] += 1
            return true
        }
        return hasRoom ? Place(network, of: self) : nil
    }

    private func leave(_ network: Network) {
        open.withLock { open in
            guard let count = open[network] else { return }
            open[network] = count > 1 ? count - 1 : nil
        }
    }

    /// Held for as long as the connection is open.
    final class Place: Sendable {
        private let network: Network
        private let owner: AddressCount

        fileprivate init(_ network: Network, of owner: AddressCount) {
            self.network = network
            self.owner = owner
        }

        deinit {
            owner.leave(network)
        }
    }
}

/// Whose connections are counted together: an IPv4 address, or the 64 leading bits of an IPv6 address, since a single
/// customer is given at least so many of them.
struct Network: Hashable, Sendable {
    private let isIPv6: Bool
    private let bits: UInt64

    /// The octets of an address, 4 or 16 of them; IPv4 inside IPv6 counts as IPv4.
    init(_ address: some Collection<UInt8>) {
        let mapped = [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF]
        isIPv6 = address.count > 4 && !address.starts(with: mapped)
        let telling = isIPv6 ? Array(address.prefix(8)) : Array(address.suffix(4))
        bits = telling.reduce(0) { $0 << 8 | UInt64($1) }
    }
}
