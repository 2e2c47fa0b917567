import Dispatch
import Glibc
import Testing

@testable import convserve

/// `health` against sockets that answer well, badly or not at all.
@Suite struct ProbeTests {
    /// Listens on a free port of 127.0.0.1 and says the same to everybody who connects.
    private final class Parrot: Sendable {
        let descriptor: Int32
        let port: Int
        private let isDone = DispatchSemaphore(value: 0)

        init(saying answer: String?, listening: Bool = true) {
            descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            var length = socklen_t(MemoryLayout<sockaddr_in>.size)
            let raw = descriptor
            withUnsafeMutablePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    _ = bind(raw, $0, length)
                    if listening { listen(raw, 8) }
                    getsockname(raw, $0, &length)
                }
            }
            port = Int(UInt16(bigEndian: address.sin_port))
            guard let answer else {
                isDone.signal()
                return
            }
            DispatchQueue(label: "parrot").async { [isDone] in
                while case let client = accept(raw, nil, nil), client >= 0 {
                    let octets = Array(answer.utf8)
                    _ = send(client, octets, octets.count, Int32(MSG_NOSIGNAL))
                    shutdown(client, Int32(SHUT_WR))
                    var rest: UInt8 = 0
                    while recv(client, &rest, 1, 0) > 0 {}
                    close(client)
                }
                isDone.signal()
            }
        }

        deinit {
            shutdown(descriptor, Int32(SHUT_RDWR))
            // Only then: a number closed early could be another socket's by the next accept.
            isDone.wait()
            close(descriptor)
        }
    }

    private func ask(_ answer: String?, within limit: Duration = .seconds(60)) throws(ProbeFailure) -> Int {
        let parrot = Parrot(saying: answer)
        defer { withExtendedLifetime(parrot) {} }
        return try Probe(host: "127.0.0.1", port: parrot.port, within: limit).status(of: "/readyz")
    }

    @Test(arguments: [200, 503])
    func theStatusIsRead(status: Int) throws {
        #expect(try ask("HTTP/1.1 \(status) So\r\nContent-Length: 0\r\n\r\n") == status)
    }

    @Test(arguments: ["", "SSH-2.0-OpenSSH_9.2\r\n", "HTTP/1.1 ab\r\n"])
    func whatIsNotHTTPIsSaid(answer: String) {
        #expect(throws: ProbeFailure.self) { try ask(answer) }
    }

    @Test func aServerThatNeverAnswersIsGivenUp() {
        #expect(throws: ProbeFailure.self) { try ask(nil, within: .milliseconds(50)) }
    }

    @Test func nobodyThereIsAnError() {
        // Taken, so that nobody else gets the port meanwhile, but not listened on.
        let parrot = Parrot(saying: nil, listening: false)
        defer { withExtendedLifetime(parrot) {} }
        let error = #expect(throws: ProbeFailure.self) {
            try Probe(host: "127.0.0.1", port: parrot.port, within: .seconds(60)).status(of: "/")
        }
        guard case .unreachable = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }
}
