/// The keys that open the door, one a line of a file.
///
/// A key that is offered is compared with all keys, each over the whole width, so that the time tells neither how much
/// of a key was right nor which key it was.
package struct APIKeys: Sendable {
    /// Characters of a key. Longer ones would make every comparison longer.
    package static let maximumLength = 256
    /// Keys of a file: all of them are compared with what each request offers.
    package static let maximumCount = 1000
    /// Octets of a file.
    package static let maximumFileSize = 1 << 20

    /// 64-bit words of a key, and one for its length.
    private static let width = maximumLength / 8 + 1
    private let words: [UInt64]

    package var count: Int { words.count / APIKeys.width }

    /// Reads a file's text: one key a line; blank lines, and lines that begin with `#`, mean nothing.
    package init(parsing text: some Sequence<UInt8>) throws(APIKeyError) {
        var words: [UInt64] = []
        var seen: Set<[UInt64]> = []
        for (index, line) in Array(text).split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
            let key = line.trimmingBlanks
            guard let first = key.first, first != UInt8(ascii: "#") else { continue }
            guard key.allSatisfy({ (0x21...0x7E).contains($0) }) else { throw .characters(line: index + 1) }
            guard let padded = APIKeys.padded(key) else { throw .tooLong(line: index + 1) }
            guard seen.insert(padded).inserted else { continue }
            words += padded
            guard seen.count <= APIKeys.maximumCount else { throw .tooMany }
        }
        guard !words.isEmpty else { throw .none }
        self.words = words
    }

    /// The number of the key that is `offered`, from 0; `nil` when it is none of them.
    func number(of offered: Substring.UTF8View) -> Int? {
        guard let offered = APIKeys.padded(offered) else { return nil }
        var found: UInt64 = 0
        for key in 0..<count {
            var difference: UInt64 = 0
            for word in 0..<APIKeys.width { difference |= words[key * APIKeys.width + word] ^ offered[word] }
            // All ones where nothing differs, without a branch.
            let isSame = ((difference | (0 &- difference)) >> 63) &- 1
            found |= isSame & UInt64(key + 1)
        }
        return found == 0 ? nil : Int(found - 1)
    }

    private static func padded(_ key: some Collection<UInt8>) -> [UInt64]? {
        guard key.count <= maximumLength else { return nil }
        var words = [UInt64](repeating: 0, count: width)
        for (index, octet) in key.enumerated() { words[index / 8] |= UInt64(octet) << UInt64(index % 8 * 8) }
        words[width - 1] = UInt64(key.count)
        return words
    }
}

/// Why a file of keys cannot be used; never with anything of a key.
package enum APIKeyError: Error, Equatable, CustomStringConvertible {
    case none
    case characters(line: Int)
    case tooLong(line: Int)
    case tooMany

    package var description: String {
        switch self {
        case .none: "it has no key"
        case .characters(let line): "line \(line) has characters other than visible ASCII"
        case .tooLong(let line): "the key in line \(line) is longer than \(APIKeys.maximumLength) characters"
        case .tooMany: "it has more than \(APIKeys.maximumCount) keys"
        }
    }
}

extension ArraySlice<UInt8> {
    fileprivate var trimmingBlanks: ArraySlice<UInt8> {
        let isBlank = { (octet: UInt8) in octet == 0x20 || octet == 0x09 || octet == 0x0D }
        guard let first = firstIndex(where: { !isBlank($0) }), let last = lastIndex(where: { !isBlank($0) }) else {
            return []
        }
        return self[first...last]
    }
}
