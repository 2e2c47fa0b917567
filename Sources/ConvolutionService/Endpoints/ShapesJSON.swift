import ConvolutionEngine
import TensorCoding

extension JSONWriter {
    /// The answer of `/v1/shapes`: `{"layers":[…],"shape":[…],"parameters":…,"macs":…}`.
    mutating func shapes(_ reports: [ShapeReport]) {
        beginObject()
        key("layers")
        beginArray()
        for report in reports { self.report(report) }
        endArray()
        if let last = reports.last {
            key("shape")
            shape(last.shape)
        }
        key("parameters")
        integer(total(reports, \.parameters))
        key("macs")
        integer(total(reports, \.multiplyAccumulates))
        endObject()
    }

    private mutating func report(_ layer: ShapeReport) {
        beginObject()
        identity(named: layer.name, type: layer.type, shape: layer.shape)
        if let formula = layer.formula {
            key("formula")
            string(formula.text)
            if let textbook = formula.textbook {
                key("formula_textbook")
                string(textbook)
            }
        }
        key("parameters")
        integer(layer.parameters)
        key("macs")
        integer(layer.multiplyAccumulates)
        key("activation_bytes")
        integer(layer.activationBytes)
        if let field = layer.receptiveField {
            key("receptive_field")
            beginObject()
            for (name, values) in [("size", field.size), ("jump", field.jump), ("start", field.start)] {
                key(name)
                beginArray()
                for value in values { number(value) }
                endArray()
            }
            endObject()
        }
        if let count = layer.parametersLocallyConnected {
            key("parameters_locally_connected")
            integer(count)
        }
        if let count = layer.parametersDense {
            key("parameters_dense")
            integer(count)
        }
        endObject()
    }

    /// Saturates: a total that no `Int` holds is beyond anything that could be computed.
    private func total(_ reports: [ShapeReport], _ part: KeyPath<ShapeReport, Int>) -> Int {
        reports.reduce(0) { sum, report in
            let (next, overflow) = sum.addingReportingOverflow(report[keyPath: part])
            return overflow ? .max : next
        }
    }
}
