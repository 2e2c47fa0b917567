/// Writes small ONNX files for tests, sound or not.
package struct ONNXGraph {
    /// Extents of the graph's input: a number, or a name for a free one.
    package enum Extent {
        case known(Int)
        case free(String)
    }

    package var inputs: [(name: String, type: Int, extents: [Extent])] = []
    package var outputs: [String] = []
    package var nodes: [[UInt8]] = []
    package var initializers: [[UInt8]] = []
    package var opset: Int? = 17

    /// With one float32 input, "x", of these extents; 0 stands for a free batch.
    package init(input extents: Int...) {
        inputs = [("x", 1, extents.map { $0 == 0 ? .free("N") : .known($0) })]
    }

    package mutating func add(
        _ operation: String,
        _ inputs: [String],
        to outputs: [String],
        name: String = "",
        domain: String = "",
        _ attributes: Attribute...
    ) {
        var node = Message()
        for input in inputs { node.text(1, input) }
        for output in outputs { node.text(2, output) }
        node.text(3, name)
        node.text(4, operation)
        for attribute in attributes { node.message(5, attribute.message) }
        node.text(7, domain)
        nodes.append(node.octets)
    }

    /// A float32 tensor, its elements raw.
    package mutating func constant(_ name: String, _ extents: [Int], _ elements: [Float]) {
        var tensor = Message()
        for extent in extents { tensor.integer(1, extent) }
        tensor.integer(2, 1)
        tensor.text(8, name)
        tensor.octets(
            9,
            elements.flatMap { element in (0..<4).map { UInt8(truncatingIfNeeded: element.bitPattern >> (8 * $0)) } }
        )
        initializers.append(tensor.octets)
    }

    /// A list of int64 numbers.
    package mutating func integers(_ name: String, _ elements: [Int]) {
        var tensor = Message()
        tensor.integer(1, elements.count)
        tensor.integer(2, 7)
        for element in elements { tensor.integer(7, element) }
        tensor.text(8, name)
        initializers.append(tensor.octets)
    }

    /// A float32 tensor whose elements are in another file.
    package mutating func external(_ name: String, _ extents: [Int], _ entries: [String: String]) {
        var tensor = Message()
        for extent in extents { tensor.integer(1, extent) }
        tensor.integer(2, 1)
        tensor.text(8, name)
        for (key, value) in entries.sorted(by: { $0.key < $1.key }) {
            var entry = Message()
            entry.text(1, key)
            entry.text(2, value)
            tensor.message(13, entry)
        }
        tensor.integer(14, 1)
        initializers.append(tensor.octets)
    }

    /// The whole file.
    package var file: [UInt8] {
        var graph = Message()
        for node in nodes { graph.octets(1, node) }
        for tensor in initializers { graph.octets(5, tensor) }
        for input in inputs { graph.message(11, value(input.name, type: input.type, input.extents)) }
        for output in outputs { graph.message(12, value(output, type: 1, [])) }
        var model = Message()
        model.integer(1, 8)
        model.message(7, graph)
        if let opset {
            var version = Message()
            version.text(1, "")
            version.integer(2, opset)
            model.message(8, version)
        }
        return model.octets
    }

    private func value(_ name: String, type: Int, _ extents: [Extent]) -> Message {
        var shape = Message()
        for extent in extents {
            var dimension = Message()
            switch extent {
            case .known(let count): dimension.integer(1, count)
            case .free(let name): dimension.text(2, name)
            }
            shape.message(1, dimension)
        }
        var tensor = Message()
        tensor.integer(1, type)
        tensor.message(2, shape)
        var kind = Message()
        kind.message(1, tensor)
        var value = Message()
        value.text(1, name)
        value.message(2, kind)
        return value
    }
}

/// An attribute of a node.
package struct Attribute {
    let message: Message

    package static func integer(_ name: String, _ value: Int) -> Attribute {
        Attribute(name, type: 2) { $0.integer(3, value) }
    }

    package static func integers(_ name: String, _ values: [Int]) -> Attribute {
        Attribute(name, type: 7) { message in for value in values { message.integer(8, value) } }
    }

    package static func text(_ name: String, _ value: String) -> Attribute {
        Attribute(name, type: 3) { $0.text(4, value) }
    }

    private init(_ name: String, type: Int, _ fill: (inout Message) -> Void) {
        var message = Message()
        message.text(1, name)
        fill(&message)
        message.integer(20, type)
        self.message = message
    }
}

/// A message of protocol buffers on its way to octets.
struct Message {
    private(set) var octets: [UInt8] = []

    mutating func integer(_ field: Int, _ value: Int) {
        varint(UInt64(field) << 3)
        varint(UInt64(bitPattern: Int64(value)))
    }

    mutating func text(_ field: Int, _ value: String) { octets(field, Array(value.utf8)) }

    mutating func message(_ field: Int, _ value: Message) { octets(field, value.octets) }

    mutating func octets(_ field: Int, _ value: [UInt8]) {
        varint(UInt64(field) << 3 | 2)
        varint(UInt64(value.count))
        octets += value
    }

    private mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            octets.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        octets.append(UInt8(rest))
    }
}
