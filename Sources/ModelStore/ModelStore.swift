package import ConvolutionEngine
import Synchronization

/// All models by name: in memory, or with a folder that keeps them. Start reading here.
///
/// Looking one up is quick and may be done on an event loop; whatever reads weights or files is not, and says so.
package final class ModelStore: Sendable {
    /// What may be kept, each number with its reason.
    package struct Limits: Sendable {
        /// Octets of weights, packed and not, of all models together. What is kept in a folder leaves memory for others.
        package var bytes = 4 << 30
        /// Models, those not in memory included: each has a description in memory.
        package var models = 1024
        /// What a model's plan may ask for.
        package var plan = PlanLimits.standard

        package init() {}
    }

    /// Told of each change that the store finds in its folder by itself: a model is there, or why it cannot be used, or, with
    /// neither, that it has gone.
    package typealias Listener = @Sendable (ModelName, ModelSummary?, ModelError?) -> Void

    let engine: Engine
    let limits: Limits
    /// `nil`: models live as long as the process.
    let folder: ModelFolder?
    let listener: Listener
    let entries = Mutex<[ModelName: Entry]>([:])
    /// Held while models come and go, so that the folder and the table agree.
    let changing = Mutex(())
    private let uses = Atomic<Int>(0)
    private let watch = Mutex<FolderWatch?>(nil)

    package init(
        engine: Engine,
        limits: Limits = Limits(),
        folder: ModelFolder? = nil,
        listener: @escaping Listener = { _, _, _ in }
    ) {
        self.engine = engine
        self.limits = limits
        self.folder = folder
        self.listener = listener
    }

    /// One name in the table.
    struct Entry: Sendable {
        /// `nil` where no version of it could ever be used.
        var summary: ModelSummary?
        /// `nil` while it is not in memory.
        var model: Model?
        /// The files that it was read from; `nil` without a folder.
        var signature: ModelFolder.Signature?
        /// Why the newest version in the folder cannot be used.
        var error: ModelError?
        /// The files that cannot be used.
        var failed: ModelFolder.Signature?
        /// The higher, the later.
        var lastUse = 0
    }

    func use() -> Int { uses.add(1, ordering: .relaxed).newValue }

    /// Reads the folder and follows its changes from then on. Reads all weights once.
    package func open() throws(ModelError) {
        guard let folder else { return }
        let watch = try FolderWatch(path: folder.path) { [weak self] in self?.rescan() }
        self.watch.withLock { $0 = watch }
        try scan(folder, watch)
    }

    private func rescan() {
        guard let folder else { return }
        // A folder that cannot be listed now, for want of descriptors or of itself, leaves everything as it is.
        try? scan(folder, watch.withLock { $0 })
    }
}

// MARK: - Looking up

extension ModelStore {
    /// What the lists say of a model.
    package struct Status: Sendable {
        package enum State: String, Sendable, CaseIterable {
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
        let use = use()
        let found: Result<Model?, ModelError> = entries.withLock { entries in
            guard let entry = entries[name] else { return .failure(.notFound(name)) }
            entries[name]?.lastUse = use
            if entry.model == nil, entry.summary == nil { return .failure(entry.error ?? .notFound(name)) }
            return .success(entry.model)
        }
        return try found.get()
    }

    /// The plan of a model for an input, as `Model.plan` makes it; memory that this takes is taken from models used less lately.
    package func plan(_ model: Model, input: Shape, outputs: [String]) throws(ModelError) -> Plan {
        let isNew = !model.hasPlan(input: input, outputs: outputs)
        let plan = try model.plan(input: input, outputs: outputs)
        if isNew {
            changing.withLock { _ in
                guard evict(toHold: 0, beside: model.summary.name) > limits.bytes else { return }
                model.dropPlans()
            }
        }
        return plan
    }
}
