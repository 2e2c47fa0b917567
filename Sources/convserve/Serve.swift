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

    func run() async throws {
        // A client that closes while an answer is written must not end the process.
        signal(SIGPIPE, SIG_IGN)
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
        var signals = Signals()
        let first = Mutex<ContinuousClock.Instant?>(nil)
        signals.handle([SIGTERM, SIGINT]) { queue in
            let since = first.withLock { first in
                defer { first = first ?? .now }
                return first
            }
            guard let since else {
                logger.notice("draining", metadata: ["connections": "\(server.connections)"])
                service.startDraining()
                server.closeAfterAnswers()
                queue.asyncAfter(deadline: .now() + drain.delay.seconds) { server.drain(within: drain.limit) }
                return
            }
            // `timeout`, make and terminals signal a process and its group: that is one wish, told twice.
            guard .now - since > .milliseconds(100) else { return }
            logger.notice("stopping at once")
            server.stop()
        }
        signals.handle([SIGHUP]) { _ in reload(server, logger) }
        announce(server, host: host, scheme: configuration.tls == nil ? "http" : "https")
        let cut = await server.ended()
        withExtendedLifetime(signals) {}
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

/// SIGHUP: certificates and keys are read anew.
private func reload(_ server: Server, _ logger: Logger) {
    do {
        try server.reloadCertificates()
        logger.notice("read certificates and keys anew")
    } catch {
        logger.error("keeping the certificates and keys in use", metadata: ["error": "\(error)"])
    }
}

extension Duration {
    fileprivate var seconds: Double { self / .seconds(1) }
}
