import ModelStore
import TensorCoding

extension JSONWriter {
    /// `"models":["a","b"]`: those that can be used.
    mutating func inferenceModels(_ list: [ModelStore.Status]) {
        key("models")
        beginArray()
        for status in list where status.summary != nil { string(status.name.text) }
        endArray()
    }

    mutating func inferenceModel(_ summary: ModelSummary) {
        key("name")
        string(summary.name.text)
        key("versions")
        beginArray()
        string(InferenceModel.version)
        endArray()
        key("platform")
        string(InferenceModel.platform)
        key("inputs")
        beginArray()
        inferencePort(summary.input)
        endArray()
        key("outputs")
        beginArray()
        for output in summary.outputs { inferencePort(output) }
        endArray()
    }

    /// `[{"name":…,"version":…,"state":…,"reason":…}]`
    mutating func inferenceIndex(_ list: [ModelStore.Status]) {
        beginArray()
        for status in list {
            beginObject()
            key("name")
            string(status.name.text)
            if status.summary != nil {
                key("version")
                string(InferenceModel.version)
            }
            key("state")
            // One that is not in memory is read when it is asked for.
            string(status.state == .failed ? "UNAVAILABLE" : "READY")
            key("reason")
            string(status.error?.sentence ?? "")
            endObject()
        }
        endArray()
    }

    private mutating func inferencePort(_ port: ModelSummary.Port) {
        beginObject()
        key("name")
        string(port.name)
        key("datatype")
        string(InferenceType.float32.rawValue)
        key("shape")
        beginArray()
        for extent in port.shape { integer(extent ?? -1) }
        endArray()
        endObject()
    }
}
