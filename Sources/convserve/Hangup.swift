/// What is read anew on SIGHUP, while the server goes on.
struct Hangup {
    private let task: Task<Void, Never>

    /// - Parameter reloads: each reads its part, and keeps the old where the new cannot be used.
    init(_ arrivals: AsyncStream<Int32>, _ reloads: [@Sendable () -> Void]) {
        task = Task {
            for await _ in arrivals {
                for reload in reloads { reload() }
            }
        }
    }

    func stop() { task.cancel() }
}
