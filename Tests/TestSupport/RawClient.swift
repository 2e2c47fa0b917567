import Glibc

/// A blocking TCP client that sends octets as they are told and reads answers octet by octet: what a test needs to be as
/// rude as the network. Reading gives up after a minute. One thread may send while another receives.
package class RawClient: @unchecked Sendable {
    let descriptor: Int32
    var received: [UInt8] = []
    private var isOpen = true

    package enum Failure: Error, Hashable {
        case cannotConnect(code: Int32)
        case cannotSend(code: Int32)
        case cannotReceive(code: Int32)
        /// The server's end came inside an answer; with what had been read of it.
        case cutShort(String)
        case malformed(String)
    }

    package struct Answer {
        package var status: Int
        package var head: String
        package var body: [UInt8]

        package var text: String { String(decoding: body, as: UTF8.self) }

        /// The value of a field, the name in lower case.
        package func field(_ name: String) -> String? {
            for line in head.split(separator: "\r\n").dropFirst() {
                guard let colon = line.firstIndex(of: ":") else { continue }
                if line[..<colon].lowercased() == name {
                    return String(line[line.index(after: colon)...].drop { $0 == " " })
                }
            }
            return nil
        }
    }

    /// A small receive buffer makes the server feel a slow reader sooner.
    package init(port: Int, host: String = "127.0.0.1", receiveBuffer: Int32? = nil) throws(Failure) {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, String(port), &hints, &list) == 0, let address = list?.pointee else {
            throw .cannotConnect(code: EINVAL)
        }
        defer { freeaddrinfo(list) }
        descriptor = socket(address.ai_family, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw .cannotConnect(code: errno) }
        if var receiveBuffer {
            setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &receiveBuffer, socklen_t(MemoryLayout<Int32>.size))
        }
        var limit = timeval(tv_sec: 60, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var yes: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
        guard Glibc.connect(descriptor, address.ai_addr, address.ai_addrlen) == 0 else {
            let code = errno
            Glibc.close(descriptor)
            isOpen = false
            throw .cannotConnect(code: code)
        }
    }

    deinit {
        close()
    }

    package func send(_ text: String) throws(Failure) {
        try send(Array(text.utf8))
    }

    package func send(_ octets: [UInt8]) throws(Failure) {
        var sent = 0
        while sent < octets.count {
            let count = octets.withUnsafeBytes { sendSome(UnsafeRawBufferPointer(rebasing: $0[sent...])) }
            guard count > 0 else { throw .cannotSend(code: errno) }
            sent += count
        }
    }

    /// Reads one answer: its head, and its body by length, by chunks, or, where the answer ends the connection and says
    /// neither, up to that end.
    package func receive(isHead: Bool = false) throws(Failure) -> Answer {
        while true {
            if let end = endOfHead() {
                let head = String(decoding: received[..<end], as: UTF8.self)
                let parts = head.split(separator: " ")
                guard parts.count > 1, parts[0] == "HTTP/1.1", let status = Int(parts[1]) else {
                    throw .malformed(head)
                }
                var answer = Answer(status: status, head: head, body: [])
                received.removeFirst(end)
                if !isHead { answer.body = try receiveBody(of: answer) }
                return answer
            }
            guard try receiveMore() > 0 else { throw .cutShort(String(decoding: received, as: UTF8.self)) }
        }
    }

    /// Whatever the server sends until its end.
    package func receiveToEnd() throws(Failure) -> [UInt8] {
        while try receiveMore() > 0 {}
        defer { received = [] }
        return received
    }

    /// Whether the server's end is the next thing read; a reset counts as one.
    package func receivesEnd() throws(Failure) -> Bool {
        guard received.isEmpty else { return false }
        do {
            return try receiveMore() == 0
        } catch .cannotReceive(ECONNRESET) {
            return true
        }
    }

    /// Waits until there is something to read, and leaves it there.
    package func waitForInput() throws(Failure) {
        var octet: UInt8 = 0
        guard recv(descriptor, &octet, 1, Int32(MSG_PEEK)) >= 0 else { throw .cannotReceive(code: errno) }
    }

    /// Whether there is something to read now.
    package var hasInput: Bool {
        var octet: UInt8 = 0
        return recv(descriptor, &octet, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT)) > 0
    }

    /// Ends our direction; answers can still be read.
    package func endSending() {
        shutdown(descriptor, Int32(SHUT_WR))
    }

    package func close() {
        guard isOpen else { return }
        isOpen = false
        Glibc.close(descriptor)
    }

    /// Closes with a reset, as a killed process with unread input does.
    package func reset() {
        var linger = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<linger>.size))
        close()
    }

    /// Sends at least one octet of these; not over 0 where that fails.
    func sendSome(_ octets: UnsafeRawBufferPointer) -> Int {
        Glibc.send(descriptor, octets.baseAddress, octets.count, Int32(MSG_NOSIGNAL))
    }

    /// 0 is the server's end; under 0 where receiving fails.
    func receiveSome(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        recv(descriptor, buffer.baseAddress, buffer.count, 0)
    }

    func receiveMore() throws(Failure) -> Int {
        var count = 0
        received.append(addingCapacity: 64 * 1024) { span in
            span.withUnsafeMutableBufferPointer { buffer, initialized in
                let room = UnsafeMutableBufferPointer(rebasing: buffer[initialized...])
                count = receiveSome(into: UnsafeMutableRawBufferPointer(room))
                initialized += max(count, 0)
            }
        }
        guard count >= 0 else { throw .cannotReceive(code: errno) }
        return count
    }

    private func endOfHead() -> Int? {
        var matched = 0
        for (index, octet) in received.enumerated() {
            matched = octet == Self.mark[matched] ? matched + 1 : octet == Self.mark[0] ? 1 : 0
            if matched == Self.mark.count { return index + 1 }
        }
        return nil
    }

    /// What ends a head.
    private static let mark = Array("\r\n\r\n".utf8)
}
