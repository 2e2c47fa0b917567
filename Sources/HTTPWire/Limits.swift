/// Every limit of the protocol, each with its reason. The numbers count octets unless the name says otherwise.
package struct Limits: Sendable, Hashable {
    /// RFC 9112 section 3 recommends at least 8000; parameters of an npy request travel in the query. Past it: 414.
    package var requestLine = 16 * 1024
    /// All field lines of one message together. Past it: 431.
    package var fieldSection = 32 * 1024
    /// Field lines of one message; the best servers lie between 100 and 1000. Past it: 431.
    package var fieldCount = 100
    /// A request body, declared or counted while it arrives. Past it: 413.
    package var body = 256 * 1024 * 1024
    /// One chunk-size line with its extensions (RFC 9112 section 7.1.1). Past it: 400.
    package var chunkLine = 256
    /// Chunk extensions of one message together: they carry nothing, so they must not be a free channel. Past it: 400.
    package var chunkExtensions = 8 * 1024
    /// The trailer section of one message. Past it: 431.
    package var trailerSection = 8 * 1024
    /// Empty lines skipped before a request line (RFC 9112 section 2.2 asks for at least one).
    package var leadingEmptyLines = 8

    package init() {}
}
