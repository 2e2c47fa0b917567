import ConvolutionEngine
import Synchronization

// Models come and go: by requests, and by files. Each change is one step in the table; requests under way go on with the model
// that they began with.

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

    /// Checks, packs and keeps a model, in place of the one of the same name. Reads all weights and writes files.
    package func put(
        _ name: ModelName,
        _ source: ModelSource,
        if precondition: Precondition = .none
    ) throws(ModelError) -> (status: Status, isNew: Bool) {
        try precondition.check(tag(name))
        let model = try Model(name: name, source: source, engine: engine, limits: limits.plan)
        return try changing.withLock { _ throws(ModelError) in
            // It may have changed while this one was read.
            try precondition.check(tag(name))
            try makeRoom(for: model)
            try folder?.write(name, source)
            let entry = Entry(
                summary: model.summary,
                model: model,
                signature: try folder?.signature(name),
                lastUse: use()
            )
            let previous = entries.withLock { $0.updateValue(entry, forKey: name) }
            return (Status(name, entry), previous?.summary == nil)
        }
    }

    /// The model, read from its folder where it is not in memory.
    package func load(_ name: ModelName) throws(ModelError) -> Model {
        if let model = try model(name) { return model }
        return try changing.withLock { _ throws(ModelError) in
            // Another request may have been quicker.
            if let model = try model(name) { return model }
            guard let folder else { throw .notFound(name) }
            let (model, signature) = try read(name, folder)
            try makeRoom(for: model)
            let entry = Entry(summary: model.summary, model: model, signature: signature, lastUse: use())
            entries.withLock { $0[name] = entry }
            return model
        }
    }

    /// Lets a model leave memory; the next request for it reads it again.
    package func unload(_ name: ModelName) throws(ModelError) {
        let left: Result<Model?, ModelError> = entries.withLock { entries in
            guard let entry = entries[name] else { return .failure(.notFound(name)) }
            guard entry.signature != nil || entry.model == nil else { return .failure(.inMemory(name)) }
            entries[name]?.model = nil
            return .success(entry.model)
        }
        // The weights are let go of outside the lock.
        _ = try left.get()
    }

    package func remove(_ name: ModelName, if precondition: Precondition = .none) throws(ModelError) {
        try changing.withLock { _ throws(ModelError) in
            guard entries.withLock({ $0[name] != nil }) else { throw .notFound(name) }
            try precondition.check(tag(name))
            try folder?.remove(name)
            drop(name)
        }
    }

    /// Brings the table up to the folder.
    func scan(_ folder: ModelFolder, _ watch: FolderWatch?) throws(ModelError) {
        try changing.withLock { _ throws(ModelError) in
            // Watched before they are looked at, so that nothing happens in between.
            for name in try folder.names() { watch?.watch(name.text) }
            let found = try folder.list()
            for name in entries.withLock({ Array($0.keys) }) where found[name] == nil {
                drop(name)
                listener(name, nil, nil)
            }
            for (name, signature) in found.sorted(by: { $0.key < $1.key }) { update(name, signature, folder) }
        }
    }

    private func update(_ name: ModelName, _ found: Result<ModelFolder.Signature, ModelError>, _ folder: ModelFolder) {
        let entry = entries.withLock { $0[name] }
        var signature: ModelFolder.Signature?
        do throws(ModelError) {
            signature = try found.get()
            // The same as the one in use, or as the one that cannot be used.
            if let signature, signature == entry?.signature {
                entries.withLock { entries in
                    entries[name]?.error = nil
                    entries[name]?.failed = nil
                }
                return
            }
            if let signature, signature == entry?.failed { return }
            let (model, read) = try read(name, folder)
            try makeRoom(for: model)
            let entry = Entry(summary: model.summary, model: model, signature: read, lastUse: use())
            entries.withLock { $0[name] = entry }
            listener(name, model.summary, nil)
        } catch {
            let isNews = entry?.error != error
            var failing = entry ?? Entry()
            failing.error = error
            failing.failed = signature
            if entry == nil, entries.withLock({ $0.count }) >= limits.models { return }
            entries.withLock { $0[name] = failing }
            if isNews { listener(name, nil, error) }
        }
    }

    /// Reads and checks what is in the folder, and what files it was.
    private func read(
        _ name: ModelName,
        _ folder: ModelFolder
    ) throws(ModelError) -> (Model, ModelFolder.Signature) {
        let signature = try folder.signature(name)
        let source = try folder.read(name)
        return (try Model(name: name, source: source, engine: engine, limits: limits.plan), signature)
    }

    private func tag(_ name: ModelName) -> String? { entries.withLock { $0[name]?.summary?.tag } }

    private func drop(_ name: ModelName) {
        let removed = entries.withLock { $0.removeValue(forKey: name) }
        // The weights are let go of outside the lock.
        withExtendedLifetime(removed) {}
    }
}

// MARK: - Memory

extension ModelStore {
    /// Throws where the model and all that cannot leave memory take more than they may.
    private func makeRoom(for model: Model) throws(ModelError) {
        let name = model.summary.name
        let others = entries.withLock { $0.keys.lazy.filter { $0 != name }.count }
        guard others < limits.models else { throw .tooMany(limit: limits.models) }
        // The one that it replaces goes as well.
        let needed = evict(toHold: model.bytes, replacing: name)
        guard needed <= limits.bytes else { throw .memory(needed: needed, limit: limits.bytes) }
    }

    /// Lets models leave memory that are kept in the folder, the least lately used first, until the others and `bytes` more fit.
    /// Gives what is taken then.
    func evict(toHold bytes: Int, replacing replaced: ModelName? = nil, beside spared: ModelName? = nil) -> Int {
        let held = entries.withLock { $0 }.filter { $0.key != replaced && $0.value.model != nil }
        var total = held.values.reduce(bytes) { total, entry in
            let (sum, overflow) = total.addingReportingOverflow(entry.model?.bytes ?? 0)
            return overflow ? .max : sum
        }
        let candidates = held.filter { $0.key != spared && $0.value.signature != nil }
            .sorted { $0.value.lastUse < $1.value.lastUse }
        // In vain, they stay.
        let least = candidates.reduce(total) { $0 - ($1.value.model?.bytes ?? 0) }
        guard least <= limits.bytes else { return least }
        for (name, entry) in candidates where total > limits.bytes {
            total -= entry.model?.bytes ?? 0
            entries.withLock { $0[name]?.model = nil }
        }
        return total
    }
}
