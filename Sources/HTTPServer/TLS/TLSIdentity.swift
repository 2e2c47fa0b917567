import COpenSSL
import Glibc

/// A certificate with its key, and how it is served: an SSL_CTX, which is never changed once it is here. OpenSSL counts
/// the references to it and lets any thread make sessions from it.
final class TLSIdentity: @unchecked Sendable {
    let context: OpaquePointer

    /// RFC 9325 section 4.2: forward secrecy and authenticated encryption only. TLS 1.3 has nothing else.
    private static let ciphers = [
        "ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384",
        "ECDHE-RSA-AES256-GCM-SHA384", "ECDHE-ECDSA-CHACHA20-POLY1305", "ECDHE-RSA-CHACHA20-POLY1305",
    ]
    private static let groups = "X25519:P-256:P-384"
    /// One read takes several records (of 16 KiB at most) of a large body.
    private static let readBuffer = 64 * 1024
    /// Sessions made under one configuration are not resumed under another's (SSL_CTX_set_session_id_context(3)).
    private static let sessionContext = Array("convserve".utf8)

    init(_ identity: TLSConfiguration.Identity, clientAuthority: String?) throws(ServerError) {
        copenssl_stay()
        OpenSSLErrors.clear()
        guard let context = SSL_CTX_new(TLS_server_method()) else { throw .tls(OpenSSLErrors.reason) }
        self.context = context
        guard
            copenssl_set_versions(context, TLS1_2_VERSION, TLS1_3_VERSION) == 1,
            SSL_CTX_set_cipher_list(context, Self.ciphers.joined(separator: ":")) == 1,
            copenssl_set_groups(context, Self.groups) == 1,
            SSL_CTX_set_session_id_context(context, Self.sessionContext, UInt32(Self.sessionContext.count)) == 1
        else { throw .tls(OpenSSLErrors.reason) }
        copenssl_set_options(context)
        copenssl_set_modes(context)
        SSL_CTX_set_default_read_buffer_len(context, Self.readBuffer)
        SSL_CTX_set_alpn_select_cb(context, chooseHTTP1, nil)
        // An encrypted key is an error; without this OpenSSL would ask the terminal for its password.
        SSL_CTX_set_default_passwd_cb(context) { _, _, _, _ in -1 }
        try load(identity)
        if let clientAuthority { try ask(forClientsOf: clientAuthority) }
    }

    deinit {
        SSL_CTX_free(context)
    }

    private func load(_ identity: TLSConfiguration.Identity) throws(ServerError) {
        try checkReadable(identity.certificate)
        try checkReadable(identity.key)
        OpenSSLErrors.clear()
        guard SSL_CTX_use_certificate_chain_file(context, identity.certificate) == 1 else {
            throw .badCertificate(path: identity.certificate, reason: OpenSSLErrors.reason)
        }
        OpenSSLErrors.clear()
        guard SSL_CTX_use_PrivateKey_file(context, identity.key, SSL_FILETYPE_PEM) == 1 else {
            if OpenSSLErrors.last(is: X509_R_KEY_VALUES_MISMATCH, of: ERR_LIB_X509) {
                throw .keyOfAnotherCertificate(certificate: identity.certificate, key: identity.key)
            }
            throw .badKey(path: identity.key, reason: OpenSSLErrors.reason)
        }
        // A key of another kind than the certificate's is only found here.
        guard SSL_CTX_check_private_key(context) == 1 else {
            throw .keyOfAnotherCertificate(certificate: identity.certificate, key: identity.key)
        }
    }

    private func ask(forClientsOf path: String) throws(ServerError) {
        try checkReadable(path)
        OpenSSLErrors.clear()
        guard SSL_CTX_load_verify_file(context, path) == 1, let names = SSL_load_client_CA_file(path) else {
            throw .badClientAuthority(path: path, reason: OpenSSLErrors.reason)
        }
        SSL_CTX_set_client_CA_list(context, names)
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nil)
    }

    private func checkReadable(_ path: String) throws(ServerError) {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw .cannotRead(path: path, code: errno) }
        close(file)
    }

    /// Whether the certificate is for this name (RFC 9525).
    func serves(_ name: UnsafePointer<CChar>) -> Bool {
        guard let certificate = SSL_CTX_get0_certificate(context) else { return false }
        return X509_check_host(certificate, name, 0, 0, nil) == 1
    }
}

/// ALPN: `http/1.1`, or no connection (RFC 7301 section 3.2). A client that does not offer anything is not asked.
private func chooseHTTP1(
    _ session: OpaquePointer?,
    _ chosen: UnsafeMutablePointer<UnsafePointer<UInt8>?>?,
    _ chosenLength: UnsafeMutablePointer<UInt8>?,
    _ offered: UnsafePointer<UInt8>?,
    _ count: UInt32,
    _ argument: UnsafeMutableRawPointer?
) -> Int32 {
    let offers = UnsafeBufferPointer(start: offered, count: Int(count))
    var place = 0
    while place < offers.count {
        let name = offers[(place + 1)...].prefix(Int(offers[place]))
        if name.elementsEqual("http/1.1".utf8) {
            chosen?.pointee = offered.map { $0 + name.startIndex }
            chosenLength?.pointee = offers[place]
            return SSL_TLSEXT_ERR_OK
        }
        place += 1 + Int(offers[place])
    }
    return SSL_TLSEXT_ERR_ALERT_FATAL
}
