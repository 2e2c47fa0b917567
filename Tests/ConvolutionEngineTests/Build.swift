import ConvolutionEngine
import TestSupport
import Testing

/// A shape that the test knows to be one.
func shape(_ extents: Int..., sourceLocation: SourceLocation = #_sourceLocation) throws -> Shape {
    try #require(Shape(checking: extents), sourceLocation: sourceLocation)
}

/// A tensor of the given elements.
func tensor(
    _ extents: [Int],
    _ elements: [Float],
    sourceLocation: SourceLocation = #_sourceLocation
) throws -> Tensor {
    let shape = try #require(Shape(checking: extents), sourceLocation: sourceLocation)
    return try #require(Tensor(shape: shape, elements: elements), sourceLocation: sourceLocation)
}

/// The elements 1, 2, 3… in a shape.
func counting(_ extents: Int...) throws -> Tensor {
    try tensor(extents, (1...extents.reduce(1, *)).map(Float.init))
}

/// Elements between −1 and 1.
func random(_ extents: [Int], _ source: inout SeededRandom) throws -> Tensor {
    try tensor(extents, (0..<extents.reduce(1, *)).map { _ in Float.random(in: -1...1, using: &source) })
}

extension Tensor {
    var array: [Float] { withElements { Array($0) } }
}

/// The whole result of one layer.
func run(
    _ operation: ConvolutionEngine.Operation,
    _ input: Tensor,
    sourceLocation: SourceLocation = #_sourceLocation
) throws -> NetworkResult {
    let engine = Engine()
    let plan = try engine.plan(Network(layers: [Layer(operation)]), input: input.shape)
    let result = try #require(engine.run(plan, input: input), sourceLocation: sourceLocation)
    #expect(result.output.shape == plan.outputShape, sourceLocation: sourceLocation)
    return result
}

/// The elements of one layer's result.
func elements(
    _ operation: ConvolutionEngine.Operation,
    _ input: Tensor,
    sourceLocation: SourceLocation = #_sourceLocation
) throws -> [Float] {
    try run(operation, input, sourceLocation: sourceLocation).output.array
}

/// The error that planning one layer throws.
func planningError(
    _ operation: ConvolutionEngine.Operation,
    _ extents: Int...,
    sourceLocation: SourceLocation = #_sourceLocation
) throws -> EngineError {
    let shape = try #require(Shape(checking: extents), sourceLocation: sourceLocation)
    return try #require(throws: EngineError.self, sourceLocation: sourceLocation) {
        try Engine().plan(Network(layers: [Layer(operation)]), input: shape)
    }
}

/// Along the width alone.
func width(_ value: Int, neutral: Int = 1) -> Spatial { Spatial(trailing: [value], neutral: neutral) }

/// Along height and width.
func both(_ value: Int, neutral: Int = 1) -> Spatial { Spatial(trailing: [value, value], neutral: neutral) }

/// The same padding on both sides of the last `axes` axes.
func padding(_ value: Int, axes: Int = 2) -> Padding {
    let cells = Spatial(trailing: Array(repeating: value, count: axes), neutral: 0)
    return .explicit(begin: cells, end: cells)
}

/// Whether two results agree: NaN with NaN, infinities with themselves, numbers within `tolerance` of the larger magnitude
/// (but at least 1).
func agree(_ found: [Float], _ expected: [Float], tolerance: Float = 1e-6) -> Bool {
    found.count == expected.count
        && zip(found, expected).allSatisfy { found, expected in
            if found.isNaN || expected.isNaN { return found.isNaN && expected.isNaN }
            if found == expected { return true }
            return abs(found - expected) <= tolerance * max(1, abs(expected))
        }
}
