import ArgumentParser
import CTextKernels
import ConvolutionEngine
import Synchronization
import TensorCoding

/// Writes every float32 there is as JSON, compares the text with that of the portable kernels, and reads it back: not a
/// measurement but a proof, of some minutes.
struct FloatsCheck: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "floats",
        abstract:
            "Write all 2^32 float32 values as JSON, compare with the portable kernels, and read them back, on all cores."
    )

    @Option(help: "Check one block of 65,536 values in so many.")
    var stride = 1

    func run() throws {
        guard stride > 0 else { throw ValidationError("the stride is at least 1") }
        let differences = Atomic(0)
        let blocks = 65_536 / stride
        // In portions, as a team takes no more tasks than that at once.
        for portion in Swift.stride(from: 0, to: blocks, by: 1024) {
            Team.shared.run(tasks: min(1024, blocks - portion)) { task in
                let block = UInt32((portion + task) * stride)
                differences.wrappingAdd(FloatsCheck.differences(block: block), ordering: .relaxed)
            }
        }
        let found = differences.load(ordering: .relaxed)
        print("\(blocks * 65_536) values, \(found) of which did not come back or were written differently")
        if found > 0 { throw ExitCode.failure }
    }

    /// How many of the values whose upper half is `block` do not come back bit for bit; a NaN must come back as one.
    private static func differences(block: UInt32) -> Int {
        guard let shape = Shape(checking: [65_536]) else { return 65_536 }
        let tensor = Tensor(shape: shape) { elements in
            for index in elements.indices { elements[index] = Float(bitPattern: block << 16 | UInt32(index)) }
        }
        var json = JSONWriter()
        json.tensor(tensor, encoding: .nested)
        guard isWrittenAlike(tensor) else { return 65_536 }
        guard let read = try? Tensor(json: json.bytes.span.bytes), read.shape == shape else { return 65_536 }
        var count = 0
        read.withElements { elements in
            for index in elements.indices where elements[index].bitPattern != block << 16 | UInt32(index) {
                count += elements[index].isNaN && Float(bitPattern: block << 16 | UInt32(index)).isNaN ? 0 : 1
            }
        }
        return count
    }

    /// Whether the kernels that are used write what the portable ones do, one number at a time.
    private static func isWrittenAlike(_ tensor: Tensor) -> Bool {
        guard let chosen = ct_kernels_named(TextKernels.chosen.name), let portable = ct_kernels_named("portable") else {
            return false
        }
        return tensor.withElements { elements in
            text(of: elements, by: chosen.pointee) == text(of: elements, by: portable.pointee)
        }
    }

    private static func text(of elements: UnsafeBufferPointer<Float>, by kernels: ct_kernels) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: (elements.count + 1) * Int(CT_NUMBER_ROOM)) { text, count in
            guard let start = elements.baseAddress, let end = text.baseAddress else { return }
            count = kernels.write_floats(start, elements.count, end)
        }
    }
}
