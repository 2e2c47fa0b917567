import ArgumentParser
import HTTPServer
import HTTPWire

/// The options of `serve`. Their standard values are the configuration's own.
struct ServeOptions: ParsableArguments {
    private static let standard = Configuration()

    private static let loopsSetting = Setting(
        "CONVSERVE_LOOPS",
        standard: Count(standard.loops),
        valueName: "count",
        "Event loops for the network; each further one takes a core from computing."
    )
    private static let maxConnectionsSetting = Setting(
        "CONVSERVE_MAX_CONNECTIONS",
        standard: Count(standard.maximumConnections),
        valueName: "count",
        "Connections at a time; the limit on open files can make it fewer."
    )
    private static let maxBodySetting = Setting(
        "CONVSERVE_MAX_BODY_BYTES",
        standard: ByteCount(standard.limits.body),
        valueName: "bytes",
        "A request's body, as sent and decompressed; units KiB, MiB, GiB."
    )
    private static let maxInFlightSetting = Setting(
        "CONVSERVE_MAX_BYTES_IN_FLIGHT",
        standard: ByteCount(standard.maximumOctetsInFlight),
        valueName: "bytes",
        "Bodies and unsent answers held at a time, of all connections together; past it new bodies get 503."
    )
    private static let headerTimeoutSetting = Setting(
        "CONVSERVE_HEADER_TIMEOUT",
        standard: Seconds(standard.patience.head),
        valueName: "seconds",
        "From the first byte of a request to the end of its header."
    )
    private static let bodyTimeoutSetting = Setting(
        "CONVSERVE_BODY_TIMEOUT",
        standard: Seconds(standard.patience.body),
        valueName: "seconds",
        "Without a byte of a body arriving."
    )
    private static let writeTimeoutSetting = Setting(
        "CONVSERVE_WRITE_TIMEOUT",
        standard: Seconds(standard.patience.writing),
        valueName: "seconds",
        "Without a byte of an answer reaching the client."
    )
    private static let idleTimeoutSetting = Setting(
        "CONVSERVE_IDLE_TIMEOUT",
        standard: Seconds(standard.patience.idle),
        valueName: "seconds",
        "Between the requests of a connection."
    )
    private static let drainDelaySetting = Setting(
        "CONVSERVE_DRAIN_DELAY",
        standard: Seconds(standard.patience.drainDelay),
        valueName: "seconds",
        "After SIGTERM: how long to serve on while /readyz says no, for load balancers to notice."
    )
    private static let drainTimeoutSetting = Setting(
        "CONVSERVE_DRAIN_TIMEOUT",
        standard: Seconds(standard.patience.drain),
        valueName: "seconds",
        "After that: how long requests in flight may take to finish before they are cut."
    )

    @Option(help: loopsSetting.help) var loops: Count?
    @Option(help: maxConnectionsSetting.help) var maxConnections: Count?
    @Option(help: maxBodySetting.help) var maxBodyBytes: ByteCount?
    @Option(help: maxInFlightSetting.help) var maxBytesInFlight: ByteCount?
    @Option(help: headerTimeoutSetting.help) var headerTimeout: Seconds?
    @Option(help: bodyTimeoutSetting.help) var bodyTimeout: Seconds?
    @Option(help: writeTimeoutSetting.help) var writeTimeout: Seconds?
    @Option(help: idleTimeoutSetting.help) var idleTimeout: Seconds?
    @Option(help: drainDelaySetting.help) var drainDelay: Seconds?
    @Option(help: drainTimeoutSetting.help) var drainTimeout: Seconds?

    @OptionGroup var tls: TLSOptions
    @OptionGroup var limits: LimitOptions

    func configuration(host: String, port: Int) throws -> Configuration {
        var configuration = Configuration()
        configuration.host = host
        configuration.port = port
        configuration.loops = try Self.loopsSetting.value(loops).number
        configuration.maximumConnections = try Self.maxConnectionsSetting.value(maxConnections).number
        configuration.limits.body = try Self.maxBodySetting.value(maxBodyBytes).number
        configuration.maximumOctetsInFlight = try Self.maxInFlightSetting.value(maxBytesInFlight).number
        configuration.patience.head = try Self.headerTimeoutSetting.value(headerTimeout).duration
        configuration.patience.body = try Self.bodyTimeoutSetting.value(bodyTimeout).duration
        configuration.patience.writing = try Self.writeTimeoutSetting.value(writeTimeout).duration
        configuration.patience.idle = try Self.idleTimeoutSetting.value(idleTimeout).duration
        configuration.patience.drainDelay = try Self.drainDelaySetting.value(drainDelay).duration
        configuration.patience.drain = try Self.drainTimeoutSetting.value(drainTimeout).duration
        try tls.apply(to: &configuration)
        try limits.apply(to: &configuration)
        return configuration
    }
}
