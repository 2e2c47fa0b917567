/// What all loops of a server have in common.
struct SharedState: Sendable {
    let handler: any Handler
    let configuration: Configuration
    let budget: OctetBudget
    /// Nil where connections are plain.
    let certificates: Certificates?
    let count: ConnectionCount
    /// Nil where addresses have no limit of their own.
    let addresses: AddressCount?
    let clock: @Sendable () -> Instant
}
