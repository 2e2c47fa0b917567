import ConvolutionEngine

/// The plans of a model that were used last.
struct PlanCache: Sendable {
    struct Key: Hashable, Sendable {
        let input: Shape
        let outputs: [String]
    }

    /// A client sends one or two sizes of batch; each plan holds packed weights of its own.
    private static let most = 4

    /// The one used last comes last.
    private var entries: [(key: Key, plan: Plan)]

    init(_ key: Key, _ plan: Plan) { entries = [(key, plan)] }

    subscript(key: Key) -> Plan? {
        mutating get {
            guard let index = entries.lastIndex(where: { $0.key == key }) else { return nil }
            if index < entries.count - 1 { entries.append(entries.remove(at: index)) }
            return entries[entries.count - 1].plan
        }
    }

    mutating func insert(_ key: Key, _ plan: Plan) {
        if entries.count >= PlanCache.most { entries.removeFirst() }
        entries.append((key, plan))
    }

    mutating func keepOne() { entries.removeFirst(entries.count - 1) }

    /// Of the packed weights; saturates.
    var bytes: Int {
        entries.reduce(0) { total, entry in
            let (sum, overflow) = total.addingReportingOverflow(entry.plan.packedBytes)
            return overflow ? .max : sum
        }
    }
}
