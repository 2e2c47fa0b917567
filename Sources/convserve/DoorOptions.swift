import ArgumentParser
import ConvolutionService

/// The options of `serve` that concern who may come in.
struct DoorOptions: ParsableArguments {
    private static let keyFileSetting = Setting(
        "CONVSERVE_API_KEY_FILE",
        standard: FilePath(""),
        valueName: "path",
        "A file with one key a line, of which each request must bring one; # begins a comment; read again on SIGHUP."
    )
    private static let metricsOpenSetting = Setting(
        "CONVSERVE_METRICS_OPEN",
        standard: Switch(false),
        valueName: "on|off",
        "Whether /metrics is read without a key where there are keys."
    )
    private static let rateLimitSetting = Setting(
        "CONVSERVE_RATE_LIMIT",
        standard: Rate(0),
        valueName: "rate",
        "Requests a second of one address (IPv6: /64), and of one key; past it 429; 0 is no limit."
    )
    private static let rateBurstSetting = Setting(
        "CONVSERVE_RATE_BURST",
        standard: Rate(0),
        valueName: "count",
        "Requests that may come at once after a rest; 0 is as many as the limit allows in a second."
    )
    private static let corsSetting = Setting(
        "CONVSERVE_CORS_ORIGIN",
        standard: Origins(""),
        valueName: "origins",
        "Origins, such as https://example.org, whose pages may read answers, with commas between; * is any; none without it."
    )

    @Option(help: keyFileSetting.help) var apiKeyFile: FilePath?
    @Option(help: metricsOpenSetting.help) var metricsOpen: Switch?
    @Option(help: rateLimitSetting.help) var rateLimit: Rate?
    @Option(help: rateBurstSetting.help) var rateBurst: Rate?
    @Option(help: corsSetting.help) var corsOrigin: Origins?

    /// The file of keys, where there is one.
    func keyFile() throws -> KeyFile? {
        let path = try Self.keyFileSetting.value(apiKeyFile).typed
        return path.isEmpty ? nil : KeyFile(path: path)
    }

    func apply(to configuration: inout ServiceConfiguration) throws {
        configuration.opensMetrics = try Self.metricsOpenSetting.value(metricsOpen).isOn
        let rate = try Self.rateLimitSetting.value(rateLimit).number
        let burst = try Self.rateBurstSetting.value(rateBurst).number
        if rate > 0 {
            configuration.rateLimit = RateLimit(rate: rate, burst: Int((burst > 0 ? burst : rate).rounded(.up)))
        }
        configuration.crossOrigin = try Self.corsSetting.value(corsOrigin).policy
    }
}
