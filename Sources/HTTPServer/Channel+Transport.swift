/// Where a channel's octets pass: the socket, or TLS on top of it.
extension Channel {
    @inline(__always)
    func receive(into buffer: UnsafeMutableRawBufferPointer) -> Transfer {
        if let tls { tls.receive(into: buffer) } else { socket.receive(into: buffer) }
    }

    /// Whether requests can be read; goes on with the handshake where it is not over.
    func isSecured() -> Bool {
        guard case .handshake = stage else { return true }
        isBlocked = false
        switch tls?.shakeHands() {
        case .complete, nil:
            stage = .head
            if loop.isDraining { wait = Wait(for: .lastCall, since: loop.now) }
        case .wantsInput:
            break
        case .wantsOutput:
            isBlocked = true
        case .plainHTTP:
            tls = nil
            refuse(.plainHTTP)
        case .failed:
            stage = .last
        }
        if case .head = stage { return true } else { return false }
    }
}
