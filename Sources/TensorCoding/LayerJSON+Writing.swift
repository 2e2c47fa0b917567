package import ConvolutionEngine

extension JSONWriter {
    /// Writes a layer as `layers` of a request are read. Parameters that have their default are left out.
    ///
    /// `tensorName` says under which name a weight stands in the file beside the text, given the parameter's.
    package mutating func layer(_ layer: Layer, tensorName: (String) -> String) {
        beginObject()
        key("type")
        string(layer.operation.name)
        if let name = layer.name {
            key("name")
            string(name)
        }
        if !layer.inputs.isEmpty {
            key("inputs")
            beginArray()
            for name in layer.inputs { string(name) }
            endArray()
        }
        for (parameter, _) in layer.operation.tensors {
            key(parameter)
            beginObject()
            key("tensor")
            string(tensorName(parameter))
            endObject()
        }
        parameters(of: layer.operation)
        endObject()
    }

    private mutating func parameters(of operation: Operation) {
        switch operation {
        case .convolution(let layer): convolution(layer)
        case .transposedConvolution(let layer): transposedConvolution(layer)
        case .pooling(let layer): pooling(layer)
        case .adaptivePooling(let layer): adaptivePooling(layer)
        case .unpooling(let layer): unpooling(layer)
        case .unfold(let layer):
            spatial("kernel_size", layer.kernelSize, rank: 2)
            blocks(layer.stride, layer.padding, layer.dilation)
        case .fold(let layer):
            spatial("output_size", layer.outputSize, rank: 2)
            spatial("kernel_size", layer.kernelSize, rank: 2)
            blocks(layer.stride, layer.padding, layer.dilation)
        case .activation(let function): activation(function)
        case .softmax(let layer): member("dim", layer.axis)
        case .batchNormalization(let layer): epsilon(layer.epsilon)
        case .layerNormalization(let layer):
            list("normalized_shape", layer.normalizedShape)
            epsilon(layer.epsilon)
        case .groupNormalization(let layer):
            if let groups = layer.groups { member("num_groups", groups) }
            epsilon(layer.epsilon)
        case .localResponseNormalization(let layer):
            member("size", layer.size)
            for (name, value) in [("alpha", layer.alpha), ("beta", layer.beta), ("k", layer.k)] {
                key(name)
                number(value)
            }
        case .flatten(let layer):
            member("start_dim", layer.startAxis, unless: 1)
            member("end_dim", layer.endAxis, unless: -1)
        case .reshape(let layer): list("shape", layer.extents)
        case .pad(let layer): pad(layer)
        case .upsample(let layer): upsample(layer)
        case .combination(.concatenate(let axis)): member("dim", axis, unless: 1)
        case .prelu, .linear, .scale, .combination: break
        }
    }
}

// MARK: - Operations

extension JSONWriter {
    private mutating func convolution(_ layer: Convolution) {
        if case .named(let kernel) = layer.weight {
            key("kernel")
            string(kernel.rawValue)
        }
        spatial("stride", layer.stride, rank: layer.spatialRank, unless: 1)
        padding(layer.padding, rank: layer.spatialRank)
        spatial("dilation", layer.dilation, rank: layer.spatialRank, unless: 1)
        member("groups", layer.groups, unless: 1)
        choice("padding_mode", layer.paddingMode, unless: .zeros)
        choice("algorithm", layer.algorithm, unless: .auto)
    }

    private mutating func transposedConvolution(_ layer: TransposedConvolution) {
        spatial("stride", layer.stride, rank: layer.spatialRank, unless: 1)
        padding(layer.padding, rank: layer.spatialRank)
        spatial("dilation", layer.dilation, rank: layer.spatialRank, unless: 1)
        member("groups", layer.groups, unless: 1)
        switch layer.outputExtent {
        case .padding(let added): spatial("output_padding", added, rank: layer.spatialRank, unless: 0)
        case .size(let size): spatial("output_size", size, rank: layer.spatialRank)
        }
    }

    private mutating func pooling(_ layer: Pooling) {
        spatial("kernel_size", layer.kernelSize, rank: layer.spatialRank)
        if layer.stride != layer.kernelSize { spatial("stride", layer.stride, rank: layer.spatialRank) }
        padding(layer.padding, rank: layer.spatialRank)
        spatial("dilation", layer.dilation, rank: layer.spatialRank, unless: 1)
        flag("ceil_mode", layer.ceilMode, unless: false)
        switch layer.reduction {
        case .maximum(let returnsIndices): flag("return_indices", returnsIndices, unless: false)
        case .average(let countsPadding, let divisor):
            flag("count_include_pad", countsPadding, unless: true)
            if let divisor { member("divisor_override", divisor) }
        case .norm(let p):
            key("norm_type")
            number(p)
        }
    }

    private mutating func adaptivePooling(_ layer: AdaptivePooling) {
        key("output_size")
        beginArray()
        for size in layer.outputSize {
            if let size { integer(size) } else { null() }
        }
        endArray()
        if case .maximum(returnsIndices: true) = layer.reduction { flag("return_indices", true, unless: false) }
    }

    private mutating func unpooling(_ layer: Unpooling) {
        if let indices = layer.indices {
            key("indices")
            tensor(indices, encoding: .base64)
        }
        spatial("kernel_size", layer.kernelSize, rank: layer.spatialRank)
        if layer.stride != layer.kernelSize { spatial("stride", layer.stride, rank: layer.spatialRank) }
        padding(layer.padding, rank: layer.spatialRank)
        if let size = layer.outputSize { spatial("output_size", size, rank: layer.spatialRank) }
    }

    private mutating func blocks(_ stride: Spatial, _ padding: Padding, _ dilation: Spatial) {
        spatial("stride", stride, rank: 2, unless: 1)
        self.padding(padding, rank: 2)
        spatial("dilation", dilation, rank: 2, unless: 1)
    }

    private mutating func activation(_ function: Activation) {
        switch function {
        case .leakyReLU(let slope): member("negative_slope", slope)
        case .elu(let alpha): member("alpha", alpha)
        case .gelu(tanhApproximation: true):
            key("approximate")
            string("tanh")
        case .clamp(let minimum, let maximum):
            if minimum > -.infinity { member("min", minimum) }
            if maximum < .infinity { member("max", maximum) }
        default: break
        }
    }

    private mutating func pad(_ layer: Pad) {
        key("padding")
        beginArray()
        for pair in layer.amounts { list(pair) }
        endArray()
        choice("mode", layer.mode, unless: .constant)
        if layer.value != 0 { member("value", layer.value) }
    }

    private mutating func upsample(_ layer: Upsample) {
        switch layer.target {
        case .size(let sizes): list("size", sizes)
        case .scale(let scales):
            key("scale_factor")
            beginArray()
            for scale in scales { number(scale) }
            endArray()
        }
        choice("mode", layer.mode, unless: .nearest)
        flag("align_corners", layer.alignsCorners, unless: false)
    }
}

// MARK: - Kinds of parameters

extension JSONWriter {
    private mutating func member(_ name: String, _ value: Int, unless standard: Int? = nil) {
        guard value != standard else { return }
        key(name)
        integer(value)
    }

    private mutating func member(_ name: String, _ value: Float) {
        key(name)
        number(value)
    }

    private mutating func flag(_ name: String, _ value: Bool, unless standard: Bool) {
        guard value != standard else { return }
        key(name)
        bool(value)
    }

    private mutating func choice<Choice: RawRepresentable<String> & Equatable>(
        _ name: String,
        _ value: Choice,
        unless standard: Choice
    ) {
        guard value != standard else { return }
        key(name)
        string(value.rawValue)
    }

    private mutating func list(_ name: String, _ values: [Int]) {
        key(name)
        list(values)
    }

    private mutating func list(_ values: [Int]) {
        beginArray()
        for value in values { integer(value) }
        endArray()
    }

    private mutating func epsilon(_ value: Double) {
        guard value != 1e-5 else { return }
        key("eps")
        number(value)
    }

    /// One number for each of the last `rank` axes, or for all of them where they are equal.
    private mutating func spatial(_ name: String, _ value: Spatial, rank: Int, unless standard: Int? = nil) {
        let values = value.last(rank)
        guard !values.allSatisfy({ $0 == standard }) else { return }
        key(name)
        if values.allSatisfy({ $0 == values[0] }) { integer(values[0]) } else { list(values) }
    }

    private mutating func padding(_ padding: Padding, rank: Int) {
        switch padding {
        case .explicit(let begin, let end) where begin == end: spatial("padding", begin, rank: rank, unless: 0)
        case .explicit(let begin, let end):
            key("padding")
            beginArray()
            for pair in zip(begin.last(rank), end.last(rank)) { list([pair.0, pair.1]) }
            endArray()
        case .valid: break
        case .same:
            key("padding")
            string("same")
        case .sameLower:
            key("padding")
            string("same_lower")
        }
    }
}

extension Spatial {
    /// The numbers of the last `rank` axes.
    fileprivate func last(_ rank: Int) -> [Int] { ((3 - rank)..<3).map { self[$0] } }
}
