#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Whose bucket a request's token is taken from.
enum Caller: Hashable, Sendable {
    case key(Int)
    case ipv4(UInt32)
    /// The upper 64 bits: whoever has an address in a /64 has all of them (RFC 6177).
    case ipv6(UInt64)
    /// What is no address: all of these share one bucket.
    case unknown

    /// - Parameter address: in digits, without a port; a zone (`%eth0`) means nothing here.
    init(address: String) {
        var v4 = in_addr()
        if inet_pton(AF_INET, address, &v4) == 1 {
            self = .ipv4(UInt32(bigEndian: v4.s_addr))
            return
        }
        var v6 = in6_addr()
        let zone = address.firstIndex(of: "%") ?? address.endIndex
        guard inet_pton(AF_INET6, String(address[..<zone]), &v6) == 1 else {
            self = .unknown
            return
        }
        let octets = withUnsafeBytes(of: v6) { $0.prefix(8).reduce(0) { $0 << 8 | UInt64($1) } }
        self = .ipv6(octets)
    }
}
