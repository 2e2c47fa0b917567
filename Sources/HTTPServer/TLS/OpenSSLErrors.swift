import COpenSSL

/// OpenSSL's queue of errors, which is the thread's: emptied before every call whose outcome is asked for, since
/// Dispatch runs a loop now on this thread and now on that one.
enum OpenSSLErrors {
    @inline(__always)
    static func clear() {
        ERR_clear_error()
    }

    /// Whether the last error is this one.
    static func last(is reason: Int32, of library: Int32) -> Bool {
        let error = ERR_peek_last_error()
        return copenssl_library(error) == library && copenssl_reason(error) == reason
    }

    /// The last error in OpenSSL's words.
    static var reason: String {
        ERR_reason_error_string(ERR_peek_last_error()).map { String(cString: $0) } ?? "unknown error"
    }
}
