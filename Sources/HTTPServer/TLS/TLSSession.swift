import COpenSSL

/// One connection's TLS. Used on one loop alone; never blocks.
final class TLSSession {
    /// What a step of the handshake came to.
    enum Step {
        case complete, wantsInput, wantsOutput
        /// The client speaks HTTP without TLS.
        case plainHTTP
        /// It cannot be had; the client has been told why.
        case failed
    }

    /// Octets have been taken from the socket that no event will tell of.
    private(set) var holdsInput = false
    private let session: OpaquePointer
    /// The callbacks of the handshake use it.
    private let context: TLSContext
    /// Our direction can be ended in good order: the handshake is over, and nothing failed or was ended.
    private var canClose = false
    /// A record has been sent in part.
    private var isBlocked = false

    /// Takes over a session that nobody else will free.
    init(adopting session: OpaquePointer, of context: TLSContext) {
        self.session = session
        self.context = context
    }

    deinit {
        SSL_free(session)
    }

    func shakeHands() -> Step {
        OpenSSLErrors.clear()
        let result = SSL_do_handshake(session)
        guard result != 1 else {
            canClose = true
            return .complete
        }
        switch SSL_get_error(session, result) {
        case SSL_ERROR_WANT_READ: return .wantsInput
        case SSL_ERROR_WANT_WRITE: return .wantsOutput
        default: return OpenSSLErrors.last(is: SSL_R_HTTP_REQUEST, of: ERR_LIB_SSL) ? .plainHTTP : .failed
        }
    }

    /// Receives what is there of one record. None means that the client has ended its direction in good order; an end
    /// without a word is a failure, since anyone on the way could have made it.
    func receive(into buffer: UnsafeMutableRawBufferPointer) -> Transfer {
        OpenSSLErrors.clear()
        var count = 0
        let result = SSL_read_ex(session, buffer.baseAddress, buffer.count, &count)
        guard result != 1 else {
            holdsInput = SSL_has_pending(session) == 1
            return .moved(count)
        }
        holdsInput = false
        switch SSL_get_error(session, result) {
        case SSL_ERROR_ZERO_RETURN: return .moved(0)
        case SSL_ERROR_WANT_READ: return .wouldBlock
        // A reply to the client's wish for new keys that the client does not take is among these.
        default: return fail()
        }
    }

    /// Sends a record of the first buffer, or of the second where the first is empty. What was blocked must be sent
    /// again, though more may stand behind it.
    func send(_ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer) -> Transfer {
        let buffer = first.isEmpty ? second : first
        OpenSSLErrors.clear()
        var count = 0
        let result = SSL_write_ex(session, buffer.baseAddress, buffer.count, &count)
        isBlocked = false
        guard result != 1 else { return .moved(count) }
        guard SSL_get_error(session, result) == SSL_ERROR_WANT_WRITE else { return fail() }
        isBlocked = true
        return .wouldBlock
    }

    /// Tells the client that nothing more will come (RFC 9112 section 9.8), once.
    func close() {
        guard canClose, !isBlocked else { return }
        canClose = false
        OpenSSLErrors.clear()
        _ = SSL_shutdown(session)
    }

    private func fail() -> Transfer {
        canClose = false
        return .failed
    }
}
