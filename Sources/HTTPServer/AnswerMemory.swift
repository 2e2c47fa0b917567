package import HTTPWire

/// Memory of a small answer that has been sent, for the next one: in the steady state an answer allocates none.
package struct AnswerMemory: Sendable {
    /// Larger memory is given back.
    private static let most = 4096

    private var lines = FieldLines()
    private var body: [UInt8] = []

    package init() {}

    /// Empty, of a capacity where some was left.
    package mutating func takeLines() -> FieldLines {
        var taken = FieldLines()
        swap(&taken, &lines)
        return taken
    }

    /// Empty, of a capacity where some was left.
    package mutating func takeBody() -> [UInt8] {
        var taken: [UInt8] = []
        swap(&taken, &body)
        return taken
    }

    /// Takes what an answer leaves behind.
    mutating func keep(_ response: inout Response) {
        if 1...Self.most ~= response.body.capacity {
            swap(&body, &response.body)
            body.removeAll(keepingCapacity: true)
        }
        if 1...Self.most ~= response.lines.capacity {
            swap(&lines, &response.lines)
            lines.removeAll()
        }
    }
}
