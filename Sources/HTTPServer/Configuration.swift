package import HTTPWire

/// Everything about the server that can be chosen, each limit with its reason.
package struct Configuration: Sendable {
    /// A name, an address, `0.0.0.0` or `::` (every address, IPv4 and IPv6). The default is reached from this machine
    /// alone.
    package var host = "127.0.0.1"
    /// 0 lets the system choose: `Server.port` tells which.
    package var port = 8080
    /// Event loops. One loop answers about a hundred thousand small requests a second, far more than the engine can
    /// compute; each further one takes a core from it.
    package var loops = 1
    /// Connections that the kernel keeps ready while the loop is busy; it caps the number at net.core.somaxconn.
    package var backlog = 1024

    /// Connections at a time. An idle one costs a few KiB and a descriptor; further clients wait in the backlog.
    /// The descriptors that the process may open can make it fewer.
    package var maximumConnections = 10_000
    /// Connections at a time from one address; further ones are closed at once. No limit of its own unless it is set:
    /// behind a proxy all connections come from one address.
    package var connectionsPerAddress = 10_000
    /// How long a connection must have been idle to be closed for a new one, when there are as many as there may be.
    package var leastIdle = Duration.seconds(1)
    /// Descriptors kept back from connections, for files and for Dispatch, which ends the process when it finds none.
    package var reservedDescriptors = 64
    /// Octets of request bodies and unsent answers held at a time, in all connections. Past it new bodies get 503.
    package var maximumOctetsInFlight = 1024 * 1024 * 1024
    /// Then the connection is closed, so that long-lived clients spread over newly started servers.
    package var requestsPerConnection = 1000
    /// Requests of one connection that are answered in one go where a client sends them without waiting; then it is the
    /// turn of others. The handler has one of them at a time, in whatever number they come.
    package var pipelinedRequests = 64
    /// How long no connection is accepted after the system ran out of descriptors or memory.
    package var acceptPause = Duration.milliseconds(500)

    /// What is left of a body that was refused may be read and forgotten to keep the connection, up to so many octets;
    /// past it, closing is cheaper.
    package var drainedBody = 64 * 1024
    /// After an answer that closes the connection, what the client is still sending is thrown away up to so many
    /// octets: a connection closed over unread data is reset, and the client may lose the answer (RFC 9112 section 9.6).
    package var lingeringOctets = 16 * 1024 * 1024

    /// Nil for plain connections.
    package var tls: TLSConfiguration?

    /// How long a connection may take.
    package var patience = Patience()
    /// The protocol's limits.
    package var limits = Limits()

    package init() {}
}

/// How long the server waits for a client, at each stage of a connection's life.
package struct Patience: Sendable, Hashable {
    /// From the connection to the end of the TLS handshake, which takes two round trips at most.
    package var handshake = Duration.seconds(10)
    /// From the first octet of a head to its last: a head fits in a few packets.
    package var head = Duration.seconds(10)
    /// Without an octet of a body: a slow network, but a live one, does better.
    package var body = Duration.seconds(30)
    /// Without an octet of an answer reaching the client, likewise.
    package var writing = Duration.seconds(30)
    /// Octets a second that a body or an answer must reach on average, once `rateGrace` has passed: without it one
    /// octet before each stall would hold a connection for ever.
    package var minimumRate = 1024
    /// How long the rate is not looked at.
    package var rateGrace = Duration.seconds(30)
    /// Between requests, and before the first.
    package var idle = Duration.seconds(60)
    /// While the server drains, for a client to send a request: one may be on its way to any connection, and a client
    /// that finds its connection closed cannot tell whether the request was served.
    package var lastCall = Duration.seconds(1)
    /// After the wish to stop, how long connections are still accepted while readiness says no.
    package var drainDelay = Duration.zero
    /// Then, how long requests in flight may take before they are cut.
    package var drain = Duration.seconds(25)
    /// From the end of our direction to the close, for the client to read the answer and close.
    package var lingering = Duration.seconds(2)
    /// After the client has ended its direction while its answer is being made: then it is asked whether it is there.
    package var halfClosed = Duration.seconds(1)

    package init() {}
}
