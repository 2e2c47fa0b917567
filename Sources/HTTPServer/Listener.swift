import CLinux
import Glibc

/// A listening socket.
final class Listener: Sendable {
    let descriptor: Descriptor
    /// With the port that the system chose where 0 was asked for.
    let address: SocketAddress

    /// What asking for a connection came to.
    enum Accepted {
        case connection(Socket)
        /// A connection that was gone before it could be taken, was turned away, or that no more can be said of.
        case lost
        case none
        /// The process or the machine is out of descriptors or memory.
        case exhausted
    }

    init(on wanted: SocketAddress, backlog: Int) throws(ServerError) {
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let descriptor = Descriptor(adopting: try checked("socket") { socket(wanted.family, type, 0) })
        let raw = descriptor.raw
        try Self.set(raw, SOL_SOCKET, SO_REUSEADDR, 1)
        if wanted.family == AF_INET6 {
            // `::` stands for every address of the machine, IPv4 too; any other address for itself alone.
            try Self.set(raw, Int32(IPPROTO_IPV6), IPV6_V6ONLY, wanted.isWildcard ? 0 : 1)
        }
        // Linux hands these two on to every accepted connection: no call per connection. Answers go out at once, and
        // peers that vanished without a word are found out in the end.
        try Self.set(raw, Int32(IPPROTO_TCP), TCP_NODELAY, 1)
        try Self.set(raw, SOL_SOCKET, SO_KEEPALIVE, 1)

        let bound = wanted.withPointer { bind(raw, $0, $1) }
        guard bound == 0, listen(raw, Int32(clamping: backlog)) == 0 else {
            throw .cannotListen(address: wanted.host, port: wanted.port, code: errno)
        }
        let (address, result) = SocketAddress.filled { getsockname(raw, $0, $1) }
        guard result == 0 else { throw .systemCall("getsockname", code: errno) }
        self.descriptor = descriptor
        self.address = address
    }

    /// - Parameter addresses: Where connections are counted by address.
    func accept(counting addresses: AddressCount?) -> Accepted {
        let raw = descriptor.raw
        let flags = Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let (peer, result) = SocketAddress.filled { accept_connection(raw, $0, $1, flags) }
        guard result == -1 else {
            let descriptor = Descriptor(adopting: result)
            guard let addresses else { return .connection(Socket(descriptor, peer: peer)) }
            guard let place = addresses.enter(peer.network) else { return .lost }
            return .connection(Socket(descriptor, peer: peer, place: place))
        }
        return switch errno {
        case EAGAIN, EWOULDBLOCK: .none
        case EMFILE, ENFILE, ENOBUFS, ENOMEM: .exhausted
        // accept(2) passes on errors that belong to the new connection (ECONNABORTED, EPROTO, ENETDOWN and more).
        default: .lost
        }
    }

    private static func set(
        _ raw: Int32,
        _ level: Int32,
        _ option: Int32,
        _ value: Int32
    ) throws(ServerError) {
        var value = value
        _ = try checked("setsockopt") { setsockopt(raw, level, option, &value, socklen_t(MemoryLayout<Int32>.size)) }
    }
}

extension Listener {
    /// One listener for each address that the host stands for, all with the same port.
    ///
    /// A name may stand for addresses that this machine lacks (`::1` where IPv6 is off): those are passed over as long
    /// as one works.
    static func all(host: String, port: Int, backlog: Int) throws(ServerError) -> [Listener] {
        var listeners: [Listener] = []
        var failure: ServerError?
        for var address in try SocketAddress.resolve(host: host, port: port) {
            if let chosen = listeners.first?.address.port { address.port = chosen }
            do throws(ServerError) {
                listeners.append(try Listener(on: address, backlog: backlog))
            } catch .cannotListen(let host, let port, let code) where code == EADDRNOTAVAIL || code == EAFNOSUPPORT {
                failure = failure ?? .cannotListen(address: host, port: port, code: code)
            } catch .systemCall(_, code: EAFNOSUPPORT) {
                failure = failure ?? .cannotListen(address: address.host, port: address.port, code: EAFNOSUPPORT)
            }
        }
        if listeners.isEmpty, let failure { throw failure }
        return listeners
    }
}
