package import ConvolutionEngine

/// Appends JSON text to a body. Commas are its own affair; that keys and values alternate is the caller's.
package struct JSONWriter {
    /// What has been written so far.
    package private(set) var bytes: [UInt8] = []
    private var needsComma = false

    package init() {}

    package mutating func beginObject() { open(UInt8(ascii: "{")) }
    package mutating func endObject() { close(UInt8(ascii: "}")) }
    package mutating func beginArray() { open(UInt8(ascii: "[")) }
    package mutating func endArray() { close(UInt8(ascii: "]")) }

    package mutating func key(_ name: String) {}
    package mutating func string(_ text: String) {}
    package mutating func integer(_ value: Int) {}
    package mutating func bool(_ value: Bool) {}
    package mutating func null() {}
    /// The shortest text that reads back to the same double; NaN and infinities as strings.
    package mutating func number(_ value: Double) {}
    package mutating func number(_ value: Float) {}
    /// `[2,2]`
    package mutating func shape(_ shape: Shape) {}
    package mutating func tensor(_ tensor: Tensor, encoding: TensorEncoding) {}
    /// As `int64` in base64.
    package mutating func tensor(_ indices: IndexTensor, encoding: TensorEncoding) {}

    private mutating func open(_ byte: UInt8) {}
    private mutating func close(_ byte: UInt8) {}
}
