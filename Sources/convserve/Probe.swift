import Glibc

enum ProbeFailure: Error, CustomStringConvertible {
    case unreachable(String)
    case noAnswer
    case noTLS
    case refused
    case badIdentity
    case notHTTP
    case status(Int)

    var description: String {
        switch self {
        case .unreachable(let reason): "cannot be reached: \(reason)"
        case .noAnswer: "no answer in time"
        case .noTLS: "the TLS handshake failed"
        case .refused: "wants another certificate of whoever asks (--client-certificate and --client-key give one)"
        case .badIdentity: "cannot be asked: --client-certificate and --client-key cannot be used together"
        case .notHTTP: "answers, but not in HTTP"
        case .status(let code): "answers \(code)"
        }
    }
}

/// One GET over a blocking socket, with a limit on the whole of it.
struct Probe {
    private let host: String
    private let port: Int
    private let tls: ProbeTLS?
    private let end: ContinuousClock.Instant

    init(host: String, port: Int, tls: ProbeTLS? = nil, within limit: Duration) {
        self.host = host
        self.port = port
        self.tls = tls
        end = .now + limit
    }

    func status(of path: String) throws(ProbeFailure) -> Int {
        let descriptor = try connect()
        defer { close(descriptor) }
        try limitNextCall(on: descriptor)
        let request = Array(
            "GET \(path) HTTP/1.1\r\nHost: \(authority(host: host, port: port))\r\nConnection: close\r\n\r\n".utf8
        )
        let stream = try ProbeStream(over: descriptor, tls: tls)
        guard stream.send(request) else { throw stream.wasRefused ? .refused : .noAnswer }
        return try readStatus(from: stream, descriptor)
    }

    /// The first of the host's addresses that takes the connection.
    private func connect() throws(ProbeFailure) -> Int32 {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_NUMERICSERV
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host, String(port), &hints, &list)
        guard code == 0 else { throw .unreachable(gai_strerror(code).map { String(cString: $0) } ?? "error \(code)") }
        defer { freeaddrinfo(list) }
        var failure = ProbeFailure.noAnswer
        var entry = list
        while let address = entry?.pointee {
            entry = address.ai_next
            let descriptor = socket(address.ai_family, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
            guard descriptor >= 0 else { throw .unreachable(String(cString: strerror(errno))) }
            do throws(ProbeFailure) {
                try limitNextCall(on: descriptor)
                if Glibc.connect(descriptor, address.ai_addr, address.ai_addrlen) == 0 { return descriptor }
                failure = errno == EINPROGRESS ? .noAnswer : .unreachable(String(cString: strerror(errno)))
            } catch {
                failure = error
            }
            close(descriptor)
        }
        throw failure
    }

    /// `HTTP/1.1 200`: twelve octets say it all.
    private func readStatus(from stream: borrowing ProbeStream, _ descriptor: Int32) throws(ProbeFailure) -> Int {
        var line: [UInt8] = []
        while line.count < 12 {
            try limitNextCall(on: descriptor)
            var buffer = [UInt8](repeating: 0, count: 12)
            let count = stream.receive(into: &buffer, atMost: 12 - line.count)
            guard count > 0 else { throw stream.wasRefused ? .refused : count < 0 ? .noAnswer : .notHTTP }
            line += buffer[..<count]
        }
        guard line.starts(with: "HTTP/1.".utf8), let status = Int(String(decoding: line[9...], as: UTF8.self)) else {
            throw .notHTTP
        }
        return status
    }

    /// Connecting, sending and receiving each end when the whole time is over.
    private func limitNextCall(on descriptor: Int32) throws(ProbeFailure) {
        let left = (end - .now).components
        guard left.seconds > 0 || (left.seconds == 0 && left.attoseconds > 1_000_000_000_000) else { throw .noAnswer }
        var time = timeval(tv_sec: Int(left.seconds), tv_usec: Int(left.attoseconds / 1_000_000_000_000))
        let size = socklen_t(MemoryLayout<timeval>.size)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, size)
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &time, size)
    }
}
