import Glibc

/// The rows of a table of cases, `Cases/{name}` beside the calling test's file: columns are parted by tabs, lines that
/// begin with `#` are comments. Empty if there is no such file; a test should expect otherwise.
package func caseTable(_ name: String, beside file: String = #filePath) -> [[String]] {
    let folder = file.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
    return String(decoding: octets(ofFile: "\(folder)/Cases/\(name)"), as: UTF8.self)
        .split(separator: "\n")
        .filter { line in !line.hasPrefix("#") }
        .map { line in line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init) }
}

/// The octets that a text stands for in which `%XX` is the octet XX.
package func percentDecoded(_ text: String) -> [UInt8] {
    var octets: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
        if byte == UInt8(ascii: "%"), let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) {
            octets.append(value)
            rest = rest.dropFirst(2)
        } else {
            octets.append(byte)
        }
    }
    return octets
}

private func octets(ofFile path: String) -> [UInt8] {
    guard let stream = fopen(path, "rb") else { return [] }
    defer { fclose(stream) }
    var contents: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 1 << 16)
    while case let count = fread(&block, 1, block.count, stream), count > 0 {
        contents.append(contentsOf: block[..<count])
    }
    return contents
}
