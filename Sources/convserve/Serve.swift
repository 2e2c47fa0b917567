import ArgumentParser
import ConvolutionService
import Dispatch
import Glibc
import HTTPServer
import HTTPWire
import Logging
import Synchronization

struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve until SIGTERM or SIGINT; a second one stops at once.",
        discussion: "Exits with 0 when every request was finished, with 1 when some had to be cut or it cannot start."
    )

    @OptionGroup var address: AddressOptions
    @OptionGroup var options: ServeOptions
    @OptionGroup var engineOptions: EngineOptions
    @OptionGroup var modelOptions: ModelOptions
    @OptionGroup var doorOptions: DoorOptions
    @OptionGroup var watchOptions: WatchOptions

    func run() async throws {
        // A client that closes while an answer is written must not end the process.
        signal(SIGPIPE, SIG_IGN)
        let spareMemory = SpareMemory()
        let (host, port) = try address.resolved()
        let configuration = try options.configuration(host: host, port: port)
        let patience = configuration.patience
        let (logger, accessLogger, sink) = try watchOptions.loggers()
        defer { sink.flush(within: .seconds(1)) }
        let keyFile = try doorOptions.keyFile()

        var serviceConfiguration = try engineOptions.configuration(maximumBody: configuration.limits.body)
        try doorOptions.apply(to: &serviceConfiguration)
        serviceConfiguration.keys = try keyFile.map(keys(of:))
        let engine = try engineOptions.engine()
        let service = Service(
            configuration: serviceConfiguration,
            engine: engine,
            models: try modelOptions.store(engine: engine, plan: serviceConfiguration.plan, logger),
            accessLogger: accessLogger
        )
        let server = try start(configuration, service, logger)
        service.countConnections { [weak server] in server?.connections ?? 0 }
        service.countLostLines { sink.lost }
        warnOfOpenDoor(server, hasKeys: keyFile != nil, logger)
        var signals = Signals()
        let first = Mutex<Instant?>(nil)
        signals.handle([SIGTERM, SIGINT]) { queue in
            let since = first.withLock { first in
                defer { first = first ?? .now }
                return first
            }
            guard let since else {
                logger.notice("draining", metadata: ["connections": "\(server.connections)"])
                service.startDraining()
                server.closeAfterAnswers()
                let delay = patience.drainDelay.seconds
                queue.asyncAfter(deadline: .now() + delay) { server.drain(within: patience.drain) }
                return
            }
            // `timeout`, make and terminals signal a process and its group: that is one wish, told twice.
            guard .now - since > .milliseconds(100) else { return }
            logger.notice("stopping at once")
            server.stop()
        }
        let keys = keyFile.map { [reloading(keysOf: $0, in: service, logger)] } ?? []
        let certificates = configuration.tls == nil ? [] : [reloading(certificatesOf: server, logger)]
        signals.handle([SIGHUP]) { _ in for reload in keys + certificates { reload() } }
        signals.awaitWatch()
        announce(server, host: host, scheme: configuration.tls == nil ? "http" : "https")
        let cut = await server.ended()
        withExtendedLifetime((signals, spareMemory)) {}
        logger.notice("stopped", metadata: ["cut": "\(cut)"])
        guard cut == 0 else { throw ExitCode.failure }
    }

    private func keys(of file: KeyFile) throws -> APIKeys {
        do throws(KeyFileError) {
            return try file.read()
        } catch {
            complain("--api-key-file \(file.path): \(error)")
            throw ExitCode.failure
        }
    }

    /// Reads the keys again; the old ones stay where the file cannot be used.
    private func reloading(
        keysOf file: KeyFile,
        in service: Service,
        _ logger: Logger
    ) -> @Sendable () -> Void {
        {
            do throws(KeyFileError) {
                let keys = try file.read()
                service.replaceKeys(keys)
                logger.notice("API keys read again", metadata: ["keys": "\(keys.count)"])
            } catch {
                logger.error(
                    "API keys not read again, the old ones stay",
                    metadata: ["path": "\(file.path)", "reason": "\(error)"]
                )
            }
        }
    }

    /// Other machines reach the server, and nobody is asked who they are.
    private func warnOfOpenDoor(_ server: Server, hasKeys: Bool, _ logger: Logger) {
        guard !hasKeys, let host = server.hosts.first(where: { !isLoopback($0) }) else { return }
        logger.warning(
            "other machines may come in without a key; --api-key-file asks for one",
            metadata: ["address": "\(host)"]
        )
    }

    private func start(
        _ configuration: Configuration,
        _ service: Service,
        _ logger: Logger
    ) throws -> Server {
        do {
            return try Server(configuration: configuration, handler: service, logger: logger)
        } catch {
            // Not a mistake in how the command was typed: no usage behind it.
            complain("\(error)")
            throw ExitCode.failure
        }
    }

    /// Reads certificates and their keys again; the old ones stay where the files cannot be used.
    private func reloading(certificatesOf server: Server, _ logger: Logger) -> @Sendable () -> Void {
        { [weak server] in
            do {
                try server?.reloadCertificates()
                logger.notice("read certificates and keys anew")
            } catch {
                logger.error("keeping the certificates and keys in use", metadata: ["error": "\(error)"])
            }
        }
    }

    private func announce(_ server: Server, host: String, scheme: String) {
        print("convserve listens on \(scheme)://\(authority(host: host, port: server.port))")
        let body = #"{"input":[[1,2,3],[4,5,6],[7,8,9]],"weight":[[0,1],[2,3]]}"#
        print(
            "try: curl \(scheme == "https" ? "--insecure " : "")\(scheme)://\(authority(host: reachable(host), port: server.port))/v1/conv2d -d '\(body)'"
        )
        // Whoever waits for the port through a pipe gets it now.
        fflush(nil)
    }
}

extension Duration {
    fileprivate var seconds: Double { self / .seconds(1) }
}
