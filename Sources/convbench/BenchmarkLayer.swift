import ArgumentParser
import ConvolutionEngine
import FoundationEssentials

/// One convolution to measure.
struct BenchmarkLayer {
    let name: String
    let geometry: ConvolutionGeometry

    /// The name as a JSON string.
    let quotedName: String

    var inputCount: Int { geometry.groups * geometry.inputChannels * geometry.input.height * geometry.input.width }
    var outputCount: Int { geometry.groups * geometry.outputChannels * geometry.output.height * geometry.output.width }
    var weightCount: Int { geometry.groups * geometry.outputChannels * depth }
    var multiplyAccumulates: Int { outputCount * depth }
    private var depth: Int { geometry.inputChannels * geometry.kernel.height * geometry.kernel.width }

    /// Every layer of a JSON file.
    static func read(file: String) throws -> [BenchmarkLayer] {
        let bytes: Data
        do {
            bytes = try Data(contentsOf: URL(filePath: file))
        } catch {
            throw ValidationError("\(file) cannot be read: \(error)")
        }
        let entries: [Entry]
        do {
            entries = try JSONDecoder().decode([Entry].self, from: bytes)
        } catch {
            throw ValidationError("\(file) is not a JSON array of layers: \(error)")
        }
        return try entries.map { try BenchmarkLayer($0) }
    }

    private init(_ entry: Entry) throws {
        name = entry.name
        quotedName = String(decoding: try JSONEncoder().encode(entry.name), as: UTF8.self)
        let kw = entry.kw ?? entry.kh
        let sizes = [entry.c, entry.h, entry.w, entry.k, entry.kh, kw, entry.s, entry.d, entry.g]
        guard sizes.allSatisfy({ (1...65_536).contains($0) }), (0...65_536).contains(entry.p) else {
            throw ValidationError("\(entry.name): every size must be in 1…65536, p in 0…65536.")
        }
        guard entry.c % entry.g == 0, entry.k % entry.g == 0 else {
            throw ValidationError("\(entry.name): g = \(entry.g) must divide c = \(entry.c) and k = \(entry.k).")
        }
        let height = entry.h + 2 * entry.p - (entry.kh - 1) * entry.d - 1
        let width = entry.w + 2 * entry.p - (kw - 1) * entry.d - 1
        guard height >= 0, width >= 0 else {
            throw ValidationError("\(entry.name): the kernel is larger than the padded input.")
        }
        geometry = ConvolutionGeometry(
            batch: 1,
            groups: entry.g,
            inputChannels: entry.c / entry.g,
            outputChannels: entry.k / entry.g,
            input: Spatial(depth: 1, height: entry.h, width: entry.w),
            output: Spatial(depth: 1, height: height / entry.s + 1, width: width / entry.s + 1),
            kernel: Spatial(depth: 1, height: entry.kh, width: kw),
            stride: Spatial(depth: 1, height: entry.s, width: entry.s),
            dilation: Spatial(depth: 1, height: entry.d, width: entry.d),
            paddingBegin: Spatial(depth: 0, height: entry.p, width: entry.p)
        )
    }

    /// The file's keys: input channels, height and width, output channels, kernel, stride, padding, dilation, groups.
    private struct Entry: Decodable {
        var name: String
        var c, h, w, k, kh, s, p, d, g: Int
        var kw: Int?
    }
}
