import ArgumentParser
import Glibc

struct Health: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Ask a running server how it is, for a container's health check.",
        discussion: "Exits with 0 when the answer is 200, else with 1. Takes host and port as the server does."
    )

    private static let timeoutSetting = Setting(
        "CONVSERVE_HEALTH_TIMEOUT",
        standard: Seconds(.seconds(2)),
        valueName: "seconds",
        "How long to wait for the answer, all in all."
    )

    private static let pathSetting = Setting(
        "CONVSERVE_HEALTH_PATH",
        standard: Path("/readyz"),
        valueName: "path",
        "/readyz asks whether it takes work, /healthz whether it lives."
    )

    private static let certificateSetting = Setting(
        "CONVSERVE_HEALTH_CERTIFICATE",
        standard: FilePath(""),
        valueName: "file",
        "The certificate to show (PEM), where the server has --tls-client-ca."
    )

    private static let keySetting = Setting(
        "CONVSERVE_HEALTH_KEY",
        standard: FilePath(""),
        valueName: "file",
        "Its private key (PEM, not encrypted)."
    )

    @OptionGroup var address: AddressOptions
    @Option(help: "Ask by TLS, as the server with this certificate wants it (environment: CONVSERVE_TLS_CERTIFICATE).")
    var tlsCertificate: [FilePaths] = []
    @Option(help: certificateSetting.help) var clientCertificate: FilePath?
    @Option(help: keySetting.help) var clientKey: FilePath?
    @Option(help: timeoutSetting.help) var timeout: Seconds?
    @Option(help: pathSetting.help) var path: Path?

    func run() throws {
        let (host, port) = try address.resolved()
        let usesTLS = try !TLSOptions.certificateSetting.paths(tlsCertificate).isEmpty
        let certificate = try Self.certificateSetting.value(clientCertificate).typed
        let key = try Self.keySetting.value(clientKey).typed
        guard certificate.isEmpty == key.isEmpty else {
            throw ValidationError("--client-certificate and --client-key go together.")
        }
        var tls = usesTLS ? ProbeTLS() : nil
        if !certificate.isEmpty { tls = ProbeTLS(identity: (certificate, key)) }
        // OpenSSL writes with write(2): a server that closes must not end the process.
        signal(SIGPIPE, SIG_IGN)
        let limit = try Self.timeoutSetting.value(timeout).duration
        let path = try Self.pathSetting.value(path).typed
        do throws(ProbeFailure) {
            let status = try Probe(host: reachable(host), port: port, tls: tls, within: limit).status(of: path)
            guard status == 200 else { throw .status(status) }
        } catch {
            complain("\(tls != nil ? "https" : "http")://\(authority(host: host, port: port))\(path) \(error)")
            throw ExitCode.failure
        }
    }
}
