import ArgumentParser
import HTTPServer
import HTTPWire
import Testing

@testable import convserve

/// What the options come to in the configuration.
@Suite struct ServeOptionsTests {
    private func configuration(_ arguments: String...) throws -> Configuration {
        try ServeOptions.parse(arguments).configuration(host: "localhost", port: 0)
    }

    @Test func withoutOptionsTheConfigurationIsTheStandardOne() throws {
        let (ours, standard) = (try configuration(), Configuration())
        #expect(ours.limits == standard.limits)
        #expect(ours.patience == standard.patience)
        #expect(ours.connectionsPerAddress == standard.connectionsPerAddress)
        #expect(ours.requestsPerConnection == standard.requestsPerConnection)
        #expect(ours.tls == nil)
    }

    @Test func eachLimitHasItsOption() throws {
        let configuration = try configuration(
            "--max-connections-per-address=2",
            "--max-requests-per-connection=3",
            "--max-request-line-bytes=4KiB",
            "--max-header-bytes=5KiB",
            "--max-header-fields=6",
            "--min-rate=7KiB"
        )
        #expect(configuration.connectionsPerAddress == 2)
        #expect(configuration.requestsPerConnection == 3)
        #expect(configuration.limits.requestLine == 4096)
        #expect(configuration.limits.fieldSection == 5120)
        #expect(configuration.limits.fieldCount == 6)
        #expect(configuration.patience.minimumRate == 7168)
    }

    @Test func certificatesAndKeysGoInPairs() throws {
        let configuration = try configuration(
            "--tls-certificate=a.pem",
            "--tls-key=a.key",
            "--tls-certificate=b.pem",
            "--tls-key=b.key",
            "--tls-client-ca=ca.pem",
            "--tls-handshake-timeout=3"
        )
        #expect(
            configuration.tls
                == TLSConfiguration(
                    identities: [
                        .init(certificate: "a.pem", key: "a.key"), .init(certificate: "b.pem", key: "b.key"),
                    ],
                    clientAuthority: "ca.pem"
                )
        )
        #expect(configuration.patience.handshake == .seconds(3))
    }

    @Test(arguments: [
        ["--tls-certificate=a.pem"], ["--tls-key=a.key"], ["--tls-client-ca=ca.pem"],
        ["--tls-certificate=a.pem:b.pem", "--tls-key=a.key"],
        ["--tls-certificate=a.pem", "--tls-key=a.key", "--tls-client-ca=a:b"],
    ])
    func whatDoesNotGoTogetherIsRefused(arguments: [String]) throws {
        let options = try ServeOptions.parse(arguments)
        #expect(throws: ValidationError.self) { try options.configuration(host: "localhost", port: 0) }
    }

    @Test func theEnvironmentGivesListsWithColons() throws {
        let paths = try TLSOptions.certificateSetting.value(nil) { _ in "/a.pem:/b.pem" }.paths
        #expect(paths == ["/a.pem", "/b.pem"])
    }
}
