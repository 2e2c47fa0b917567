import Compression

extension RequestContext {
    /// What was sent, without its content codings: JSON also where it is labelled as a form.
    func document(in sent: [UInt8]) throws(Problem) -> [UInt8] {
        let body = try decompress(sent)
        if terms.isLabelledForm { try BodyRules.checkStart(body) }
        return body
    }

    /// Undoes the content codings; the limit holds for what comes out of each.
    func decompress(_ body: [UInt8]) throws(Problem) -> [UInt8] {
        guard !terms.codings.isEmpty else { return body }
        let limit = service.configuration.decompressedBody(sent: body.count)
        var body = body
        for coding in terms.codings.reversed() {
            var output: [UInt8] = []
            do throws(CompressionError) {
                var inflater = try Inflater(coding, limit: limit)
                try inflater.append(body.span.bytes, to: &output)
                try inflater.finish()
            } catch {
                throw Problem(error)
            }
            body = output
        }
        return body
    }
}
