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

    @OptionGroup var address: AddressOptions
    @Option(help: "Ask by TLS, as the server with this certificate wants it (environment: CONVSERVE_TLS_CERTIFICATE).")
    var tlsCertificate: [FilePaths] = []
    @Option(help: timeoutSetting.help) var timeout: Seconds?
    @Option(help: pathSetting.help) var path: Path?

    func run() throws {
        let (host, port) = try address.resolved()
        let usesTLS = try !TLSOptions.certificateSetting.paths(tlsCertificate).isEmpty
        // OpenSSL writes with write(2): a server that closes must not end the process.
        signal(SIGPIPE, SIG_IGN)
        let limit = try Self.timeoutSetting.value(timeout).duration
        let path = try Self.pathSetting.value(path).typed
        do throws(ProbeFailure) {
            let status = try Probe(host: reachable(host), port: port, usesTLS: usesTLS, within: limit).status(of: path)
            guard status == 200 else { throw .status(status) }
        } catch {
            complain("\(usesTLS ? "https" : "http")://\(authority(host: host, port: port))\(path) \(error)")
            throw ExitCode.failure
        }
    }
}
