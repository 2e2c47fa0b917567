package import ConvolutionEngine

extension Tensor {
    /// The tensor that is a whole JSON text, in any of the three forms.
    package init(json text: RawSpan) throws(CodingError) {
        var reader = JSONReader(text)
        try reader.beginDocument()
        self = try reader.tensor()
        try reader.endDocument()
    }
}

/// Where in a body, whose top is an object, the value of a key stands; `nil` when the key is not there.
package func jsonRange(ofMember name: String, in body: RawSpan) throws(CodingError) -> Range<Int>? {
    var reader = JSONReader(body)
    try reader.beginDocument()
    return try reader.expect(.object, "an object") { reader throws(CodingError) in
        try reader.open()
        var isFirst = true
        var found: Range<Int>?
        while let key = try reader.nextKey(isFirst: isFirst) {
            isFirst = false
            reader.skipWhitespace()
            let start = reader.position
            try reader.skipValue()
            if reader.text(key) == name { found = start..<reader.position }
        }
        return found
    }
}
