import COpenSSL

/// What a model is made of, as it came: `model.json`, and the file of weights where there is one.
package struct ModelSource: Sendable {
    package var json: [UInt8]
    package var weights: [UInt8]?

    package init(json: [UInt8], weights: [UInt8]? = nil) {
        self.json = json
        self.weights = weights
    }

    /// SHA-256 over both, in hexadecimal: the same for the same octets, wherever and whenever they came.
    package var tag: String {
        guard let context = EVP_MD_CTX_new() else { return "" }
        defer { EVP_MD_CTX_free(context) }
        // The length of the first keeps the two apart.
        var count = UInt64(json.count).littleEndian
        var digest = [UInt8](repeating: 0, count: 32)
        let isDone =
            EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1
            && EVP_DigestUpdate(context, &count, 8) == 1
            && EVP_DigestUpdate(context, json, json.count) == 1
            && EVP_DigestUpdate(context, weights ?? [], weights?.count ?? 0) == 1
            && EVP_DigestFinal_ex(context, &digest, nil) == 1
        // Fails for want of memory alone; an empty tag matches nothing.
        guard isDone else { return "" }
        return digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
