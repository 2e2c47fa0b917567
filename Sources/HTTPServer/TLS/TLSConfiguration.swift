/// What TLS is served with. All files are PEM.
package struct TLSConfiguration: Sendable, Hashable {
    /// A certificate and its private key.
    package struct Identity: Sendable, Hashable {
        /// The path of the certificate, those that vouch for it behind it.
        package var certificate: String
        /// The path of its private key, not encrypted.
        package var key: String

        package init(certificate: String, key: String) {
            self.certificate = certificate
            self.key = key
        }
    }

    /// At least one. The first is served to clients that ask for no name, or for one that none has.
    package var identities: [Identity]
    /// The path of the authorities whose clients may connect; nil where clients need no certificate.
    package var clientAuthority: String?

    package init(identities: [Identity], clientAuthority: String? = nil) {
        self.identities = identities
        self.clientAuthority = clientAuthority
    }
}
