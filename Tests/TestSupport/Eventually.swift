/// Waits for what happens on another thread without an event to await: true as soon as the condition holds, false when
/// it still does not after a minute and two thousand looks. The looks are counted because on a busy machine this task
/// may sleep through the minute.
package func eventually(_ condition: () throws -> Bool) async rethrows -> Bool {
    let limit = ContinuousClock.now + .seconds(60)
    var looks = 0
    while looks < 2000 || ContinuousClock.now < limit {
        if try condition() { return true }
        looks += 1
        try? await Task.sleep(for: .milliseconds(1))
    }
    return try condition()
}
