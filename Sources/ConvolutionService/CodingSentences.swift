package import TensorCoding

/// The sentences for people about a body that cannot be read: what was found, what was expected, and the mend where one
/// is known. The field's name is not in them: the pointer says it.
extension CodingError {
    package var sentence: String {
        if case .syntax(let fault) = reason {
            guard let place else { return "The body is not JSON: \(fault.sentence)." }
            return "The body is not JSON: line \(place.line), column \(place.column): \(fault.sentence)."
        }
        if case .file(let format, let fault) = reason {
            let octet = place.map { " (octet \($0.offset))" } ?? ""
            return "The body is not \(format.phrase): \(fault.sentence)\(octet)."
        }
        let sentence = reason.sentence
        return sentence.hasSuffix("?.") ? String(sentence.dropLast()) : sentence
    }
}

extension CodingError.Reason {
    fileprivate var sentence: String {
        switch self {
        case .syntax(let fault): return fault.sentence
        case .duplicateKey(let key): return "The key \(quoted(key)) is given twice."
        case .type(let found, let expected): return "Found \(found.phrase), expected \(expected)."
        case .missing(let parameter, let owner): return missingSentence(parameter, owner)
        case .unknownParameter(let name, let owner, let nearest, let allowed):
            return unknownParameterSentence(name, owner, nearest, allowed)
        case .unknownOperation(let name, let nearest):
            return "There is no operation \(quoted(name))\(didYouMean(nearest))."
        case .layerOnly(let operation):
            return "\(quoted(operation)) takes several inputs: use it as a layer in /v1/forward."
        case .exclusive(let given): return "Only one of \(list(given.map(quoted), "and")) may be given."
        case .choice(let found, let allowed, let nearest):
            return "Found \(quoted(found)), expected \(list(allowed.map(quoted), "or"))\(didYouMean(nearest))."
        case .belowMinimum(let number, let minimum):
            return "Found \(number), expected an integer of at least \(minimum)."
        case .notRepresentable(let number, let type): return "The number \(number) is not representable as \(type)."
        case .notInteger(let number): return "Found \(number), expected an integer."
        case .length(let found, let expected, let what):
            return "Found a list of \(found), expected \(list(expected.map(String.init), "or")) \(what)."
        case .tooMany(let what, let limit): return "There are more than \(limit) \(what) here."
        case .empty(let name): return "\(quoted(name)) is an empty list, expected at least one."
        // The three forms of a tensor.
        case .ragged(let axis, let found, let expected):
            return
                "The tensor is ragged: this array of axis \(axis) has length \(found), those before it have \(expected)."
        case .mixed(let found, let expected):
            return "The tensor is ragged: found \(found.phrase) where its neighbours are \(expected.plural)."
        case .tooManyAxes(let limit): return "The tensor has more than \(limit) axes."
        case .noAxes: return "A tensor needs at least one axis: found an empty shape."
        case .shapeOverflow(let shape): return "The shape \(shape) has more elements than a 64-bit integer counts."
        case .elementCount(let found, let shape):
            return "Found \(found) elements, but the shape \(shape) has \(product(shape))."
        case .byteCount(let found, let shape, let dtype, let expected):
            return "Found \(found) octets, but the shape \(shape) of \(dtype) has \(expected)."
        case .base64(let fault): return "The base64 text is faulty: \(fault.sentence)."
        case .surplusOctets(let count): return "\(count) octets behind the JSON belong to no tensor."
        case .noTensor(let name, let nearest):
            return "The file has no tensor \(quoted(name))\(didYouMean(nearest))."
        case .unusedTensors(let name, 1): return "The file's tensor \(quoted(name)) is used by no layer."
        case .unusedTensors(let name, let count):
            return "\(count) tensors of the file are used by no layer, the first is \(quoted(name))."
        case .notFinite(let index): return "Element \(index) is NaN or infinite; a model's weights are finite."
        case .file(_, let fault): return fault.sentence
        case .fileType(let name): return "The element type \(quoted(name)) is not understood."
        case .notBool(let byte, let index): return "Element \(index) is \(byte), but a bool is 0 or 1."
        case .elementNotRepresentable(let index, let value, let type):
            return "Element \(index), \(value), is not representable as \(type)."
        }
    }
}

extension CodingError.SyntaxFault {
    fileprivate var sentence: String {
        switch self {
        case .emptyBody: "it is empty"
        case .endOfBody(let expected): "it ends where \(expected) must come"
        case .unexpectedByte(let byte, let expected): unexpected(byte, expected)
        case .byteOrderMark: "it begins with a byte order mark; send UTF-8 without one"
        case .notUTF8: "it is not UTF-8 (it looks like UTF-16 or UTF-32)"
        case .invalidUTF8: "a string is not valid UTF-8"
        case .controlCharacter(let byte): "a string holds the control character \(hexadecimal(byte)); escape it"
        case .invalidEscape: "there is no such escape in JSON"
        case .loneSurrogate: "an escape stands for half of a surrogate pair, without its other half"
        case .number(let fault): fault.sentence
        case .numberTooLong(let limit): "a number is longer than \(limit) characters"
        case .trailingData(let byte): "after the end comes \(shown(byte))"
        case .tooDeep(let limit): "arrays and objects are nested deeper than \(limit) levels"
        }
    }

    private func unexpected(_ byte: UInt8, _ expected: String) -> String {
        let mend =
            switch byte {
            case UInt8(ascii: "N"), UInt8(ascii: "I"):
                "; NaN and infinities are written as strings: \"NaN\", \"Infinity\""
            case UInt8(ascii: "'"): "; strings have double quotes"
            case UInt8(ascii: "+"), UInt8(ascii: "."): "; a number begins with a digit or \"-\""
            default: ""
            }
        return "found \(shown(byte)), expected \(expected)\(mend)"
    }
}

extension CodingError.NumberFault {
    fileprivate var sentence: String {
        switch self {
        case .leadingZero: "a number begins with 0 and another digit"
        case .missingInteger: "a number has no digit after its sign"
        case .missingFraction: "a number has no digit after its decimal point"
        case .missingExponent: "a number has no digit in its exponent"
        }
    }
}

extension CodingError.Base64Fault {
    fileprivate var sentence: String {
        switch self {
        case .character(let byte, let index): "character \(index) is \(shown(byte)), which base64 does not have"
        case .length(let count): "its length is \(count), which is not a multiple of 4 (padding with \"=\" is required)"
        case .padding(let index): "character \(index) is \"=\", which may only stand at its end"
        case .trailingBits: "the bits after its last octet are not zero"
        }
    }
}

extension JSONType {
    fileprivate var phrase: String {
        switch self {
        case .null: "null"
        case .bool: "true or false"
        case .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }

    fileprivate var plural: String {
        switch self {
        case .null: "null"
        case .bool: "true or false"
        case .number: "numbers"
        case .string: "strings"
        case .array: "arrays"
        case .object: "objects"
        }
    }
}

// MARK: - Pieces

/// The mend for the parameters that something else can stand in for.
private func missingSentence(_ parameter: String, _ owner: String) -> String {
    let mend =
        switch (owner, parameter) {
        case ("conv2d", "weight"): " (or \"kernel\", a known one by name)"
        case ("tensor", "data"): " or \"data_base64\""
        case ("tensor", "dtype"): " beside \"data_base64\""
        case ("upsample", "scale_factor"): " or \"size\""
        default: ""
        }
    return "\(quoted(parameter))\(mend) is required, and is missing in this \(owner)."
}

private func unknownParameterSentence(_ name: String, _ owner: String, _ nearest: String?, _ allowed: [String])
    -> String
{
    let start = "\(owner) has no parameter \(quoted(name))"
    if let nearest { return start + didYouMean(.some(nearest)) + "." }
    return start + "; it takes " + list(allowed.map(quoted), "and") + "."
}

private func didYouMean(_ name: String?) -> String {
    name.map { name in "; did you mean \(quoted(name))?" } ?? ""
}

/// In quotes, cut to what fits a message.
private func quoted(_ text: String) -> String {
    "\"" + (text.utf8.count > 60 ? text.prefix(60) + "…" : text) + "\""
}

private func list(_ items: [String], _ conjunction: String) -> String {
    guard let last = items.last, items.count > 1 else { return items.first ?? "nothing" }
    return items.dropLast().joined(separator: ", ") + " \(conjunction) " + last
}

private func shown(_ byte: UInt8) -> String {
    (0x21...0x7E).contains(byte) ? "\"\(Character(Unicode.Scalar(byte)))\"" : "the octet \(hexadecimal(byte))"
}

private func hexadecimal(_ byte: UInt8) -> String {
    "0x" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
}

/// The shape was checked: its product does not overflow.
private func product(_ shape: [Int]) -> Int { shape.reduce(1) { product, extent in product &* extent } }
