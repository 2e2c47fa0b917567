/// Why bytes could not become a request: what is wrong, with the evidence, and where.
///
/// The sentences for people are written elsewhere, in one place.
package struct CodingError: Error, Hashable, Sendable {
    package var reason: Reason
    /// A JSON pointer (RFC 6901) to the value to blame; empty for the whole document.
    package var pointer: String
    /// Where in the body; `nil` when no byte is to blame.
    package var place: Place?

    package init(_ reason: Reason, pointer: String = "", place: Place? = nil) {
        self.reason = reason
        self.pointer = pointer
        self.place = place
    }

    package var kind: Kind {
        switch reason {
        case .syntax, .file: .malformed
        default: .invalid
        }
    }
}

extension CodingError {
    /// The same error with the line and column of its place counted.
    func located(in body: RawSpan) -> CodingError {
        var copy = self
        copy.place?.count(in: body)
        return copy
    }
}

extension CodingError {
    /// Hints the status: malformed bytes are 400, well-formed ones that make no sense 422.
    package enum Kind: Hashable, Sendable {
        case malformed, invalid
    }

    /// A position in the body.
    package struct Place: Hashable, Sendable {
        /// Octets before it.
        package var offset: Int
        /// From 1; lines end with LF.
        package private(set) var line = 1
        /// From 1, in code points.
        package private(set) var column = 1

        /// Line and column are counted later, by `located(in:)`.
        init(offset: Int) { self.offset = offset }

        fileprivate mutating func count(in body: RawSpan) {
            (line, column) = (1, 1)
            for index in 0..<min(offset, body.byteCount) {
                let byte = body.octet(at: index)
                if byte == 0x0A {
                    (line, column) = (line + 1, 1)
                } else if byte & 0xC0 != 0x80 {
                    column += 1
                }
            }
        }
    }

    /// What is wrong, with the evidence. `expected` texts are noun phrases in English.
    package enum Reason: Hashable, Sendable {
        /// Not JSON (RFC 8259).
        case syntax(SyntaxFault)
        /// A key given twice in one object, possibly escaped differently.
        case duplicateKey(String)
        case type(found: JSONType, expected: String)
        /// A required parameter is not there; `mend` says what else would do.
        case missing(parameter: String, owner: String)
        case unknownParameter(String, owner: String, nearest: String?, allowed: [String])
        case unknownOperation(String, nearest: String?)
        /// `add`, `multiply` and `concat` take several inputs: they are layers only.
        case layerOnly(operation: String)
        /// Exactly one of these may be given.
        case exclusive(given: [String])
        case choice(found: String, allowed: [String], nearest: String?)
        /// A number beyond what the type holds (`float32`, `int64`…).
        case notRepresentable(number: String, type: String)
        case notInteger(number: String)
        /// An integer below what makes sense here.
        case belowMinimum(number: String, minimum: Int)
        /// A list of the wrong length.
        case length(found: Int, expected: [Int], of: String)
        /// Rows of one axis differ in length.
        case ragged(axis: Int, found: Int, expected: Int)
        /// A number where its neighbours are lists, or a list where they are numbers.
        case mixed(found: JSONType, expected: JSONType)
        case tooManyAxes(limit: Int)
        /// A tensor needs at least one axis.
        case noAxes
        /// The product of the extents overflows.
        case shapeOverflow([Int])
        case elementCount(found: Int, shape: [Int])
        case byteCount(found: Int, shape: [Int], dtype: String, expected: Int)
        case base64(Base64Fault)
        /// Octets behind the JSON that are no tensor's.
        case surplusOctets(Int)
        /// A tensor that the file does not have.
        case noTensor(String, nearest: String?)
        /// Tensors of the file that no layer uses: the first of so many.
        case unusedTensors(String, count: Int)
        /// A weight that is NaN or infinite, and where it stands.
        case notFinite(index: Int)
        /// Not a file of its format.
        case file(FileFormat, FileFault)
        /// A type of elements, as its format names it, that is not understood.
        case fileType(String)
        /// A byte of a bool tensor that is neither 0 nor 1.
        case notBool(byte: UInt8, index: Int)
        /// A number of a base64 tensor beyond float32.
        case elementNotRepresentable(index: Int, value: String, type: String)
        /// More entries than any sensible request has.
        case tooMany(of: String, limit: Int)
        /// A list that must have an entry.
        case empty(list: String)
    }

    package enum SyntaxFault: Hashable, Sendable {
        case emptyBody
        case endOfBody(expected: String)
        case unexpectedByte(UInt8, expected: String)
        case byteOrderMark
        /// UTF-16 or UTF-32, as a zero octet or their byte order mark shows.
        case notUTF8
        case invalidUTF8
        case controlCharacter(UInt8)
        case invalidEscape
        case loneSurrogate
        case number(NumberFault)
        case numberTooLong(limit: Int)
        case trailingData(UInt8)
        case tooDeep(limit: Int)
    }

    package enum NumberFault: Hashable, Sendable {
        case leadingZero, missingInteger, missingFraction, missingExponent
    }

    package enum Base64Fault: Hashable, Sendable {
        /// Not of the alphabet of RFC 4648 section 4.
        case character(UInt8, index: Int)
        /// Not a multiple of four.
        case length(Int)
        /// A padding character before the end.
        case padding(index: Int)
        /// Bits after the last octet that are not zero.
        case trailingBits
    }
}

/// The formats of bodies that are not JSON.
package enum FileFormat: Hashable, Sendable {
    case npy, safetensors, multipart
}

package enum JSONType: String, Hashable, Sendable {
    case null, bool, number, string, array, object
}
