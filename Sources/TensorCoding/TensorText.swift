package import ConvolutionEngine

extension Tensor {
    /// The tensor that is a whole JSON text, in any of the three forms.
    package init(json text: RawSpan, team: Team? = nil) throws(CodingError) {
        self = try JSONReader.document(text, sharing: team.map { SharedReading(team: $0) }) {
            reader throws(CodingError) in try reader.tensor()
        }
    }
}

/// Where in a body, whose top is an object, the value of a key stands; `nil` when the key is not there.
package func jsonRange(ofMember name: String, in body: RawSpan) throws(CodingError) -> Range<Int>? {
    try JSONReader.document(body) { reader throws(CodingError) in
        var found: Range<Int>?
        try reader.members { reader, key throws(CodingError) in
            reader.skipWhitespace()
            let start = reader.position
            try reader.skipValue()
            if reader.text(key) == name { found = start..<reader.position }
        }
        return found
    }
}
