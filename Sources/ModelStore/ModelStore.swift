package import ConvolutionEngine
import Synchronization

/// All models by name: in memory, or with a folder that keeps them. Start reading here.
///
/// Looking one up is quick and may be done on an event loop; whatever reads weights or files is not, and says so.
package final class ModelStore: Sendable {
    /// What may be kept, each number with its reason.
    package struct Limits: Sendable {
        /// Octets of weights, packed and not, of all models together.
        package var bytes = 4 << 30
        /// Models, those not in memory included: each has a description in memory.
        package var models = 1024
        /// What a model's plan may ask for.
        package var plan = PlanLimits.standard

        package init() {}
    }

    let engine: Engine
    let limits: Limits
    let entries = Mutex<[ModelName: Entry]>([:])
    /// Held while models come and go, so that the folder and the table agree.
    let changing = Mutex(())
    private let uses = Atomic<Int>(0)

    package init(engine: Engine, limits: Limits = Limits()) {
        self.engine = engine
        self.limits = limits
    }

    /// One name in the table.
    struct Entry: Sendable {
        /// `nil` where no version of it could ever be used.
        var summary: ModelSummary?
        /// `nil` while it is not in memory.
        var model: Model?
        /// Why the newest version in the folder cannot be used.
        var error: ModelError?
        /// The higher, the later.
        var lastUse = 0
    }
}

// MARK: - Looking up

extension ModelStore {
    /// What the lists say of a model.
    package struct Status: Sendable {
        package enum State: String, Sendable {
            /// In memory.
            case ready
            /// In the folder; the next request reads it.
            case unloaded
            /// No version of it can be used.
            case failed
        }

        package let name: ModelName
        package let state: State
        package let summary: ModelSummary?
        /// Octets of memory now.
        package let bytes: Int
        /// Why the newest version in the folder is not the one that is used.
        package let error: ModelError?

        init(_ name: ModelName, _ entry: Entry) {
            self.name = name
            summary = entry.summary
            state = entry.model != nil ? .ready : entry.summary != nil ? .unloaded : .failed
            bytes = entry.model?.bytes ?? 0
            error = entry.error
        }
    }

    /// All models by name.
    package var list: [Status] {
        entries.withLock { $0.map { Status($0.key, $0.value) } }.sorted { $0.name < $1.name }
    }

    package func status(_ name: ModelName) -> Status? {
        entries.withLock { $0[name].map { Status(name, $0) } }
    }

    /// The model, if it is in memory; `nil` where `load` must read it. Throws where there is none that can be used.
    package func model(_ name: ModelName) throws(ModelError) -> Model? {
        let use = uses.add(1, ordering: .relaxed).newValue
        let found: Result<Model?, ModelError> = entries.withLock { entries in
            guard let entry = entries[name] else { return .failure(.notFound(name)) }
            entries[name]?.lastUse = use
            if entry.model == nil, entry.summary == nil { return .failure(entry.error ?? .notFound(name)) }
            return .success(entry.model)
        }
        return try found.get()
    }
}

// MARK: - Coming and going

extension ModelStore {
    /// What must be so of the model that there is before it is replaced or removed (RFC 9110 section 13.1).
    package enum Precondition: Sendable {
        case none
        /// There is one, with one of these tags.
        case matches([String])
        /// There is one.
        case exists
        /// There is none.
        case isNew
        /// There is none with one of these tags.
        case differs([String])

        func check(_ current: String?) throws(ModelError) {
            let holds =
                switch self {
                case .none: true
                case .matches(let tags): current.map(tags.contains) ?? false
                case .exists: current != nil
                case .isNew: current == nil
                case .differs(let tags): !(current.map(tags.contains) ?? false)
                }
            if !holds { throw .precondition(current: current) }
        }
    }

    /// Checks, packs and keeps a model, in place of the one of the same name; requests under way go on with that one. Reads all
    /// weights.
    package func put(
        _ name: ModelName,
        _ source: ModelSource,
        if precondition: Precondition = .none
    ) throws(ModelError) -> (model: Model, isNew: Bool) {
        try precondition.check(tag(name))
        let model = try Model(name: name, source: source, engine: engine, limits: limits.plan)
        return try changing.withLock { _ throws(ModelError) in
            // It may have changed while this one was read.
            try precondition.check(tag(name))
            try makeRoom(for: model)
            let previous = entries.withLock { entries in
                entries.updateValue(Entry(summary: model.summary, model: model, lastUse: use()), forKey: name)
            }
            return (model, previous?.summary == nil)
        }
    }

    /// The model, read from its folder where it is not in memory.
    package func load(_ name: ModelName) throws(ModelError) -> Model {
        guard let model = try model(name) else { throw .notFound(name) }
        return model
    }

    package func remove(_ name: ModelName, if precondition: Precondition = .none) throws(ModelError) {
        try changing.withLock { _ throws(ModelError) in
            guard entries.withLock({ $0[name] != nil }) else { throw .notFound(name) }
            try precondition.check(tag(name))
            // The weights are let go of outside the lock.
            let removed = entries.withLock { $0.removeValue(forKey: name) }
            withExtendedLifetime(removed) {}
        }
    }

    private func tag(_ name: ModelName) -> String? { entries.withLock { $0[name]?.summary?.tag } }

    private func use() -> Int { uses.add(1, ordering: .relaxed).newValue }

    /// Throws where the model and all others take more than they may.
    private func makeRoom(for model: Model) throws(ModelError) {
        let (others, count) = entries.withLock { entries in
            let others = entries.filter { $0.key != model.summary.name }
            return (others.values.compactMap(\.model), others.count)
        }
        guard count < limits.models else { throw .tooMany(limit: limits.models) }
        let needed = others.reduce(model.bytes) { total, other in
            let (sum, overflow) = total.addingReportingOverflow(other.bytes)
            return overflow ? .max : sum
        }
        guard needed <= limits.bytes else { throw .memory(needed: needed, limit: limits.bytes) }
    }
}
