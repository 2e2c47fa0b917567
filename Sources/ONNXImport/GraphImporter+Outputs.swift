import ConvolutionEngine

extension GraphImporter {
    /// The layers that the graph's outputs need, in order, each named output under its own name.
    mutating func layers(for outputs: [ValueRecord], input: Feature) throws(ImportError) -> [Layer] {
        var needed: [String: String] = [:]
        let names = Set(outputs.map(\.name))
        var isOutput: Set<String> = []
        var added: [Layer] = []
        for output in outputs {
            guard isOutput.insert(output.name).inserted else { throw .madeTwice(output.name) }
            let feature = try feature(of: output)
            if feature.name == output.name, feature.name != input.name { continue }
            if feature.name != input.name, needed[feature.name] == nil,
                !names.contains(feature.name)
            {
                needed[feature.name] = output.name
                continue
            }
            // A result with two names, or the input itself: a layer that changes nothing gives it the second.
            var same = Flatten()
            (same.startAxis, same.endAxis) = (-1, -1)
            added.append(Layer(.flatten(same), name: output.name, inputs: [feature.name]))
        }
        let renamed = (layers + added).map { layer in
            var layer = layer
            layer.name = layer.name.map { needed[$0] ?? $0 }
            layer.inputs = layer.inputs.map { needed[$0] ?? $0 }
            return layer
        }
        return readable(reached(renamed, from: isOutput), input: input.name)
    }

    private mutating func feature(of output: ValueRecord) throws(ImportError) -> Feature {
        let value: Value?
        do throws(TensorFault) {
            value = try knownValue(output.name)
        } catch {
            throw .output(output.name, .constant)
        }
        switch value {
        case .feature(let feature)?: return feature
        case .constant?: throw .output(output.name, .constant)
        case .gaussian?, .nothing?, nil: throw .output(output.name, .unknown)
        }
    }

    /// Those that lead to an output.
    private func reached(_ layers: [Layer], from outputs: Set<String>) -> [Layer] {
        var names = outputs
        var kept: [Layer] = []
        for layer in layers.reversed() {
            guard let name = layer.name, names.contains(name) else { continue }
            names.formUnion(layer.inputs)
            kept.append(layer)
        }
        return kept.reversed()
    }

    /// Without the inputs that need not be named: of a layer that reads the one before it.
    private func readable(_ layers: [Layer], input: String) -> [Layer] {
        var before = input
        return layers.map { layer in
            var layer = layer
            if layer.inputs == [before] { layer.inputs = [] }
            before = layer.name ?? ""
            return layer
        }
    }
}
