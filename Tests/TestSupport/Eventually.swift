/// Waits for what happens on another thread without an event to await: true as soon as the condition holds, false when
/// it still does not after ten seconds.
package func eventually(_ condition: () throws -> Bool) async rethrows -> Bool {
    let limit = ContinuousClock.now + .seconds(10)
    while ContinuousClock.now < limit {
        if try condition() { return true }
        try? await Task.sleep(for: .milliseconds(1))
    }
    return try condition()
}
