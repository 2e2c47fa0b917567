/// What all loops of a server have in common.
struct SharedState: Sendable {
    let handler: any Handler
    let configuration: Configuration
    let budget: OctetBudget
    let count: ConnectionCount
    let clock: @Sendable () -> ContinuousClock.Instant
}
