/// A count cut into tasks of equal runs.
struct Runs {
    private let count: Int
    private let each: Int
    let tasks: Int

    /// - Parameter each: things in a task, at least 1; the last task may have fewer.
    init(count: Int, each: Int) {
        self.count = count
        self.each = max(1, each)
        tasks = (count + self.each - 1) / self.each
    }

    subscript(task: Int) -> Range<Int> { task * each..<min(count, (task + 1) * each) }
}
