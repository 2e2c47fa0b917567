package import ConvolutionEngine

/// Appends JSON text to a body. Commas are its own affair; that keys and values alternate is the caller's.
package struct JSONWriter {
    /// What has been written so far.
    package internal(set) var bytes: [UInt8] = []
    var needsComma = false
    /// Tensors that are to be written later, in pieces; nil where all are written at once.
    var postponed: [PiecewiseBody.Insert]?

    /// - Parameters:
    ///   - memory: Empty; written to for as long as it lasts.
    ///   - postponingTensors: The writer writes what stands around the tensors; they are written with `body`.
    package init(in memory: consuming [UInt8] = [], postponingTensors: Bool = false) {
        postponed = postponingTensors ? [] : nil
        bytes = memory
        // Most small answers whole, instead of growing to it in four steps.
        bytes.reserveCapacity(320)
    }

    /// What has been written so far and the tensors that were postponed.
    package var body: PiecewiseBody { PiecewiseBody(text: bytes, inserts: postponed ?? []) }

    package mutating func beginObject() { open(UInt8(ascii: "{")) }
    package mutating func endObject() { close(UInt8(ascii: "}")) }
    package mutating func beginArray() { open(UInt8(ascii: "[")) }
    package mutating func endArray() { close(UInt8(ascii: "]")) }

    package mutating func key(_ name: String) {
        quote(name, isKey: true)
    }

    /// A key of the source, in which nothing needs an escape.
    package mutating func member(_ name: StaticString) {
        let comma = needsComma
        bytes.append(atMost: name.utf8CodeUnitCount + 4) { text in
            if comma { text.put(",") }
            text.put("\"")
            unsafe text.put(UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
            text.put("\"")
            text.put(":")
        }
        needsComma = false
    }

    package mutating func string(_ text: String) {
        quote(text, isKey: false)
    }

    package mutating func integer(_ value: Int) {
        beginValue()
        bytes.append(atMost: 20) { text in text.put(value) }
    }

    package mutating func bool(_ value: Bool) {
        beginValue()
        bytes.append(contentsOf: (value ? "true" : "false").utf8)
    }

    package mutating func null() {
        beginValue()
        bytes.append(contentsOf: "null".utf8)
    }

    /// The shortest text that reads back to the same double; NaN and infinities as strings.
    package mutating func number(_ value: Double) {
        guard value.isFinite else { return string(value.isNaN ? "NaN" : value < 0 ? "-Infinity" : "Infinity") }
        beginValue()
        var text = value.description
        if text.hasSuffix(".0") { text.removeLast(2) }
        bytes.append(contentsOf: text.utf8)
    }

    /// The shortest text that reads back to the same float32; NaN and infinities as strings.
    package mutating func number(_ value: Float) {
        beginValue()
        unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 2 * NumberStream.room) { text in
            guard let start = text.baseAddress else { return }
            // Without its comma.
            let count = unsafe withUnsafePointer(to: value) { value in
                unsafe Float.write(UnsafeBufferPointer(start: value, count: 1), to: start, .chosen) - 1
            }
            unsafe bytes.append(contentsOf: UnsafeBufferPointer(start: start, count: count))
        }
    }

    /// A value that is JSON text already.
    mutating func verbatim(_ text: [UInt8]) {
        beginValue()
        bytes.append(contentsOf: text)
    }

    /// `[2,2]`
    package mutating func shape(_ shape: Shape) {
        beginValue()
        bytes.append(atMost: 21 * shape.rank + 2) { text in text.put(shape) }
    }
}

// MARK: - Pieces

extension JSONWriter {
    /// Writes the comma before a value or key that is not the first; what comes after it needs one.
    mutating func beginValue() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = true
    }

    private mutating func open(_ byte: UInt8) {
        beginValue()
        bytes.append(byte)
        needsComma = false
    }

    private mutating func close(_ byte: UInt8) {
        bytes.append(byte)
        needsComma = true
    }

    private mutating func quote(_ text: String, isKey: Bool) {
        beginValue()
        needsComma = !isKey
        var text = text
        text.withUTF8 { octets in
            if unsafe octets.contains(where: JSONWriter.needsEscape) {
                bytes.append(UInt8(ascii: "\""))
                for index in octets.indices { unsafe append(octets[index]) }
                bytes.append(UInt8(ascii: "\""))
                if isKey { bytes.append(UInt8(ascii: ":")) }
            } else {
                bytes.append(atMost: octets.count + 3) { text in
                    text.put("\"")
                    unsafe text.put(octets)
                    text.put("\"")
                    if isKey { text.put(":") }
                }
            }
        }
    }

    /// What RFC 8259 section 7 says must be escaped, and nothing else.
    private static func needsEscape(_ octet: UInt8) -> Bool {
        octet < 0x20 || octet == UInt8(ascii: "\"") || octet == UInt8(ascii: "\\")
    }

    /// An octet of a string, escaped if it must be.
    private mutating func append(_ octet: UInt8) {
        guard JSONWriter.needsEscape(octet) else { return bytes.append(octet) }
        switch octet {
        case UInt8(ascii: "\n"): bytes.append(contentsOf: "\\n".utf8)
        case UInt8(ascii: "\r"): bytes.append(contentsOf: "\\r".utf8)
        case UInt8(ascii: "\t"): bytes.append(contentsOf: "\\t".utf8)
        case ..<0x20:
            bytes.append(contentsOf: (octet < 16 ? "\\u000" : "\\u00").utf8)
            bytes.append(contentsOf: String(octet, radix: 16).utf8)
        default: bytes.append(contentsOf: [UInt8(ascii: "\\"), octet])
        }
    }
}
