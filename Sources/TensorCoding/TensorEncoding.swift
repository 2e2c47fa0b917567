/// The form of a tensor in an answer.
package enum TensorEncoding: String, Hashable, Sendable, CaseIterable {
    /// `[[1,2],[3,4]]`
    case nested
    /// `{"shape":[2,2],"data":[1,2,3,4]}`
    case flat
    /// `{"shape":[2,2],"dtype":"float32","data_base64":"…"}`, little-endian
    case base64
}
