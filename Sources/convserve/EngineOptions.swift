import ArgumentParser
import ConvolutionEngine
import ConvolutionService

/// The options of `serve` that concern computing. Their standard values are the configuration's own.
struct EngineOptions: ParsableArguments {
    private static let standard = ServiceConfiguration()

    private static let threadsSetting = Setting(
        "CONVSERVE_THREADS",
        standard: Count(TeamSize.available()),
        valueName: "count",
        "Threads that compute, in all requests together; the standard is the number of cores it may use."
    )
    private static let queueSetting = Setting(
        "CONVSERVE_QUEUE",
        standard: Count(standard.queueCapacity),
        valueName: "count",
        "Requests that may wait for their turn to compute; past it they get 503."
    )
    private static let queueBytesSetting = Setting(
        "CONVSERVE_QUEUE_BYTES",
        standard: ByteCount(standard.queueBytes),
        valueName: "bytes",
        "Bodies of the requests that wait for their turn, together; past it they get 503; units KiB, MiB, GiB."
    )
    private static let requestTimeoutSetting = Setting(
        "CONVSERVE_REQUEST_TIMEOUT",
        standard: Seconds(standard.requestTimeout),
        valueName: "seconds",
        "From the arrival of a request to its answer; past it 504; a client may ask for less by X-Request-Timeout."
    )
    private static let maxElementsSetting = Setting(
        "CONVSERVE_MAX_ELEMENTS",
        standard: Count(standard.plan.elementsPerTensor),
        valueName: "count",
        "Elements of any one tensor that a request leads to; past it 422."
    )
    private static let maxMemorySetting = Setting(
        "CONVSERVE_MAX_REQUEST_MEMORY",
        standard: ByteCount(standard.plan.bytes),
        valueName: "bytes",
        "Tensors and working memory of one request; past it 422; units KiB, MiB, GiB."
    )
    private static let weightCacheSetting = Setting(
        "CONVSERVE_WEIGHT_CACHE_BYTES",
        standard: ByteCount(standard.weightCacheBytes),
        valueName: "bytes",
        "Weights kept for requests that bring the same ones, as sent and as prepared; 1 keeps none; units KiB, MiB, GiB."
    )
    private static let maxRatioSetting = Setting(
        "CONVSERVE_MAX_DECOMPRESSION_RATIO",
        standard: Count(standard.decompressionRatio),
        valueName: "times",
        "How many times its sent size a body over 1MiB may be once decompressed; past it 413."
    )
    private static let gzipLevelSetting = Setting(
        "CONVSERVE_GZIP_LEVEL",
        standard: Count(standard.compressionLevel),
        valueName: "level",
        "How hard answers are compressed, 1 to 9."
    )

    @Option(help: threadsSetting.help) var threads: Count?
    @Option(help: queueSetting.help) var queue: Count?
    @Option(help: queueBytesSetting.help) var queueBytes: ByteCount?
    @Option(help: requestTimeoutSetting.help) var requestTimeout: Seconds?
    @Option(help: maxElementsSetting.help) var maxElements: Count?
    @Option(help: maxMemorySetting.help) var maxRequestMemory: ByteCount?
    @Option(help: weightCacheSetting.help) var weightCacheBytes: ByteCount?
    @Option(help: maxRatioSetting.help) var maxDecompressionRatio: Count?
    @Option(help: gzipLevelSetting.help) var gzipLevel: Count?

    func engine() throws -> Engine {
        Engine(
            team: Team(size: try Self.threadsSetting.value(threads).number),
            cacheBytes: try Self.weightCacheSetting.value(weightCacheBytes).number
        )
    }

    func configuration(maximumBody: Int) throws -> ServiceConfiguration {
        var configuration = ServiceConfiguration()
        configuration.version = Version.number
        configuration.maximumBody = maximumBody
        configuration.concurrency = try Self.threadsSetting.value(threads).number
        configuration.queueCapacity = try Self.queueSetting.value(queue).number
        configuration.queueBytes = try Self.queueBytesSetting.value(queueBytes).number
        configuration.requestTimeout = try Self.requestTimeoutSetting.value(requestTimeout).duration
        configuration.plan.elementsPerTensor = try Self.maxElementsSetting.value(maxElements).number
        configuration.plan.bytes = try Self.maxMemorySetting.value(maxRequestMemory).number
        configuration.weightCacheBytes = try Self.weightCacheSetting.value(weightCacheBytes).number
        configuration.decompressionRatio = try Self.maxRatioSetting.value(maxDecompressionRatio).number
        configuration.compressionLevel = min(9, try Self.gzipLevelSetting.value(gzipLevel).number)
        return configuration
    }
}
