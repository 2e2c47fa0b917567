import ConvolutionEngine

extension CodingError.Reason {
    static func unknownParameter(_ name: String, owner: String, among allowed: [String]) -> Self {
        .unknownParameter(name, owner: owner, nearest: nearestName(to: name, in: allowed), allowed: allowed)
    }

    static func choice(_ found: String, among allowed: [String]) -> Self {
        .choice(found: found, allowed: allowed, nearest: nearestName(to: found, in: allowed))
    }
}
