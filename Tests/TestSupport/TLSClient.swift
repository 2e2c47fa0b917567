import COpenSSL
import Glibc

/// A `RawClient` behind TLS. It takes any certificate: a test looks at the one it got.
package final class TLSClient: RawClient, @unchecked Sendable {
    /// What the client offers.
    package struct Offer {
        package var version = TLS1_3_VERSION
        package var protocols: [String] = []
        /// OpenSSL's names in the client's order, those of TLS 1.2 or those of 1.3; all that there are where empty.
        package var ciphers: [String] = []
        package var serverName: String?
        /// Paths in PEM form.
        package var certificate: String?
        package var key: String?
        /// What an earlier connection left.
        package var session: Session?

        package init() {}

        package static func with(_ change: (inout Offer) -> Void) -> Offer {
            var offer = Offer()
            change(&offer)
            return offer
        }
    }

    /// A session that may be resumed.
    package final class Session {
        fileprivate let pointer: OpaquePointer

        fileprivate init(_ pointer: OpaquePointer) {
            self.pointer = pointer
        }

        deinit {
            SSL_SESSION_free(pointer)
        }
    }

    /// The handshake, or what followed it, failed for OpenSSL's reason.
    package struct Refused: Error {
        package var reason: String
    }

    private let context: OpaquePointer
    private let session: OpaquePointer

    package init(port: Int, _ offer: Offer = Offer(), receiveBuffer: Int32? = nil) throws {
        copenssl_stay()
        // OpenSSL writes with write(2).
        signal(SIGPIPE, SIG_IGN)
        guard let context = SSL_CTX_new(TLS_client_method()) else { throw Refused(reason: "no memory") }
        guard let session = Self.session(context, offer) else {
            SSL_CTX_free(context)
            throw Refused(reason: "OpenSSL does not offer that")
        }
        self.context = context
        self.session = session
        try super.init(port: port, host: "127.0.0.1", receiveBuffer: receiveBuffer)
        SSL_set_fd(session, descriptor)
        ERR_clear_error()
        guard SSL_connect(session) == 1 else { throw Self.refused() }
    }

    deinit {
        SSL_free(session)
        SSL_CTX_free(context)
    }

    private static func session(_ context: OpaquePointer, _ offer: Offer) -> OpaquePointer? {
        copenssl_set_versions(context, offer.version, offer.version)
        // The lowest level lets the client offer versions and ciphers that the server must refuse.
        let list = offer.ciphers.joined(separator: ":")
        if offer.version == TLS1_3_VERSION, !list.isEmpty {
            guard SSL_CTX_set_ciphersuites(context, list) == 1 else { return nil }
        }
        let isOlder = offer.version != TLS1_3_VERSION && !list.isEmpty
        guard SSL_CTX_set_cipher_list(context, (isOlder ? list : "DEFAULT") + ":@SECLEVEL=0") == 1 else { return nil }
        if let certificate = offer.certificate, let key = offer.key {
            SSL_CTX_use_certificate_chain_file(context, certificate)
            SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM)
        }
        guard let session = SSL_new(context) else { return nil }
        let protocols = offer.protocols.flatMap { [UInt8(clamping: $0.utf8.count)] + Array($0.utf8) }
        if !protocols.isEmpty { SSL_set_alpn_protos(session, protocols, UInt32(protocols.count)) }
        if let name = offer.serverName { _ = copenssl_set_server_name(session, name) }
        if let earlier = offer.session { SSL_set_session(session, earlier.pointer) }
        return session
    }

    private static func refused() -> Refused {
        Refused(reason: ERR_reason_error_string(ERR_peek_last_error()).map { String(cString: $0) } ?? "lost")
    }

    override func sendSome(_ octets: UnsafeRawBufferPointer) -> Int {
        ERR_clear_error()
        return Int(SSL_write(session, octets.baseAddress, Int32(clamping: octets.count)))
    }

    /// 0 only for an end that the server told of.
    override func receiveSome(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        ERR_clear_error()
        errno = 0
        let count = SSL_read(session, buffer.baseAddress, Int32(clamping: buffer.count))
        if count > 0 { return Int(count) }
        return SSL_get_error(session, count) == SSL_ERROR_ZERO_RETURN ? 0 : -1
    }

    /// Ends our direction as TLS has it.
    package func sayGoodbye() {
        ERR_clear_error()
        SSL_shutdown(session)
    }

    /// Whether the server lets the client begin anew (TLS 1.2).
    package func renegotiates() -> Bool {
        ERR_clear_error()
        return SSL_renegotiate(session) == 1 && SSL_do_handshake(session) == 1
    }

    package var isResumed: Bool { SSL_session_reused(session) == 1 }

    /// The session as it is now: with TLS 1.3, complete only after something was received.
    package var resumable: Session? { SSL_get1_session(session).map(Session.init) }

    /// The protocol that the server chose by ALPN.
    package var chosenProtocol: String? {
        var name: UnsafePointer<UInt8>?
        var count: UInt32 = 0
        SSL_get0_alpn_selected(session, &name, &count)
        guard count > 0 else { return nil }
        return String(decoding: UnsafeBufferPointer(start: name, count: Int(count)), as: UTF8.self)
    }

    package var version: String { String(cString: SSL_get_version(session)) }

    /// The method of compression, should there be one.
    package var compression: String? {
        SSL_get_current_compression(session).flatMap { SSL_COMP_get_name($0) }.map { String(cString: $0) }
    }

    /// Every cipher up to TLS 1.2 that this client knows, good or bad.
    package static var knownCiphers: [String] {
        copenssl_stay()
        guard let context = SSL_CTX_new(TLS_client_method()) else { return [] }
        defer { SSL_CTX_free(context) }
        copenssl_set_versions(context, TLS1_VERSION, TLS1_2_VERSION)
        SSL_CTX_set_cipher_list(context, "ALL:COMPLEMENTOFALL:@SECLEVEL=0")
        guard let session = SSL_new(context) else { return [] }
        defer { SSL_free(session) }
        var names: [String] = []
        while let name = SSL_get_cipher_list(session, Int32(names.count)) { names.append(String(cString: name)) }
        return names
    }

    package var cipher: String { String(cString: SSL_CIPHER_get_name(SSL_get_current_cipher(session))) }

    /// Whether the server's certificate is for this name.
    package func certificateServes(_ name: String) -> Bool {
        guard let certificate = SSL_get1_peer_certificate(session) else { return false }
        defer { X509_free(certificate) }
        return X509_check_host(certificate, name, 0, 0, nil) == 1
    }

    package static let version10 = TLS1_VERSION
    package static let version11 = TLS1_1_VERSION
    package static let version12 = TLS1_2_VERSION
    package static let version13 = TLS1_3_VERSION
}
