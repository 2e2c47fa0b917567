import ArgumentParser
import Glibc
import Logging

/// The options of `serve` that concern logs.
struct WatchOptions: ParsableArguments {
    private static let logLevelSetting = Setting(
        "CONVSERVE_LOG_LEVEL",
        standard: LogLevel(.notice),
        valueName: "level",
        "Which events are logged to standard error: trace, debug, info, notice, warning, error or critical and above."
    )
    private static let logFormatSetting = Setting(
        "CONVSERVE_LOG_FORMAT",
        standard: LogFormat(.logfmt),
        valueName: "format",
        "How a line is written: logfmt or json."
    )
    private static let accessLogSetting = Setting(
        "CONVSERVE_ACCESS_LOG",
        standard: Switch(false),
        valueName: "on|off",
        "Whether each request is logged, whatever the level."
    )

    @Option(help: logLevelSetting.help) var logLevel: LogLevel?
    @Option(help: logFormatSetting.help) var logFormat: LogFormat?
    @Option(help: accessLogSetting.help) var accessLog: Switch?

    /// For events, and for requests where they are logged; both write to one sink.
    func loggers() throws -> (events: Logger, access: Logger?, sink: LineSink) {
        let format = try Self.logFormatSetting.value(logFormat).format
        let sink = LineSink(descriptor: STDERR_FILENO) { LineLogHandler.notice(ofLost: $0, format: format) }
        func logger(_ level: Logger.Level) -> Logger {
            Logger(label: "convserve") { _ in LineLogHandler(format: format, level: level, sink: sink) }
        }
        let isLogged = try Self.accessLogSetting.value(accessLog).isOn
        return (logger(try Self.logLevelSetting.value(logLevel).level), isLogged ? logger(.info) : nil, sink)
    }
}
