/// How often prepared weights will be used: what preparing them may cost depends on it.
package enum WeightUse: Hashable, Sendable {
    /// For one run, so that the work of preparing them counts.
    case once
    /// For many runs.
    case often
}
