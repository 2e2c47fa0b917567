/// Why a layer or network cannot be computed: where, and what was found against what was expected.
///
/// The sentences for people are written elsewhere, in one place; here is only the evidence.
package struct EngineError: Error, Hashable, Sendable {
    /// The index of the layer in the request, `nil` when no layer is to blame.
    package var layer: Int?
    /// The parameter to blame, as the interface names it (`weight`, `stride`, `input`…).
    package var parameter: String?
    package var reason: Reason

    package init(_ reason: Reason, parameter: String? = nil, layer: Int? = nil) {
        self.reason = reason
        self.parameter = parameter
        self.layer = layer
    }

    /// The same error, said to be of layer `index` unless it names one already.
    package func inLayer(_ index: Int) -> EngineError {
        var error = self
        error.layer = layer ?? index
        return error
    }
}

extension EngineError {
    /// What is wrong, with the evidence. `axis` counts the three spatial axes: 0 depth, 1 height, 2 width; `nil` where the
    /// parameter has no axes.
    package enum Reason: Hashable, Sendable {
        // Tensors
        /// A tensor has the wrong number of axes.
        case rank(found: Shape, expected: [Int])
        /// A tensor has the wrong shape.
        case shape(found: Shape, expected: Shape)
        /// An axis other than the batch has no cells.
        case zeroExtent(found: Shape, axis: Int)
        /// A number of elements, or a shape, that 64 bits do not hold.
        case shapeOverflow
        /// The layer was given without numbers (for shapes only), but is to be computed.
        case noNumbers

        // Parameters
        /// A parameter is below its least value.
        case tooSmall(found: Int, minimum: Int, axis: Int?)
        /// A parameter is above what any real layer has (`Window.maximumParameter`).
        case tooLarge(found: Int, maximum: Int, axis: Int?)
        /// A floating-point parameter outside its range.
        case outOfRange(found: Double, requirement: Requirement)
        /// A list parameter has the wrong number of entries.
        case count(found: Int, expected: Int)
        /// An axis number that the tensor does not have.
        case axis(found: Int, rank: Int)
        /// `start_dim` comes after `end_dim`.
        case axisOrder(start: Int, end: Int)
        /// The input's elements do not fit into the shape asked for.
        case reshape(input: Shape, shape: [Int])
        /// `align_corners` with nearest, which blends nothing.
        case cornersOfNearest
        /// The average's divisor is zero.
        case zeroDivisor

        // Channels
        /// The weight's second extent times `groups` is not the input's channels.
        case inputChannels(weight: Shape, input: Shape, channels: Int, groups: Int)
        /// The transposed convolution's weight has a first extent that is not the input's channels.
        case transposedInputChannels(weight: Shape, input: Shape, channels: Int)
        /// `groups` does not divide a number of channels.
        case groups(found: Int, channels: Int, of: ChannelSide)
        /// A named kernel, which has two axes, in a layer that has not.
        case namedKernel(spatialRank: Int)
        /// The input's last extents are not the normalised ones.
        case normalizedShape(Shape, input: Shape)
        /// The last extent is not what the linear weight takes.
        case features(weight: Shape, input: Shape)
        /// The channels of `fold` are not a multiple of the kernel's cells.
        case foldChannels(found: Int, kernelCells: Int)
        /// The columns of `fold` are not as many as the output has blocks.
        case foldColumns(found: Int, expected: Int)

        // Windows
        /// The kernel (dilated) is larger than the padded input.
        case kernelExceedsInput(kernel: Int, dilation: Int, effective: Int, padded: Int, axis: Int)
        /// A pool's padding is as large as its (dilated) kernel, so that a window could lie in padding alone.
        case poolPadding(found: Int, effectiveKernel: Int, axis: Int)
        /// More cells of padding than the mode can take from the input.
        case paddingMode(mode: String, found: Int, maximum: Int, axis: Int)
        /// `output_padding` is at least the stride and the dilation.
        case outputPadding(found: Int, stride: Int, dilation: Int, axis: Int)
        /// `output_size` is out of reach.
        case outputSize(found: Int, minimum: Int, maximum: Int, axis: Int)
        /// Padding takes away the whole output of a transposed convolution, an unpooling or a `pad`.
        case nothingLeft(extent: Int, axis: Int)
        /// An index of `max_unpool` lies outside its plane.
        case indexOutOfPlane(index: Int64, position: Int, planeSize: Int)

        // Networks
        case emptyNetwork
        /// No layer has this name; `nearest` is the most similar one.
        case unknownName(String, nearest: String?)
        /// Two layers have this name.
        case duplicateName(String, first: Int)
        /// A result is asked for twice.
        case repeatedOutput(String, first: Int)
        /// The name belongs to the network's input.
        case reservedName(String)
        /// A layer reads itself.
        case cycle(String)
        /// A layer reads one that comes after it.
        case laterLayer(String, index: Int)
        /// The operation takes another number of tensors.
        case inputCount(found: Int, minimum: Int, maximum: Int)
        /// Shapes that do not broadcast.
        case broadcast(Shape, Shape)
        /// A tensor that does not broadcast to the input's shape.
        case broadcastOver(Shape, input: Shape)
        /// Shapes that differ elsewhere than on the concatenated axis.
        case concatenation(Shape, Shape, axis: Int)

        // Limits
        /// The plan is over a limit. `found` is `nil` when 64 bits do not hold it.
        case limit(Quantity, found: Int?, limit: Int)
    }

    /// What a floating-point parameter must be.
    package enum Requirement: Hashable, Sendable { case aboveZero, zeroOrMore }

    /// Which channels `groups` must divide.
    package enum ChannelSide: Hashable, Sendable { case input, output }

    /// What a limit counts.
    package enum Quantity: Hashable, Sendable { case elements, bytes, multiplyAccumulates, layers }
}
