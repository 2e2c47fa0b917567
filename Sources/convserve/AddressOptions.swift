import ArgumentParser

/// Where the server listens, which `health` has to know as well.
struct AddressOptions: ParsableArguments {
    static let hostSetting = Setting(
        "CONVSERVE_HOST",
        standard: Host("127.0.0.1"),
        valueName: "host",
        "The name or address to listen on; 0.0.0.0 or :: for every address of the machine."
    )
    static let portSetting = Setting(
        "CONVSERVE_PORT",
        "PORT",
        standard: PortNumber(8080),
        valueName: "port",
        "The port; 0 lets the system choose, and the chosen one is printed."
    )

    @Option(help: hostSetting.help) var host: Host?
    @Option(help: portSetting.help) var port: PortNumber?

    func resolved() throws -> (host: String, port: Int) {
        (try Self.hostSetting.value(host).name, try Self.portSetting.value(port).number)
    }
}

/// An address as a URL has it, IPv6 in brackets (RFC 3986 section 3.2.2).
func authority(host: String, port: Int) -> String {
    host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
}

/// A wildcard can be listened on but not connected to: this machine's own address of the same family.
func reachable(_ host: String) -> String {
    switch host {
    case "0.0.0.0": "127.0.0.1"
    case "::": "::1"
    default: host
    }
}

/// Whether an address, in digits, is reached from this machine alone (RFC 1122 section 3.2.1.3, RFC 4291 section 2.5.3).
func isLoopback(_ address: String) -> Bool {
    address.hasPrefix("127.") || address == "::1"
}
