import Glibc
import HTTPServer
import TestSupport
import Testing

/// The files that TLS is served with.
@Suite struct CertificateTests {
    @Test(arguments: [
        ("missing.pem", "one.key", ServerError.cannotRead(path: pem("missing.pem"), code: ENOENT)),
        ("one.pem", "missing.key", .cannotRead(path: pem("missing.key"), code: ENOENT)),
        ("one.pem", "two.key", .keyOfAnotherCertificate(certificate: pem("one.pem"), key: pem("two.key"))),
        ("one.pem", "rsa.key", .keyOfAnotherCertificate(certificate: pem("one.pem"), key: pem("rsa.key"))),
    ])
    func filesThatDoNotGoTogetherAreNamed(certificate: String, key: String, expected: ServerError) {
        #expect(throws: expected) { try start(certificate, key) }
    }

    @Test(arguments: ["one.pem", "make", "encrypted.key"])
    func whatIsNoKeyIsNamed(key: String) {
        let error = #expect(throws: ServerError.self) { try start("one.pem", key) }
        guard case .badKey(path: pem(key), _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func whatIsNoCertificateIsNamed() {
        let error = #expect(throws: ServerError.self) { try start("one.key", "one.key") }
        guard case .badCertificate(path: pem("one.key"), _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func whatHoldsNoAuthoritiesIsNamed() {
        let error = #expect(throws: ServerError.self) { try serveTLS(clientAuthority: pem("one.key")) }
        guard case .badClientAuthority(path: pem("one.key"), _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func newFilesAreForNewConnectionsOnly() throws {
        let files = try IdentityFiles(of: "one")
        let server = try serve { $0.tls = TLSConfiguration(identities: [files.identity]) }
        let old = try TLSClient(port: server.port)
        try old.send(get("/before"))
        _ = try old.receive()

        try files.replace(with: "two")
        #expect(try TLSClient(port: server.port).certificateServes("one.test"))
        try server.reloadCertificates()
        #expect(try TLSClient(port: server.port).certificateServes("two.test"))
        try old.send(get("/after"))
        #expect(try old.receive().text == "/after")
    }

    @Test func readingThemAnewUnderLoadDropsNoConnection() async throws {
        let files = try IdentityFiles(of: "one")
        let server = try serve {
            $0.tls = TLSConfiguration(identities: [files.identity])
            $0.loops = 2
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    let kept = try TLSClient(port: server.port)
                    for number in 0..<40 {
                        try kept.send(get("/\(number)"))
                        #expect(try kept.receive().text == "/\(number)")
                        let new = try TLSClient(port: server.port)
                        try new.send(get("/new"))
                        #expect(try new.receive().text == "/new")
                        await Task.yield()
                    }
                }
            }
            group.addTask {
                for round in 0..<40 {
                    try files.replace(with: round % 2 == 0 ? "two" : "one")
                    try server.reloadCertificates()
                    await Task.yield()
                }
            }
            try await group.waitForAll()
        }
        #expect(try TLSClient(port: server.port).certificateServes("one.test"))
    }

    @Test func filesThatCannotBeUsedLeaveTheOldOnesServed() throws {
        let files = try IdentityFiles(of: "one")
        let server = try serve { $0.tls = TLSConfiguration(identities: [files.identity]) }
        try files.replaceKey(with: "two")
        #expect(throws: ServerError.self) { try server.reloadCertificates() }
        #expect(try TLSClient(port: server.port).certificateServes("one.test"))
        try files.replace(with: "two")
        try server.reloadCertificates()
        #expect(try TLSClient(port: server.port).certificateServes("two.test"))
    }

    private func start(_ certificate: String, _ key: String) throws {
        let identity = TLSConfiguration.Identity(certificate: pem(certificate), key: pem(key))
        _ = try serve { $0.tls = TLSConfiguration(identities: [identity]) }
    }
}

/// Links to a certificate and its key that a test can turn to others, in a folder of their own.
private final class IdentityFiles: Sendable {
    private struct NoFolder: Error {}

    private let folder: String
    let identity: TLSConfiguration.Identity

    init(of name: String) throws {
        var template = Array("/tmp/convserve-certificates.XXXXXX".utf8CString)
        let made: String? = template.withUnsafeMutableBufferPointer { template in
            guard let base = template.baseAddress, mkdtemp(base) != nil else { return nil }
            return String(cString: base)
        }
        guard let made else { throw NoFolder() }
        folder = made
        identity = TLSConfiguration.Identity(certificate: "\(made)/certificate.pem", key: "\(made)/key.pem")
        try replace(with: name)
    }

    deinit {
        unlink(identity.certificate)
        unlink(identity.key)
        rmdir(folder)
    }

    func replace(with name: String) throws {
        try link(identity.certificate, to: "\(name).pem")
        try replaceKey(with: name)
    }

    func replaceKey(with name: String) throws {
        try link(identity.key, to: "\(name).key")
    }

    private func link(_ path: String, to name: String) throws {
        unlink(path)
        guard symlink(pem(name), path) == 0 else { throw NoFolder() }
    }
}
