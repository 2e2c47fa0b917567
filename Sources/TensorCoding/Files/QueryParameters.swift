/// The parameters of a request whose body is a file: `stride=2&padding=same` becomes `{"stride":2,"padding":"same"}`.
package enum QueryParameters {
    /// A value that is JSON is taken as that, any other as a string. Names are not checked: a name given twice is found by
    /// whoever reads the JSON.
    package static func json(query: String?) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        for pair in (query ?? "").split(separator: "&") {
            let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            json.key(String(decoding: PercentEncoding.octets(halves[0], isForm: true), as: UTF8.self))
            let value = halves.count > 1 ? PercentEncoding.octets(halves[1], isForm: true) : []
            if isJSON(value) { json.verbatim(value) } else { json.string(String(decoding: value, as: UTF8.self)) }
        }
        json.endObject()
        return json.bytes
    }

    private static func isJSON(_ value: [UInt8]) -> Bool {
        do throws(CodingError) {
            unsafe try JSONReader.document(value.span.bytes) { reader throws(CodingError) in try reader.skipValue() }
            return true
        } catch {
            return false
        }
    }
}
