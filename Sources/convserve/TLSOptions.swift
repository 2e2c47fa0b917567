import ArgumentParser
import HTTPServer

/// The options of TLS. Without a certificate connections are plain.
struct TLSOptions: ParsableArguments {
    static let certificateSetting = Setting(
        "CONVSERVE_TLS_CERTIFICATE",
        standard: FilePaths([]),
        valueName: "file",
        "Serve TLS with this certificate (PEM, with its chain); read anew on SIGHUP. Several, each with its key, are for different names."
    )
    static let keySetting = Setting(
        "CONVSERVE_TLS_KEY",
        standard: FilePaths([]),
        valueName: "file",
        "The certificate's private key (PEM, not encrypted)."
    )
    private static let clientAuthoritySetting = Setting(
        "CONVSERVE_TLS_CLIENT_CA",
        standard: FilePaths([]),
        valueName: "file",
        "Let in only clients with a certificate of these authorities (PEM)."
    )
    private static let handshakeTimeoutSetting = Setting(
        "CONVSERVE_TLS_HANDSHAKE_TIMEOUT",
        standard: Seconds(Patience().handshake),
        valueName: "seconds",
        "From the connection to the end of the TLS handshake."
    )

    @Option(help: certificateSetting.help) var tlsCertificate: [FilePaths] = []
    @Option(help: keySetting.help) var tlsKey: [FilePaths] = []
    @Option(help: clientAuthoritySetting.help) var tlsClientCA: FilePaths?
    @Option(help: handshakeTimeoutSetting.help) var tlsHandshakeTimeout: Seconds?

    /// Changes what TLS is served with, and nothing where no certificate is given.
    func apply(to configuration: inout Configuration) throws {
        let certificates = try Self.certificateSetting.paths(tlsCertificate)
        let keys = try Self.keySetting.paths(tlsKey)
        let authorities = try Self.clientAuthoritySetting.value(tlsClientCA).paths
        guard certificates.count == keys.count else {
            throw ValidationError(
                "Each --tls-certificate needs its --tls-key: \(certificates.count) and \(keys.count) are given."
            )
        }
        guard authorities.count < 2, authorities.isEmpty || !certificates.isEmpty else {
            throw ValidationError("--tls-client-ca is one file, and needs --tls-certificate and --tls-key.")
        }
        configuration.patience.handshake = try Self.handshakeTimeoutSetting.value(tlsHandshakeTimeout).duration
        guard !certificates.isEmpty else { return }
        let identities = zip(certificates, keys).map { TLSConfiguration.Identity(certificate: $0, key: $1) }
        configuration.tls = TLSConfiguration(identities: identities, clientAuthority: authorities.first)
    }
}

extension Setting<FilePaths> {
    /// An option that may be repeated, or stand in the environment as a list with colons.
    func paths(_ given: [FilePaths]) throws -> [String] {
        try value(given.isEmpty ? nil : FilePaths(given.flatMap(\.paths))).paths
    }
}

/// Paths of files, with colons between them as in PATH.
struct FilePaths: SettingValue {
    static let expected = "paths of files, with colons between them"
    let paths: [String]
    var typed: String { paths.isEmpty ? "none" : paths.joined(separator: ":") }

    init(_ paths: [String]) {
        self.paths = paths
    }

    init?(argument: String) {
        paths = argument.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard !paths.contains("") else { return nil }
    }
}
