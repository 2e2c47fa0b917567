import ArgumentParser
import HTTPServer
import HTTPWire

/// The limits that few will want to change. Their standard values are the configuration's own.
struct LimitOptions: ParsableArguments {
    private static let standard = Configuration()

    private static let perAddressSetting = Setting(
        "CONVSERVE_MAX_CONNECTIONS_PER_ADDRESS",
        standard: Count(standard.connectionsPerAddress),
        valueName: "count",
        "Connections at a time from one IPv4 address or IPv6 network (/64); behind a proxy all come from the proxy's."
    )
    private static let requestsSetting = Setting(
        "CONVSERVE_MAX_REQUESTS_PER_CONNECTION",
        standard: Count(standard.requestsPerConnection),
        valueName: "count",
        "Then the connection is closed, so that long-lived clients spread over newly started servers."
    )
    private static let pipelinedSetting = Setting(
        "CONVSERVE_MAX_PIPELINED_REQUESTS",
        standard: Count(standard.pipelinedRequests),
        valueName: "count",
        "Requests that one connection sends without waiting, answered in one go; then others have their turn."
    )
    private static let requestLineSetting = Setting(
        "CONVSERVE_MAX_REQUEST_LINE_BYTES",
        standard: ByteCount(standard.limits.requestLine),
        valueName: "bytes",
        "Of a request line; past it 414."
    )
    private static let headerBytesSetting = Setting(
        "CONVSERVE_MAX_HEADER_BYTES",
        standard: ByteCount(standard.limits.fieldSection),
        valueName: "bytes",
        "Of all header fields of a request together; past it 431."
    )
    private static let headerFieldsSetting = Setting(
        "CONVSERVE_MAX_HEADER_FIELDS",
        standard: Count(standard.limits.fieldCount),
        valueName: "count",
        "Header fields of a request; past it 431."
    )
    private static let minRateSetting = Setting(
        "CONVSERVE_MIN_RATE",
        standard: ByteCount(standard.patience.minimumRate),
        valueName: "bytes",
        "A second that a body or an answer must reach on average once its first 30 seconds are over."
    )

    @Option(help: perAddressSetting.help) var maxConnectionsPerAddress: Count?
    @Option(help: requestsSetting.help) var maxRequestsPerConnection: Count?
    @Option(help: pipelinedSetting.help) var maxPipelinedRequests: Count?
    @Option(help: requestLineSetting.help) var maxRequestLineBytes: ByteCount?
    @Option(help: headerBytesSetting.help) var maxHeaderBytes: ByteCount?
    @Option(help: headerFieldsSetting.help) var maxHeaderFields: Count?
    @Option(help: minRateSetting.help) var minRate: ByteCount?

    func apply(to configuration: inout Configuration) throws {
        configuration.connectionsPerAddress = try Self.perAddressSetting.value(maxConnectionsPerAddress).number
        configuration.requestsPerConnection = try Self.requestsSetting.value(maxRequestsPerConnection).number
        configuration.pipelinedRequests = try Self.pipelinedSetting.value(maxPipelinedRequests).number
        configuration.limits.requestLine = try Self.requestLineSetting.value(maxRequestLineBytes).number
        configuration.limits.fieldSection = try Self.headerBytesSetting.value(maxHeaderBytes).number
        configuration.limits.fieldCount = try Self.headerFieldsSetting.value(maxHeaderFields).number
        configuration.patience.minimumRate = try Self.minRateSetting.value(minRate).number
    }
}
