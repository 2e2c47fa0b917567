import ArgumentParser
import Glibc
import ModelStore
import ONNXImport

struct Import: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Turn an ONNX model into a folder that the server can serve.",
        discussion: """
            Writes model.json and weights.safetensors, or nothing. Exits with 1 and says which nodes are to blame when the \
            model has operators that no layer computes.
            """
    )

    private static let shapeSetting = Setting(
        "CONVSERVE_INPUT_SHAPE",
        standard: InputShape(nil),
        valueName: "extents",
        "The input's extents with commas between, such as any,3,224,224; needed where the model leaves more free than the batch."
    )

    @Argument(help: "The model: an ONNX file.", completion: .file(extensions: ["onnx"])) var model: String
    @Argument(
        help: "The folder to write. It must not be there yet, or be empty, unless --replace is given.",
        completion: .directory
    )
    var folder: String
    @Option(help: shapeSetting.help) var inputShape: InputShape?
    @Flag(
        help:
            "Put the model in place of the folder that is there, in one step; a server that reads it goes on with either."
    )
    var replace = false

    func run() throws {
        let shape = try Self.shapeSetting.value(inputShape).extents
        let file = ONNXFile(path: model)
        let octets = try orComplaint(model) { () throws(FolderError) in try file.read() }
        let imported: ImportedModel
        do throws(ImportError) {
            imported = try ImportedModel(onnx: octets, inputShape: shape, external: file.external)
        } catch {
            for line in error.lines { complain("\(model): \(line)") }
            throw ExitCode.failure
        }
        try orComplaint(folder) { () throws(FolderError) in
            try NewModelFolder(path: folder, replaces: replace).write(
                ModelSource(json: imported.description(), weights: imported.weights())
            )
        }
        print(imported.summary(folder: folder))
    }

    /// What `body` gives, or one line on standard error about the file or folder of this path.
    private func orComplaint<Result>(
        _ path: String,
        _ body: () throws(FolderError) -> Result
    ) throws(ExitCode) -> Result {
        do throws(FolderError) {
            return try body()
        } catch {
            complain("\(path): \(error)")
            throw ExitCode.failure
        }
    }
}

/// The extents of an input, of which the first may be any.
struct InputShape: SettingValue {
    static let expected = "extents with commas between, such as any,3,224,224"
    /// `nil`: as the model says.
    let extents: [Int?]?

    init(_ extents: [Int?]?) { self.extents = extents }

    init?(argument: String) {
        var extents: [Int?] = []
        for part in argument.split(separator: ",", omittingEmptySubsequences: false) {
            if part == "any" {
                extents.append(nil)
            } else if let extent = Int(part), extent >= 1 {
                extents.append(extent)
            } else {
                return nil
            }
        }
        self.extents = extents
    }

    var typed: String {
        extents.map { $0.map { $0.map(String.init) ?? "any" }.joined(separator: ",") } ?? "the model's"
    }
}

extension ImportedModel {
    fileprivate func summary(folder: String) -> String {
        let shape = InputShape(inputShape).typed
        let results = outputs.map { "\"\($0)\"" }.joined(separator: ", ")
        return
            "\(folder): \(layers.count) layers with \(parameters) parameters, from \"\(inputName)\" [\(shape)] to \(results)"
    }
}
