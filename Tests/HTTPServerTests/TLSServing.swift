import HTTPServer
import TestSupport

/// The path of one of the tests' own certificates or keys.
func pem(_ name: String) -> String {
    let folder = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
    return "\(folder)/Certificates/\(name)"
}

func identity(_ name: String) -> TLSConfiguration.Identity {
    TLSConfiguration.Identity(certificate: pem("\(name).pem"), key: pem("\(name).key"))
}

/// A server with TLS for these names.
func serveTLS(
    _ names: String...,
    clientAuthority: String? = nil,
    handler: ScriptedHandler = ScriptedHandler(),
    clock: ManualClock? = nil,
    _ configure: (inout Configuration) -> Void = { _ in }
) throws -> Server {
    let identities = (names.isEmpty ? ["one"] : names).map(identity)
    return try serve(handler, clock: clock) { configuration in
        configuration.tls = TLSConfiguration(identities: identities, clientAuthority: clientAuthority)
        configure(&configuration)
    }
}
