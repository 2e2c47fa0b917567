package import ConvolutionEngine
package import HTTPServer

/// What the service may do for one request and for all, each number with its reason.
package struct ServiceConfiguration: Sendable {
    /// Octets of a body, as sent and again once decompressed. 256 MiB hold the float32 weights of a large network as text.
    package var maximumBody = 256 << 20
    /// How many times its sent size a body may be once decompressed; what fits `freeDecompression` always may. Deflate
    /// itself stays under 1032, and zeros come close to it, so that only coding upon coding goes further.
    package var decompressionRatio = 1100
    /// Requests computed at once: more than cores would only take turns.
    package var concurrency = 1
    /// Requests that wait for their turn; past it a client is told to come back (503) rather than kept waiting for long.
    package var queueCapacity = 256
    /// Octets of the bodies that wait with them. Half of what the server holds of bodies in all.
    package var queueBytes = 512 << 20
    /// From the arrival of the head to the answer; past it 504. Long enough for any plan within the limits.
    package var requestTimeout = Duration.seconds(60)
    /// What a plan may ask for.
    package var plan = PlanLimits.standard
    /// Level of gzip and deflate, 1 to 9: beyond 1 float text shrinks by a few percent for several times the work.
    package var compressionLevel = 1
    /// The keys that open the door; `nil`: it is open to everyone.
    package var keys: APIKeys?
    /// Whether the metrics may be read without a key.
    package var opensMetrics = false
    /// Of each address, and of each key where there are keys.
    package var rateLimit: RateLimit?
    /// Pages of other origins that may read answers.
    package var crossOrigin: CrossOrigin?
    /// Tells rate limits the time.
    package var clock: @Sendable () -> Instant = { Instant.now }
    /// The version that `convserve version` and the metrics name.
    package var version = "0.1.0"

    package init() {}

    /// The most octets that a body of so many may be once decompressed.
    func decompressedBody(sent: Int) -> Int {
        let (product, overflow) = sent.multipliedReportingOverflow(by: decompressionRatio)
        return min(maximumBody, overflow ? maximumBody : max(product, Self.freeDecompression))
    }

    /// Octets that a body may always be once decompressed.
    static let freeDecompression = 1 << 20
    /// A body on a route that takes none is read and ignored up to this many octets.
    static let ignoredBody = 64 << 10
    /// Answers below this many octets are not worth compressing: they fit one packet as they are.
    static let smallestCompressed = 1024
    /// Numbers of an answer that is made as a whole before it is sent: up to 1 MiB of text. A larger one is made while
    /// it is sent.
    static let wholeAnswer = 65_536
    /// Bodies up to this many octets are decoded on the event loop (some tens of microseconds at most).
    static let inlineBody = 4096
    /// Plans up to this many multiply-accumulates and result elements are run on the event loop.
    static let inlineOperations = 32_768
    static let inlineElements = 4096
}
