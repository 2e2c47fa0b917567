import Foundation
import ModelStore

/// A folder of a test's own, gone when the test is.
final class TemporaryFolder {
    let path: String
    private let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "convserve-\(UUID().uuidString)")
        path = url.path(percentEncoded: false)
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func names(in name: String = "") throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path + "/" + name).sorted()
    }

    func write(_ name: String, _ octets: [UInt8]) throws {
        let file = url.appending(path: name)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(),
            withIntermediateDirectories: true
        )
        try Data(octets).write(to: file)
    }

    /// Puts a model there as a person would: the weights first.
    func add(_ source: ModelSource, as name: String) throws {
        if let weights = source.weights { try write("\(name)/weights.safetensors", weights) }
        try write("\(name)/model.json", source.json)
    }

    func remove(_ name: String) throws { try FileManager.default.removeItem(at: url.appending(path: name)) }

    /// Points a link elsewhere in one step.
    func swap(link name: String, to target: String) throws {
        try link(name + "_tmp", to: target)
        guard rename(path + "/" + name + "_tmp", path + "/" + name) == 0 else { throw CocoaError(.fileWriteUnknown) }
    }

    func link(_ name: String, to target: String) throws {
        try FileManager.default.createSymbolicLink(atPath: path + "/" + name, withDestinationPath: target)
    }
}
