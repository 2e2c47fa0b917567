import ArgumentParser
import ConvolutionEngine
import Glibc
import Logging
import ModelStore
import Testing

@testable import convserve

@Suite struct ModelOptionsTests {
    @Test func theFolderIsOpenedAndTheLimitKept() throws {
        let path = "/tmp/convserve-models-\(getpid())-\(UInt32.random(in: 0 ... .max))"
        defer { rmdir(path) }
        let options = try ModelOptions.parse(["--models", path, "--models-memory", "1KiB"])
        let store = try options.store(engine: Engine(), plan: .standard, Logger(label: "test"))
        #expect(store.list.isEmpty)
        #expect(access(path, F_OK) == 0)
        let numbers = "[" + Array(repeating: "1", count: 300).joined(separator: ",") + "]"
        let json = #"{"input_shape":[300],"layers":[{"type":"linear","weight":[\#(numbers)]}]}"#
        #expect(throws: ModelError.memory(needed: 1200, limit: 1024)) {
            try store.put(ModelName("a"), ModelSource(json: Array(json.utf8)))
        }
    }

    @Test func aFolderThatIsNoneEndsTheStart() throws {
        let options = try ModelOptions.parse(["--models", "/dev/null"])
        #expect(throws: (any Error).self) {
            try options.store(engine: Engine(), plan: .standard, Logger(label: "test"))
        }
    }

    @Test func withoutAFolderModelsLiveInMemory() throws {
        let store = try ModelOptions.parse([]).store(engine: Engine(), plan: .standard, Logger(label: "test"))
        let json = #"{"input_shape":[1],"layers":[{"type":"relu"}]}"#
        _ = try store.put(ModelName("a"), ModelSource(json: Array(json.utf8)))
        #expect(store.list.map(\.state) == [.ready])
    }
}
