/// The name of a model, which is also that of its folder: 1 to 128 of `A-Z a-z 0-9 . _ -`, beginning with none of `.` and `-`.
/// No such name leads out of a folder.
package struct ModelName: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let text: String

    package init(_ text: String) throws(ModelError) {
        let octets = text.utf8
        guard (1...ModelName.longest).contains(octets.count), octets.allSatisfy(\.isNameOctet),
            let first = octets.first, first != UInt8(ascii: "."), first != UInt8(ascii: "-")
        else { throw .name(text) }
        self.text = text
    }

    package static let longest = 128

    package var description: String { text }

    package static func < (left: ModelName, right: ModelName) -> Bool { left.text < right.text }
}

extension UInt8 {
    fileprivate var isNameOctet: Bool {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
