import CLinux
import Glibc

/// A connected, non-blocking socket.
final class Socket: Sendable {
    let descriptor: Descriptor
    let peer: SocketAddress
    /// Where connections are counted by address.
    private let place: AddressCount.Place?

    init(_ descriptor: consuming Descriptor, peer: SocketAddress, place: AddressCount.Place? = nil) {
        self.descriptor = descriptor
        self.peer = peer
        self.place = place
    }

    /// Receives what is there, at most as much as fits.
    @inline(__always)
    func receive(into buffer: UnsafeMutableRawBufferPointer) -> Transfer {
        let raw = descriptor.raw
        return Transfer(result: uninterrupted { recv(raw, buffer.baseAddress, buffer.count, Int32(MSG_DONTWAIT)) })
    }

    /// Throws away what is there, at most so many octets, without copying them (tcp(7), MSG_TRUNC).
    func discard(atMost count: Int) -> Transfer {
        let raw = descriptor.raw
        let flags = Int32(MSG_DONTWAIT) | Int32(MSG_TRUNC)
        return Transfer(result: uninterrupted { recv(raw, nil, count, flags) })
    }

    /// Sends the first buffer and then the second, or as much as the kernel takes; never raises SIGPIPE.
    func send(_ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer) -> Transfer {
        let raw = descriptor.raw
        let flags = Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL)
        if second.isEmpty {
            return Transfer(result: uninterrupted { Glibc.send(raw, first.baseAddress, first.count, flags) })
        }
        return withUnsafeTemporaryAllocation(of: iovec.self, capacity: 2) { vectors in
            vectors[0] = iovec(iov_base: UnsafeMutableRawPointer(mutating: first.baseAddress), iov_len: first.count)
            vectors[1] = iovec(iov_base: UnsafeMutableRawPointer(mutating: second.baseAddress), iov_len: second.count)
            var message = msghdr()
            message.msg_iov = vectors.baseAddress
            message.msg_iovlen = 2
            return Transfer(result: uninterrupted { sendmsg(raw, &message, flags) })
        }
    }

    /// Ends our direction: the peer reads the end after what was sent.
    func endSending() {
        _ = shutdown(descriptor.raw, Int32(SHUT_WR))
    }

    /// Octets that the kernel has taken and the peer has not yet acknowledged (tcp(7), SIOCOUTQ).
    var unacknowledged: Int {
        var count: Int32 = 0
        guard ioctl(descriptor.raw, UInt(TIOCOUTQ), &count) == 0 else { return 0 }
        return Int(count)
    }
}
