import ConvolutionEngine

/// One operation of the interface: its name, what may be given beside the input, and how that becomes a layer's value.
package final class OperationSpecification: Sendable {
    package let name: String
    /// Those of `/v1/shapes` included.
    package let parameters: [ParameterSpecification]
    /// `add`, `multiply` and `concat`: several inputs, only as a layer of a network.
    package let isLayerOnly: Bool
    /// The same parameters; and without those that only `/v1/shapes` knows.
    let known: MemberNames
    let knownForNumbers: MemberNames
    let build: @Sendable (borrowing Parameters) throws(CodingError) -> Operation

    init(
        _ name: String,
        _ parameters: [ParameterSpecification],
        isLayerOnly: Bool = false,
        build: @escaping @Sendable (borrowing Parameters) throws(CodingError) -> Operation
    ) {
        self.name = name
        self.parameters = parameters
        self.isLayerOnly = isLayerOnly
        self.build = build
        known = parameters.reduce(into: []) { $0.insert($1.member) }
        knownForNumbers = parameters.reduce(into: []) { if !$1.isForShapes { $0.insert($1.member) } }
    }
}

/// One parameter of an operation.
package struct ParameterSpecification: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        /// float32 elements in any of the three tensor forms
        case tensor
        /// int64 elements in any of the three tensor forms
        case indices
        case integer
        case number
        case bool
        case choice([String])
        /// an integer, or one for each spatial axis
        case spatial
        /// as `spatial`, or pairs [begin, end], or "valid", "same", "same_lower"
        case padding
        /// as `spatial`, where null keeps the input's extent
        case adaptiveSize
        /// an integer or a list of integers
        case integers
        /// a list of pairs [begin, end]
        case pairs
        /// a number, or one for each spatial axis
        case scales
    }

    /// When it must be there.
    package enum Presence: Hashable, Sendable {
        case optional, required
        /// Must be there unless only shapes are asked for.
        case requiredForNumbers
        /// Exactly one of this and the other must be there.
        case alternative(to: String)
        /// In place of a tensor, where only shapes are asked for.
        case shapesOnly
        /// May be there where only shapes are asked for.
        case optionalForShapes
    }

    let member: MemberName
    package let kind: Kind
    package let presence: Presence

    package var name: String { member.rawValue }

    /// Whether it is known only where shapes are asked for.
    package var isForShapes: Bool { presence == .shapesOnly || presence == .optionalForShapes }

    init(_ member: MemberName, _ kind: Kind, _ presence: Presence = .optional) {
        self.member = member
        self.kind = kind
        self.presence = presence
    }

    static func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ member: MemberName,
        of type: Choice.Type
    ) -> ParameterSpecification {
        ParameterSpecification(member, .choice(Choice.allCases.map(\.rawValue)))
    }
}

// MARK: - All of them

extension OperationSpecification {
    /// Every operation, in the order of the interface's table.
    package static let all: [OperationSpecification] =
        convolutions + pools + unfolding + activations + normalizations + rearrangements + combinations

    private static let byName = ShortTextTable(all.map(\.name))

    package static func named(_ name: String) -> OperationSpecification? {
        ShortText(name).flatMap { byName.index(of: $0) }.map { all[$0] }
    }

    /// The known name that a mistyped one most likely means.
    package static func nearest(to name: String) -> String? {
        nearestName(to: name, in: all.map(\.name))
    }

    /// The operation, or the error that there is none.
    static func lookUp(_ name: String) throws(CodingError) -> OperationSpecification {
        guard let found = named(name) else {
            throw CodingError(.unknownOperation(name, nearest: nearest(to: name)))
        }
        return found
    }
}
