import Glibc

/// The folder that keeps models, each in one of its own: `NAME/model.json` and `NAME/weights.safetensors`.
///
/// A model is written aside, under a name that begins with a dot, and then put in its place by one rename, so that whoever
/// looks, now or after a crash, sees the old one whole or the new one whole.
package struct ModelFolder: Sendable {
    let path: String

    /// Octets of a file: what a body may have, and the files of the largest networks for pictures.
    static let largestFile = 4 << 30
    static let description = "model.json"
    static let weights = "weights.safetensors"

    /// Names aside. None is a model's name, since those do not begin with a dot.
    private enum Aside {
        static let new = ".convserve-new-"
        /// Of a model on its way out while a new one comes in; it goes back where the new one did not arrive.
        static let old = ".convserve-old-"
        /// Of a removed model.
        static let gone = ".convserve-gone-"
    }

    /// Makes the folder where there is none, and clears up what a crash has left.
    package init(path: String) throws(ModelError) {
        self.path = path
        // Where it fails, opening the folder says why.
        _ = mkdir(path, 0o777)
        try clearUp()
    }

    private func clearUp() throws(ModelError) {
        let folder = try Folder(path: path)
        let names = try folder.names()
        let leftovers = names.filter { name in [Aside.new, Aside.old, Aside.gone].contains { name.hasPrefix($0) } }
        guard !leftovers.isEmpty else { return }
        for name in leftovers where name.hasPrefix(Aside.old) {
            // Between two renames: the old one goes back to its place. With a new one there, it is of no use any more.
            let original = String(name.dropFirst(Aside.old.count))
            if !names.contains(original) { try folder.rename(name, to: original) }
        }
        for name in leftovers { try folder.remove(name) }
        try folder.synchronize()
    }
}

// MARK: - Reading

extension ModelFolder {
    /// What tells whether a model is the same as before: its two files.
    struct Signature: Hashable, Sendable {
        let description: Folder.Signature?
        let weights: Folder.Signature?
    }

    /// All models and what they are by now; of what cannot be opened, why.
    func list() throws(ModelError) -> [ModelName: Result<Signature, ModelError>] {
        let folder = try Folder(path: path)
        var models: [ModelName: Result<Signature, ModelError>] = [:]
        for name in try names() {
            do throws(ModelError) {
                models[name] = .success(ModelFolder.signature(try folder.folder(name.text)))
            } catch .notAFile(_, reason: .other) {
                // A file among the models, such as a README.
                continue
            } catch {
                models[name] = .failure(error)
            }
        }
        return models
    }

    /// All that could be a model's folder.
    func names() throws(ModelError) -> [ModelName] {
        try Folder(path: path).names().compactMap { try? ModelName($0) }
    }

    func signature(_ name: ModelName) throws(ModelError) -> Signature {
        ModelFolder.signature(try Folder(path: path).folder(name.text))
    }

    private static func signature(_ folder: borrowing Folder) -> Signature {
        Signature(description: folder.signature(description), weights: folder.signature(weights))
    }

    func read(_ name: ModelName) throws(ModelError) -> ModelSource {
        let folder = try Folder(path: path).folder(name.text)
        guard let json = try folder.read(ModelFolder.description, limit: ModelFolder.largestFile) else {
            throw .file("open", path: "\(folder.path)/\(ModelFolder.description)", code: ENOENT)
        }
        return ModelSource(json: json, weights: try folder.read(ModelFolder.weights, limit: ModelFolder.largestFile))
    }
}

// MARK: - Writing

extension ModelFolder {
    /// Puts a model in its place, whole and for good.
    func write(_ name: ModelName, _ source: ModelSource) throws(ModelError) {
        let folder = try Folder(path: path)
        let new = Aside.new + name.text
        try folder.remove(new)
        try folder.makeFolder(new)
        do throws(ModelError) {
            try folder.fill(new, with: source)
            try place(new, as: name.text, in: folder)
        } catch {
            try? folder.remove(new)
            throw error
        }
        try folder.synchronize()
        // What was there before has the name aside now.
        try folder.remove(new)
    }

    func remove(_ name: ModelName) throws(ModelError) {
        let folder = try Folder(path: path)
        let gone = Aside.gone + name.text
        try folder.remove(gone)
        guard folder.has(name.text) else { return }
        try folder.rename(name.text, to: gone)
        try folder.synchronize()
        try folder.remove(gone)
    }

    /// Swaps the two, or renames where there is nothing to swap with.
    private func place(_ new: String, as name: String, in folder: borrowing Folder) throws(ModelError) {
        guard folder.has(name) else { return try folder.rename(new, to: name) }
        if try folder.exchange(new, name) { return }
        // A file system that cannot swap: the old one steps aside first, and comes back at the next start if it must.
        let old = Aside.old + name
        try folder.remove(old)
        try folder.rename(name, to: old)
        try folder.rename(new, to: name)
        try folder.synchronize()
        try folder.remove(old)
    }
}
