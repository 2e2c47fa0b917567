package import Logging
import Synchronization

/// An HTTP/1.1 server on sockets and Dispatch. It listens from the moment it is made until it is drained, stopped or
/// let go of.
package final class Server: Sendable {
    /// The port that is listened on: the system's choice where 0 was asked for.
    package let port: Int
    /// The addresses that are listened on, in digits, without the port.
    package let hosts: [String]
    /// Connections at a time, after what the process's descriptors allow.
    package let maximumConnections: Int

    private let certificates: Certificates?
    private let loops: [EventLoop]
    private let count: ConnectionCount
    private let clock: @Sendable () -> Instant
    private let ending: Ending

    /// Listens and serves.
    ///
    /// - Parameter clock: Tells the time to every deadline; a test moves one by hand and then calls `checkDeadlines`.
    package init(
        configuration: Configuration,
        handler: any Handler,
        logger: Logger,
        clock: @escaping @Sendable () -> Instant = { Instant.now }
    ) throws(ServerError) {
        var certificates: Certificates?
        if let tls = configuration.tls { certificates = try Certificates(tls) }
        self.certificates = certificates
        for key in certificates?.exposedKeys ?? [] {
            logger.warning("every user of this machine can read the private key", metadata: ["path": "\(key)"])
        }
        let limit = try DescriptorLimit.raise()
        let listeners = try Listener.all(
            host: configuration.host,
            port: configuration.port,
            backlog: configuration.backlog
        )
        port = listeners.first?.address.port ?? configuration.port
        hosts = listeners.map(\.address.host)

        let loopCount = max(1, configuration.loops)
        // Each loop is going to open its epoll instance, its timer and its bell; Dispatch three of its own.
        let open = DescriptorLimit.open() + 3 * loopCount + 3
        maximumConnections = try DescriptorLimit.connections(
            wanted: configuration.maximumConnections,
            limit: limit,
            open: open,
            reserve: configuration.reservedDescriptors
        )
        if maximumConnections < configuration.maximumConnections {
            logger.warning(
                "fewer connections than configured, for want of descriptors",
                metadata: [
                    "configured": "\(configuration.maximumConnections)", "connections": "\(maximumConnections)",
                    "descriptors": "\(limit)",
                ]
            )
        }
        count = ConnectionCount(limit: maximumConnections)
        self.clock = clock
        let ending = Ending(loops: loopCount)
        self.ending = ending
        let shared = SharedState(
            handler: handler,
            configuration: configuration,
            budget: OctetBudget(limit: configuration.maximumOctetsInFlight),
            certificates: certificates,
            count: count,
            addresses: configuration.connectionsPerAddress < maximumConnections
                ? AddressCount(limit: configuration.connectionsPerAddress) : nil,
            clock: clock
        )
        loops = try EventLoop.make(loopCount, sharing: shared, listeners: listeners) { ending.loopStopped(cut: $0) }
    }

    deinit {
        stop()
    }

    /// Connections that are open now.
    package var connections: Int { count.current }

    /// Reads the certificates and keys anew for connections that are yet to come; open ones are not touched. Where the
    /// files cannot be used, what was served is served on. Without effect where there is no TLS.
    package func reloadCertificates() throws(ServerError) {
        try certificates?.reload()
    }

    /// From now on each answer is the last on its connection, so that clients go elsewhere in good order, while new
    /// connections are still accepted. Returns at once.
    package func closeAfterAnswers() {
        for loop in loops { loop.post(.closeAfterAnswers) }
    }

    /// Accepts no more, and closes what is idle and stays so for `Patience.lastCall`; requests in flight are finished,
    /// each answer the last on its connection. What is not finished in time is cut. Returns at once.
    package func drain(within limit: Duration) {
        loops[0].post(.drain(until: clock() + limit))
    }

    /// Cuts everything now, during a drain too. Returns at once.
    package func stop() {
        for loop in loops { loop.post(.stop) }
    }

    /// Waits until a drain or a stop has closed everything.
    ///
    /// - Returns: How many connections were cut.
    package func ended() async -> Int {
        await ending.wait()
    }

    /// Looks at every deadline now: for a clock that is moved by hand.
    package func checkDeadlines() {
        for loop in loops { loop.post(.checkDeadlines) }
    }
}

/// Waits for the last loop.
private final class Ending: Sendable {
    private struct State {
        var running: Int
        var cut = 0
        var waiters: [CheckedContinuation<Int, Never>] = []
    }

    private let state: Mutex<State>

    init(loops: Int) {
        state = Mutex(State(running: loops))
    }

    func loopStopped(cut: Int) {
        let (waiters, total) = state.withLock { state in
            state.running -= 1
            state.cut += cut
            guard state.running == 0 else { return ([CheckedContinuation<Int, Never>](), 0) }
            defer { state.waiters = [] }
            return (state.waiters, state.cut)
        }
        for waiter in waiters { waiter.resume(returning: total) }
    }

    /// The connections cut in all loops.
    func wait() async -> Int {
        await withCheckedContinuation { continuation in
            let cut: Int? = state.withLock { state in
                if state.running == 0 { return state.cut }
                state.waiters.append(continuation)
                return nil
            }
            if let cut { continuation.resume(returning: cut) }
        }
    }
}
