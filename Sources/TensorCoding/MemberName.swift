/// The keys that objects of the interface know: of requests, of layers, of tensors, and the parameters of all operations.
///
/// A key is recognised once, where it is read; from there on it is a number, so that no request compares strings.
enum MemberName: String, CaseIterable {
    // Requests
    case input, encoding, layers, outputs
    case inputShape = "input_shape"
    // Layers
    case type, name, inputs
    // Tensors
    case shape, data, dtype, tensor
    case base64 = "data_base64"
    // Parameters that are tensors
    case weight, bias, indices
    case runningMean = "running_mean"
    case runningVariance = "running_var"
    // All other parameters
    case affine, algorithm, alpha, approximate, beta, dilation, groups, k, kernel, max, min, mode, padding, size
    case stride, value
    case alignCorners = "align_corners"
    case axis = "dim"
    case ceilMode = "ceil_mode"
    case countIncludePad = "count_include_pad"
    case divisorOverride = "divisor_override"
    case endAxis = "end_dim"
    case epsilon = "eps"
    case groupCount = "num_groups"
    case kernelSize = "kernel_size"
    case negativeSlope = "negative_slope"
    case normType = "norm_type"
    case normalizedShape = "normalized_shape"
    case outChannels = "out_channels"
    case outFeatures = "out_features"
    case outputPadding = "output_padding"
    case outputSize = "output_size"
    case paddingMode = "padding_mode"
    case returnIndices = "return_indices"
    case scaleFactor = "scale_factor"
    case startAxis = "start_dim"
}

/// Some of the names.
struct MemberNames: ExpressibleByArrayLiteral {
    private var bits: UInt64 = 0

    init(arrayLiteral names: MemberName...) {
        for name in names { insert(name) }
    }

    var isEmpty: Bool { bits == 0 }

    func contains(_ name: MemberName) -> Bool { bits & MemberNames.bit(name) != 0 }

    /// Gives whether it was not there yet.
    @discardableResult
    mutating func insert(_ name: MemberName) -> Bool {
        defer { bits |= MemberNames.bit(name) }
        return !contains(name)
    }

    mutating func formUnion(_ others: MemberNames) { bits |= others.bits }

    func subtracting(_ others: MemberNames) -> MemberNames {
        var rest = self
        rest.bits &= ~others.bits
        return rest
    }

    private static func bit(_ name: MemberName) -> UInt64 { 1 << UInt64(name.index) }
}

extension MemberName {
    private static let table = ShortTextTable(allCases.map(\.rawValue))

    /// The name that this is, if it is one.
    init?(_ text: ShortText) {
        guard let index = MemberName.table.index(of: text) else { return nil }
        // A list of all cases would be made anew each time.
        self = unsafe unsafeBitCast(UInt8(truncatingIfNeeded: index), to: MemberName.self)
    }

    /// Its place among all cases.
    var index: Int { Int(unsafe unsafeBitCast(self, to: UInt8.self)) }
}
