/// Cuts planes into tasks of about equal size: several small planes, or a strip of rows of a large one.
struct RowStrips {
    /// Outputs in a strip of a plane: some 5 to 10 µs of work.
    private static let outputs = 32 << 10
    /// Outputs in several planes, which have no rows between them that two strips read.
    private static let outputsOfPlanes = 4 << 10

    private let planes: Int
    private let rows: Int
    private let planesPerTask: Int
    private let rowsPerTask: Int
    private let stripsPerPlane: Int
    let count: Int

    /// - Parameter together: the number of a task's planes is a multiple of this.
    init(planes: Int, rows: Int, width: Int, together: Int = 1) {
        self.planes = planes
        self.rows = rows
        planesPerTask = max(1, RowStrips.outputsOfPlanes / max(1, rows * width) / together) * together
        let isWhole = planesPerTask > 1 || rows <= RowStrips.outputs / max(1, width)
        // A multiple of 28 leaves whole blocks of rows to the kernels, which take seven or four at a time.
        rowsPerTask = isWhole ? rows : max(7, RowStrips.outputs / max(1, width) / 28 * 28)
        stripsPerPlane = max(1, (rows + rowsPerTask - 1) / max(1, rowsPerTask))
        count = (planes + planesPerTask - 1) / planesPerTask * stripsPerPlane
    }

    /// As many rows as any task has.
    var longest: Range<Int> { 0..<min(rows, rowsPerTask) }

    /// The planes of a task and the rows to write in each.
    func part(_ task: Int) -> (planes: Range<Int>, rows: Range<Int>) {
        let first = task / stripsPerPlane * planesPerTask, strip = task % stripsPerPlane
        let range = strip * rowsPerTask..<min(rows, (strip + 1) * rowsPerTask)
        return (first..<min(planes, first + planesPerTask), range)
    }

    /// The same, plane by plane.
    subscript(task: Int) -> some Sequence<(plane: Int, rows: Range<Int>)> {
        let (planes, rows) = part(task)
        return planes.lazy.map { (plane: $0, rows: rows) }
    }
}
