import CLinux
import Glibc

/// An IPv4 or IPv6 address with its port.
struct SocketAddress: Sendable {
    private var storage: sockaddr_storage
    private var length: socklen_t

    /// The address that a system call fills in, beside what the call answered.
    static func filled(
        by call: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32
    ) -> (address: SocketAddress, result: Int32) {
        var address = SocketAddress(storage: sockaddr_storage(), length: socklen_t(MemoryLayout<sockaddr_storage>.size))
        let result = withUnsafeMutablePointer(to: &address.storage) { storage in
            storage.withMemoryRebound(to: sockaddr.self, capacity: 1) { call($0, &address.length) }
        }
        return (address, result)
    }

    private init(storage: sockaddr_storage, length: socklen_t) {
        self.storage = storage
        self.length = length
    }

    init(copying address: UnsafePointer<sockaddr>, length: socklen_t) {
        storage = sockaddr_storage()
        self.length = min(length, socklen_t(MemoryLayout<sockaddr_storage>.size))
        let count = Int(self.length)
        withUnsafeMutableBytes(of: &storage) { bytes in
            bytes.copyMemory(from: UnsafeRawBufferPointer(start: address, count: count))
        }
    }

    func withPointer<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        withUnsafePointer(to: storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, length) }
        }
    }

    var family: Int32 { Int32(storage.ss_family) }

    var port: Int {
        get { withInternetAddress { Int(UInt16(bigEndian: $0.sin_port)) } }
        set {
            // The port stands at the same place in both families.
            withUnsafeMutablePointer(to: &storage) { pointer in
                pointer.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                    $0.pointee.sin_port = UInt16(truncatingIfNeeded: newValue).bigEndian
                }
            }
        }
    }

    /// Whose connections this one is counted with.
    var network: Network {
        withUnsafeBytes(of: storage) { bytes in
            // Behind family and port, and in IPv6 the flow label.
            family == AF_INET6 ? Network(bytes[8..<24]) : Network(bytes[4..<8])
        }
    }

    /// The address that means every address of the machine.
    var isWildcard: Bool { host == "0.0.0.0" || host == "::" }

    /// The address without the port, in digits; an IPv4 address inside IPv6 as IPv4.
    var host: String {
        let text = withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(NI_MAXHOST)) { buffer in
            withPointer { address, length in
                let code = getnameinfo(
                    address,
                    length,
                    buffer.baseAddress,
                    socklen_t(buffer.count),
                    nil,
                    0,
                    NI_NUMERICHOST
                )
                return code == 0 ? buffer.baseAddress.map { String(cString: $0) } ?? "unknown" : "unknown"
            }
        }
        return text.hasPrefix("::ffff:") && text.utf8.contains(UInt8(ascii: ".")) ? String(text.dropFirst(7)) : text
    }

    private func withInternetAddress<Result>(_ body: (sockaddr_in) -> Result) -> Result {
        withUnsafePointer(to: storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { body($0.pointee) }
        }
    }
}

extension SocketAddress {
    /// Every address that a host name, a numeric address or a wildcard stands for, the resolver's order kept.
    static func resolve(host: String, port: Int) throws(ServerError) -> [SocketAddress] {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host, String(port), &hints, &list)
        guard code == 0 else {
            let reason = gai_strerror(code).map { String(cString: $0) } ?? "error \(code)"
            throw .cannotResolve(host: host, reason: reason)
        }
        defer { freeaddrinfo(list) }
        var addresses: [SocketAddress] = []
        var entry = list
        while let current = entry {
            if let address = current.pointee.ai_addr,
                current.pointee.ai_family == AF_INET || current.pointee.ai_family == AF_INET6
            {
                addresses.append(SocketAddress(copying: address, length: current.pointee.ai_addrlen))
            }
            entry = current.pointee.ai_next
        }
        guard !addresses.isEmpty else { throw .cannotResolve(host: host, reason: "no IPv4 or IPv6 address") }
        return addresses
    }
}
