import ArgumentParser
import ConvolutionService
import Glibc
import HTTPServer
import HTTPWire
import Logging

struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve until SIGTERM or SIGINT; a second one stops at once.",
        discussion: "Exits with 0 when every request was finished, with 1 when some had to be cut or it cannot start."
    )

    @OptionGroup var address: AddressOptions
    @OptionGroup var options: ServeOptions
    @OptionGroup var engineOptions: EngineOptions

    func run() async throws {
        // A client that closes while an answer is written must not end the process.
        signal(SIGPIPE, SIG_IGN)
        let signals = Signals([SIGTERM, SIGINT])
        let hangUps = Signals([SIGHUP])
        let (host, port) = try address.resolved()
        let configuration = try options.configuration(host: host, port: port)
        let drain = try options.drain()
        let level = try options.level()
        let logger = Logger(label: "convserve") { label in
            var handler = StreamLogHandler.standardError(label: label)
            handler.logLevel = level
            return handler
        }

        let service = Service(
            configuration: try engineOptions.configuration(maximumBody: configuration.limits.body),
            engine: try engineOptions.engine(),
            logger: logger
        )
        let server = try start(configuration, service, logger)
        announce(server, host: host, scheme: configuration.tls == nil ? "http" : "https")
        let reloading = Task { await reload(server, on: hangUps, logger) }

        let stopping = Task { [arrivals = signals.arrivals] in
            var first: ContinuousClock.Instant?
            for await _ in arrivals {
                guard let since = first else {
                    first = .now
                    logger.notice("draining", metadata: ["connections": "\(server.connections)"])
                    service.startDraining()
                    server.closeAfterAnswers()
                    Task {
                        try? await Task.sleep(for: drain.delay)
                        server.drain(within: drain.limit)
                    }
                    continue
                }
                // `timeout`, make and terminals signal a process and its group: that is one wish, told twice.
                guard .now - since > .milliseconds(100) else { continue }
                logger.notice("stopping at once")
                server.stop()
            }
        }
        let cut = await server.ended()
        stopping.cancel()
        reloading.cancel()
        logger.notice("stopped", metadata: ["cut": "\(cut)"])
        guard cut == 0 else { throw ExitCode.failure }
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

    /// SIGHUP: certificates and keys are read anew.
    private func reload(_ server: Server, on hangUps: Signals, _ logger: Logger) async {
        for await _ in hangUps.arrivals {
            do {
                try server.reloadCertificates()
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
