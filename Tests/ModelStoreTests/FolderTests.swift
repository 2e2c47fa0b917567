import ConvolutionEngine
import Foundation
import ModelStore
import Synchronization
import TestSupport
import Testing

/// Models in a folder: what is there after a restart, what is seen without one, and what is never touched.
@Suite struct FolderTests {
    private static func linear(_ weight: Int) -> ModelSource {
        source(
            #"{"input_shape":[null,1],"layers":[{"type":"linear","weight":{"tensor":"w"}}]}"#,
            [("w", [1, 1], [Float(weight)])]
        )
    }

    private func store(
        _ folder: TemporaryFolder,
        limits: ModelStore.Limits = ModelStore.Limits(),
        listener: @escaping ModelStore.Listener = { _, _, _ in }
    ) throws -> ModelStore {
        let models = try ModelFolder(path: folder.path)
        let store = ModelStore(engine: Engine(), limits: limits, folder: models, listener: listener)
        try store.open()
        return store
    }

    private func answer(_ store: ModelStore, _ name: String) throws -> Float? {
        try store.load(ModelName(name)).output([1, 1], [1])?.elements.first
    }

    @Test func aModelIsThereAfterARestart() throws {
        let folder = try TemporaryFolder()
        let first = try store(folder)
        let name = try ModelName("a")
        let status = try first.put(name, Self.linear(3)).status
        _ = try first.put(ModelName("b"), Self.linear(4))
        try first.remove(ModelName("b"))
        #expect(try folder.names() == ["a"])
        #expect(try folder.names(in: "a") == ["model.json", "weights.safetensors"])
        let second = try store(folder)
        #expect(second.list.map(\.name) == [name])
        #expect(second.status(name)?.summary?.tag == status.summary?.tag)
        #expect(try answer(second, "a") == 3)
    }

    @Test func aReplacedModelIsReplacedOnTheDisk() throws {
        let folder = try TemporaryFolder()
        let first = try store(folder)
        for weight in 1...3 { _ = try first.put(ModelName("a"), Self.linear(weight)) }
        #expect(try folder.names() == ["a"])
        #expect(try answer(store(folder), "a") == 3)
    }

    @Test func whatACrashLeavesIsClearedUp() throws {
        let folder = try TemporaryFolder()
        try folder.add(Self.linear(1), as: "a")
        try folder.add(Self.linear(2), as: ".convserve-new-a")
        try folder.add(Self.linear(3), as: ".convserve-old-a")
        try folder.add(Self.linear(4), as: ".convserve-gone-b")
        // The new one had not arrived yet.
        try folder.add(Self.linear(5), as: ".convserve-old-c")
        try folder.add(Self.linear(6), as: ".mine")
        let store = try store(folder)
        #expect(store.list.map(\.name.text) == ["a", "c"])
        #expect(try answer(store, "a") == 1)
        #expect(try answer(store, "c") == 5)
        #expect(try folder.names() == [".mine", "a", "c"])
    }

    @Test func whatIsPutThereByHandIsSeen() async throws {
        let folder = try TemporaryFolder()
        let seen = Mutex<[String]>([])
        let store = try store(folder) { name, summary, error in
            seen.withLock { $0.append("\(name) \(summary != nil ? "used" : error != nil ? "broken" : "gone")") }
        }
        try folder.add(Self.linear(7), as: "new")
        #expect(try await eventually { store.status(try ModelName("new"))?.state == .ready })
        #expect(try answer(store, "new") == 7)
        try folder.add(Self.linear(8), as: "new")
        #expect(try await eventually { try answer(store, "new") == 8 })
        // Broken: the old one stays, and it is said why.
        try folder.write("new/weights.safetensors", [1, 2, 3])
        #expect(try await eventually { store.status(try ModelName("new"))?.error != nil })
        #expect(try answer(store, "new") == 8)
        #expect(store.status(try ModelName("new"))?.state == .ready)
        try folder.add(Self.linear(9), as: "new")
        #expect(try await eventually { store.status(try ModelName("new"))?.error == nil })
        #expect(try answer(store, "new") == 9)
        try folder.remove("new")
        #expect(try await eventually { store.status(try ModelName("new")) == nil })
        // A first look may fall between the two files of a folder that is being written.
        #expect(seen.withLock { $0 }.contains("new used"))
        #expect(seen.withLock { $0 }.last == "new gone")
    }

    @Test func aFolderThatWasNeverWholeIsReportedAsFailed() throws {
        let folder = try TemporaryFolder()
        try folder.write("a/weights.safetensors", [])
        try folder.write("README", [65])
        let store = try store(folder)
        #expect(store.list.map(\.state) == [.failed])
        #expect(throws: ModelError.self) { try store.load(ModelName("a")) }
        _ = try store.put(ModelName("a"), Self.linear(1))
        #expect(store.list.map(\.state) == [.ready])
    }

    @Test func linksAreNotFollowed() throws {
        let outside = try TemporaryFolder(), folder = try TemporaryFolder()
        try outside.add(Self.linear(1), as: "there")
        try folder.link("folder", to: outside.path + "/there")
        try folder.add(Self.linear(2), as: "file")
        try folder.remove("file/weights.safetensors")
        try folder.link("file/weights.safetensors", to: outside.path + "/there/weights.safetensors")
        let store = try store(folder)
        #expect(store.list.map(\.state) == [.failed, .failed])
        for status in store.list {
            guard case .notAFile(_, .link)? = status.error else {
                Issue.record("\(status)")
                continue
            }
        }
        // What stands in the way is removed itself.
        for name in ["folder", "file"] {
            _ = try store.put(ModelName(name), Self.linear(3))
            try store.remove(ModelName(name))
        }
        #expect(try outside.names(in: "there") == ["model.json", "weights.safetensors"])
        #expect(try folder.names() == [])
    }

    @Test func anUnloadedModelComesBackWhenItIsAskedFor() throws {
        let folder = try TemporaryFolder()
        let store = try store(folder)
        let name = try ModelName("a")
        _ = try store.put(name, Self.linear(5))
        try store.unload(name)
        #expect(store.status(name)?.state == .unloaded)
        #expect(store.status(name)?.bytes == 0)
        #expect(try answer(store, "a") == 5)
        #expect(store.status(name)?.state == .ready)
        let memory = ModelStore(engine: Engine())
        _ = try memory.put(name, Self.linear(5))
        #expect(throws: ModelError.inMemory(name)) { try memory.unload(name) }
        #expect(throws: ModelError.notFound(try ModelName("b"))) { try memory.unload(ModelName("b")) }
    }

    @Test func whatCannotBeWrittenLeavesTheOldOne() throws {
        let folder = try TemporaryFolder()
        let store = try store(folder)
        let name = try ModelName("a")
        _ = try store.put(name, Self.linear(5))
        // A name aside that cannot be taken.
        try folder.write(".convserve-new-a/deep/" + Array(repeating: "d", count: 20).joined(separator: "/") + "/f", [1])
        #expect(throws: ModelError.self) { try store.put(name, Self.linear(6)) }
        #expect(try answer(store, "a") == 5)
        #expect(try folder.names(in: "a") == ["model.json", "weights.safetensors"])
    }

    @Test func theLeastLatelyUsedLeaveMemoryAndComeBack() throws {
        let folder = try TemporaryFolder()
        var limits = ModelStore.Limits()
        limits.bytes = 8
        let store = try store(folder, limits: limits)
        for (name, weight) in [("a", 1), ("b", 2)] { _ = try store.put(ModelName(name), Self.linear(weight)) }
        #expect(try answer(store, "a") == 1)
        _ = try store.put(ModelName("c"), Self.linear(3))
        #expect(store.list.map(\.state) == [.ready, .unloaded, .ready])
        #expect(try answer(store, "b") == 2)
        #expect(store.list.map(\.state) == [.unloaded, .ready, .ready])
        #expect(store.list.reduce(0) { $0 + $1.bytes } <= 8)
        let large = source(
            #"{"input_shape":[3],"layers":[{"type":"linear","weight":{"tensor":"w"}}]}"#,
            [("w", [1, 3], [1, 2, 3])]
        )
        #expect(throws: ModelError.memory(needed: 12, limit: 8)) { try store.put(ModelName("d"), large) }
        #expect(store.list.map(\.state) == [.unloaded, .ready, .ready])
        #expect(try folder.names() == ["a", "b", "c"])
    }
}
