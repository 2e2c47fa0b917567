import ArgumentParser
import ConvolutionEngine
import FoundationEssentials
import TensorCoding

/// One thing to measure: made ready to run, with its weights packed.
struct BenchmarkLayer {
    let name: String
    /// The name as a JSON string.
    let quotedName: String
    let content: Content

    enum Content {
        case convolution(ConvolutionEntry)
        case network(WeightedNetwork)
    }

    /// Every layer of a JSON file: an array of layers, or one network.
    static func read(file: String) throws -> [BenchmarkLayer] {
        let bytes: Data
        do {
            bytes = try Data(contentsOf: URL(filePath: file))
        } catch {
            throw ValidationError("\(file) cannot be read: \(error)")
        }
        if bytes.first(where: { !$0.isWhitespace }) == UInt8(ascii: "{") {
            return [try BenchmarkLayer(name: file, .network(network(bytes)))]
        }
        let entries: [Entry]
        do {
            entries = try JSONDecoder().decode([Entry].self, from: bytes)
        } catch {
            throw ValidationError("\(file) is not a JSON array of layers: \(error)")
        }
        return try entries.map { try BenchmarkLayer($0) }
    }

    private static func network(_ body: Data) throws -> WeightedNetwork {
        let bytes = Array(body)
        return try WeightedNetwork(ShapesRequest.decode(body: bytes.span.bytes))
    }

    private init(name: String, _ content: Content) throws {
        self.name = name
        self.content = content
        quotedName = String(decoding: try JSONEncoder().encode(name), as: UTF8.self)
    }

    private init(_ entry: Entry) throws {
        do {
            guard let layer = entry.layer, let shape = entry.inputShape else {
                try self.init(name: entry.name, .convolution(ConvolutionEntry(entry)))
                return
            }
            let body = try JSONEncoder().encode(JSONValue.object(["input_shape": shape, "layers": .array([layer])]))
            try self.init(name: entry.name, .network(BenchmarkLayer.network(body)))
        } catch {
            throw ValidationError("\(entry.name): \(error)")
        }
    }

    /// Makes it ready for the team. How to compute, and whether each run prepares the weights, holds for what is given in
    /// short.
    func prepared(team: Team, request: AlgorithmRequest = .auto, once: Bool = false) throws -> PreparedLayer {
        switch content {
        case .convolution(let entry): entry.prepared(team: team, request: request, once: once)
        case .network(let network): try PreparedLayer(network, team: team)
        }
    }

    /// An entry of a file: a layer as `POST /v1/shapes` takes it and the shape it reads, or a plane convolution in short.
    struct Entry: Decodable {
        var name: String
        var layer: JSONValue?
        var inputShape: JSONValue?
        /// Input channels, height and width, output channels, kernel, stride, padding, dilation, groups.
        var c, h, w, k, kh, kw, s, p, d, g: Int?

        enum CodingKeys: String, CodingKey {
            case name, layer, c, h, w, k, kh, kw, s, p, d, g
            case inputShape = "input_shape"
        }
    }
}

extension UInt8 {
    fileprivate var isWhitespace: Bool { self == 0x20 || (9...13).contains(self) }
}
