package import ConvolutionEngine

extension EngineError {
    /// What was found, what was expected and, where it is known, the mend; for people.
    package var sentence: String { String(describing: reason) }
}
