import ArgumentParser

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The octets of a file.
func bodyContents(of file: String) throws -> [UInt8] {
    guard let stream = fopen(file, "rb") else { throw ValidationError("\(file) cannot be opened") }
    defer { fclose(stream) }
    var contents: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 1 << 20)
    while case let count = fread(&block, 1, block.count, stream), count > 0 {
        contents.append(contentsOf: block[..<count])
    }
    return contents
}
