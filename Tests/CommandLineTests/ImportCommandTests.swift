import ArgumentParser
import Glibc
import ONNXImport
import ONNXWriting
import Testing

@testable import convserve

/// `import` on a disk: what is written, what is not, and what is never read.
@Suite struct ImportCommandTests {
    /// An empty folder of the test's own.
    private final class Scratch {
        let path: String

        init() throws {
            var template = Array("/tmp/convserve-import-XXXXXX".utf8CString)
            _ = try #require(mkdtemp(&template))
            path = template.withUnsafeBufferPointer { pointer in
                pointer.baseAddress.map { String(cString: $0) } ?? ""
            }
        }

        deinit { remove(path) }

        func write(_ name: String, _ octets: [UInt8]) throws {
            let file = try #require(fopen("\(path)/\(name)", "w"))
            fwrite(octets, 1, octets.count, file)
            fclose(file)
        }

        func names(in folder: String = "") -> [String] { entries("\(path)/\(folder)") }

        private func entries(_ path: String) -> [String] {
            guard let stream = opendir(path) else { return [] }
            defer { closedir(stream) }
            var names: [String] = []
            while let entry = readdir(stream) {
                let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                    pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                }
                if name != ".", name != ".." { names.append(name) }
            }
            return names.sorted()
        }

        private func remove(_ path: String) {
            for name in entries(path) where unlink("\(path)/\(name)") != 0 { remove("\(path)/\(name)") }
            rmdir(path)
        }
    }

    private func model(weightIn entries: [String: String]? = nil) -> [UInt8] {
        var graph = ONNXGraph(input: 0, 1, 3, 3)
        if let entries {
            graph.external("w", [1, 1, 2, 2], entries)
        } else {
            graph.constant("w", [1, 1, 2, 2], [1, 2, 3, 4])
        }
        graph.add("Conv", ["x", "w"], to: ["y"])
        graph.outputs = ["y"]
        return graph.file
    }

    private func runImport(_ scratch: Scratch, _ model: String, _ folder: String, _ options: String...) throws {
        try Import.parse(["\(scratch.path)/\(model)", "\(scratch.path)/\(folder)"] + options).run()
    }

    @Test func aModelIsReplacedWhereThatIsAskedForAndNothingElseIs() throws {
        let scratch = try Scratch()
        try scratch.write("m.onnx", model())
        try runImport(scratch, "m.onnx", "net", "--replace")
        try scratch.write("net/old", [1])
        try runImport(scratch, "m.onnx", "net", "--replace")
        #expect(scratch.names() == ["m.onnx", "net"])
        #expect(scratch.names(in: "net") == ["model.json", "weights.safetensors"])
        #expect(mkdir("\(scratch.path)/mine", 0o700) == 0)
        try scratch.write("mine/letter", [1])
        #expect(throws: ExitCode.failure) { try runImport(scratch, "m.onnx", "mine", "--replace") }
        #expect(scratch.names(in: "mine") == ["letter"])
        #expect(scratch.names() == ["m.onnx", "mine", "net"])
    }

    @Test func aModelBecomesAFolderOfTwoFilesAndNothingElse() throws {
        let scratch = try Scratch()
        try scratch.write("m.onnx", model())
        try runImport(scratch, "m.onnx", "net/")
        #expect(scratch.names() == ["m.onnx", "net"])
        #expect(scratch.names(in: "net") == ["model.json", "weights.safetensors"])
        // A folder that holds something is never touched.
        #expect(throws: ExitCode.failure) { try runImport(scratch, "m.onnx", "net") }
        #expect(throws: ExitCode.failure) { try runImport(scratch, "m.onnx", "m.onnx") }
        #expect(scratch.names() == ["m.onnx", "net"])
    }

    @Test func whatCannotBeImportedLeavesNothing() throws {
        let scratch = try Scratch()
        try scratch.write("short.onnx", Array(model().dropLast(9)))
        try scratch.write("none.onnx", [])
        for name in ["short.onnx", "none.onnx", "missing.onnx", "."] {
            #expect(throws: ExitCode.failure) { try runImport(scratch, name, "net") }
        }
        try scratch.write("m.onnx", model())
        #expect(throws: ExitCode.failure) { try runImport(scratch, "m.onnx", "no/such/net") }
        #expect(scratch.names() == ["m.onnx", "none.onnx", "short.onnx"])
    }

    @Test func weightsAreReadFromTheModelsFolderAlone() throws {
        let scratch = try Scratch()
        try #require(mkdir("\(scratch.path)/models", 0o777) == 0)
        let weights = [UInt8](repeating: 0, count: 24)
        try scratch.write("secret", weights)
        try scratch.write("models/beside", weights)
        try #require(symlink("../secret", "\(scratch.path)/models/link") == 0)
        for (location, offset, isAllowed) in [
            ("beside", "8", true), ("./beside", "0", true), ("../secret", "0", false), ("link", "0", false),
            ("\(scratch.path)/secret", "0", false), ("x/../../secret", "0", false), ("beside", "12", false),
            ("beside", "9223372036854775807", false), ("", "0", false), (".", "0", false), ("missing", "0", false),
        ] {
            try scratch.write("models/m.onnx", model(weightIn: ["location": location, "offset": offset]))
            if isAllowed {
                try runImport(scratch, "models/m.onnx", "net-\(offset)")
            } else {
                #expect(throws: ExitCode.failure, "\(location)") { try runImport(scratch, "models/m.onnx", "net") }
            }
        }
        #expect(scratch.names() == ["models", "net-0", "net-8", "secret"])
    }

    @Test func everyNodeAtFaultGetsALineThatNamesIt() {
        let error = ImportError.nodes([
            NodeFault(node: "a", operation: "Einsum", problem: .unknownOperator),
            NodeFault(node: "b", operation: "Conv", problem: .tensor("w", .external(.outside("../w")))),
        ])
        #expect(
            error.lines == [
                "node \"a\" (Einsum): no layer does what this operator does",
                "node \"b\" (Conv): \"w\" is in the file \"../w\", which is not in the model's own folder",
            ]
        )
    }

    @Test(arguments: [("any,3,224,224", [nil, 3, 224, 224]), ("1,2", [1, 2]), ("7", [7])])
    func extentsAreReadAndWrittenAlike(text: String, extents: [Int?]) {
        #expect(InputShape(argument: text)?.extents == extents)
        #expect(InputShape(extents).typed == text)
    }

    @Test(arguments: ["", "1,,2", "0", "-1", "1x2", "any,", " 1"])
    func whatIsNoExtentsIsRefused(text: String) {
        #expect(InputShape(argument: text) == nil)
    }
}
