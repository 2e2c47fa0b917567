package import ConvolutionEngine

extension EngineError {
    /// What was found, what was expected and, where it is known, the mend; for people.
    package var sentence: String {
        let sentence = reason.sentence(parameter ?? "input")
        return sentence.hasSuffix("?") ? sentence : sentence + "."
    }
}

extension EngineError.Reason {
    /// `name` is the parameter to blame.
    fileprivate func sentence(_ name: String) -> String {
        switch self {
        case .rank(let found, let expected):
            return
                "\(name) has \(counted(found.rank, "axis", "axes")) (shape \(found)), expected \(alternatives(expected))"
        case .shape(let found, let expected):
            return "\(name) has shape \(found), expected \(expected)"
        case .zeroExtent(let found, let axis):
            return
                "\(name) has no elements along axis \(axis) (shape \(found)); only the batch of an input may be empty"
        case .shapeOverflow:
            return "\(name) asks for more elements than 64 bits can count"
        case .noNumbers:
            return "\(name) is missing: a layer that is to be computed needs its numbers"

        case .tooSmall(let found, let minimum, let axis):
            return "\(name)\(place(axis)) is \(found), but must be at least \(minimum)"
        case .tooLarge(let found, let maximum, let axis):
            return "\(name)\(place(axis)) is \(found), but may be at most \(maximum)"
        case .outOfRange(let found, let requirement):
            return "\(name) is \(found), but must be \(requirement.text)"
        case .count(let found, let expected):
            return "\(name) has \(counted(found, "entry", "entries")), expected \(expected)"
        case .axis(let found, let rank):
            return "\(name) is \(found), but the input has \(counted(rank, "axis", "axes")): it must lie from "
                + "\(-max(rank, 1)) to \(max(rank, 1) - 1)"
        case .axisOrder(let start, let end):
            return "start_dim (axis \(start)) comes after end_dim (axis \(end))"
        case .reshape(let input, let shape):
            return
                "shape is \(shape), which cannot hold the \(counted(input.elementCount, "element", "elements")) of the "
                + "input \(input)"
        case .cornersOfNearest:
            return "align_corners goes with mode \"bilinear\": nearest takes cells as they are"
        case .zeroDivisor:
            return "\(name) is 0, and nothing can be divided by it"

        case .inputChannels(let weight, let input, let channels, let groups):
            let perGroup = weight.rank >= 2 ? weight[1] : 1
            let mend =
                channels.isMultiple(of: groups)
                ? "the weight's second extent must be \(channels / groups)"
                : "\(groups) groups do not divide \(counted(channels, "channel", "channels"))"
            return "weight has \(counted(perGroup, "input channel", "input channels")) per group (shape \(weight)) "
                + "but the input \(input) has \(counted(channels, "channel", "channels")) with groups \(groups): \(mend)"
        case .transposedInputChannels(let weight, let input, let channels):
            let taken = weight.rank >= 2 ? weight[0] : 1
            return "weight takes \(counted(taken, "input channel", "input channels")) (shape \(weight)) "
                + "but the input \(input) has \(channels): a transposed convolution's weight is [C_in, C_out / groups, k…], "
                + "so its first extent must be \(channels)"
        case .groups(let found, let channels, let side):
            let which = side == .input ? "input" : "output"
            return "\(name) is \(found), which does not divide the "
                + counted(channels, "\(which) channel", "\(which) channels")
        case .namedKernel(let spatialRank):
            return "a named kernel has height and width and goes with conv2d, not with conv\(spatialRank)d"
        case .normalizedShape(let shape, let input):
            return "normalized_shape is \(shape), but the input \(input) does not end with these extents"
        case .features(let weight, let input):
            return "weight takes \(counted(weight.last ?? 0, "feature", "features")) (shape \(weight), [out, in]) "
                + "but the input \(input) has \(input.last ?? 0) along its last axis"
        case .foldChannels(let found, let kernelCells):
            return "the input has \(counted(found, "row", "rows")) of columns, which is not a multiple of the kernel's "
                + "\(counted(kernelCells, "cell", "cells"))"
        case .foldColumns(let found, let expected):
            return "the input has \(counted(found, "column", "columns")), but output_size has "
                + "\(counted(expected, "block", "blocks"))"

        case .kernelExceedsInput(let kernel, let dilation, let effective, let padded, let axis):
            let spread = dilation > 1 ? " with dilation \(dilation) covers \(effective) cells and" : ""
            return "a kernel of \(kernel)\(place(axis))\(spread) is larger than the padded input, which has \(padded): "
                + "add padding or take a smaller kernel"
        case .poolPadding(let found, let effectiveKernel, let axis):
            return "padding\(place(axis)) is \(found), but must be smaller than the window, which covers "
                + "\(counted(effectiveKernel, "cell", "cells")): at most \(effectiveKernel - 1)"
        case .paddingMode(let mode, let found, let maximum, let axis):
            return "padding\(place(axis)) is \(found), but mode \"\(mode)\" can take at most \(maximum) from this input"
        case .outputPadding(let found, let stride, let dilation, let axis):
            return "output_padding\(place(axis)) is \(found), but must be smaller than the stride \(stride) "
                + "or the dilation \(dilation)"
        case .outputSize(let found, let minimum, let maximum, let axis):
            return "output_size\(place(axis)) is \(found), but must lie from \(minimum) to \(maximum)"
        case .nothingLeft(let extent, let axis):
            return "\(name) leaves nothing\(place(axis)): the result would have an extent of \(extent)"
        case .indexOutOfPlane(let index, let position, let planeSize):
            return "indices has \(index) at position \(position), but a plane of the output has the indices 0 to "
                + "\(planeSize - 1)"

        case .emptyNetwork:
            return "there are no layers to compute"
        case .unknownName(let unknown, let nearest):
            let mend = nearest.map { "; did you mean \"\($0)\"?" } ?? ""
            return "no layer is named \"\(unknown)\"\(mend)"
        case .duplicateName(let name, let first):
            return "the name \"\(name)\" is already that of layer \(first)"
        case .repeatedOutput(let name, let first):
            return "\"\(name)\" is asked for twice: entry \(first) of outputs names it already"
        case .reservedName(let name):
            return "the name \"\(name)\" belongs to the network's own input"
        case .cycle(let name):
            return "the layer \"\(name)\" reads its own result"
        case .laterLayer(let name, let index):
            return
                "\"\(name)\" is layer \(index), which comes later: layers are computed in order, so a layer reads only "
                + "those before it (and a cycle cannot be computed)"
        case .inputCount(let found, let minimum, let maximum):
            let expected = maximum == minimum ? "\(minimum)" : "at least \(minimum)"
            return "inputs: the operation takes \(expected), found \(found)"
        case .broadcast(let first, let second):
            return
                "shapes \(first) and \(second) do not broadcast: counted from the last, each pair of extents must be "
                + "equal or one of them 1"
        case .broadcastOver(let shape, let input):
            return
                "\(name) has shape \(shape), which does not broadcast over the input \(input): counted from the last, each "
                + "extent must be 1 or the input's"
        case .concatenation(let first, let second, let axis):
            return "shapes \(first) and \(second) cannot be joined along axis \(axis): all other extents must be equal"

        case .limit(let quantity, nil, .max):
            return "\(quantity.subject) more \(quantity.unit) than 64 bits can count"
        case .limit(let quantity, let found, let limit):
            return "\(quantity.subject) \(found.map(String.init) ?? "more than 64 bits can count") \(quantity.unit), "
                + "but the limit is \(limit)"
        }
    }
}

extension EngineError.Requirement {
    fileprivate var text: String {
        switch self {
        case .aboveZero: "above 0"
        case .zeroOrMore: "0 or more"
        }
    }
}

extension EngineError.Quantity {
    fileprivate var subject: String {
        switch self {
        case .elements: "a tensor would have"
        case .bytes: "the computation would take"
        case .multiplyAccumulates: "the computation would take"
        case .layers: "the network has"
        }
    }

    fileprivate var unit: String {
        switch self {
        case .elements: "elements"
        case .bytes: "bytes"
        case .multiplyAccumulates: "multiply-accumulates"
        case .layers: "layers"
        }
    }
}

/// ` along the height`, or nothing for a parameter without axes.
private func place(_ axis: Int?) -> String { axis.map { " along \(axisName($0))" } ?? "" }

private func axisName(_ axis: Int) -> String {
    switch axis {
    case 0: "the depth"
    case 1: "the height"
    case 2: "the width"
    default: "axis \(axis - 3) from the end"
    }
}

private func counted(_ number: Int, _ one: String, _ many: String) -> String { "\(number) \(number == 1 ? one : many)" }

/// `2, 3 or 4`; a long run as `1 to 8`.
private func alternatives(_ numbers: [Int]) -> String {
    guard let last = numbers.last, numbers.count > 1 else { return numbers.map(String.init).joined() }
    if numbers.count > 4 { return "\(numbers[0]) to \(last)" }
    return numbers.dropLast().map(String.init).joined(separator: ", ") + " or \(last)"
}
