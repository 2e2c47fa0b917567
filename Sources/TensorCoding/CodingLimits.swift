/// How much a body may ask of the reader, each with its reason.
package struct CodingLimits: Hashable, Sendable {
    /// Arrays and objects inside one another: a real request needs about a dozen, and skipping uses one bit a level.
    package static let depth = 64
    /// Octets of one number: an exact comparison costs time that grows with the square of its length.
    package static let numberLength = 1024

    /// Keys of one object: each is compared with all before it, and no object of ours knows twenty.
    package static let members = 100

    /// Layers of a network: the deepest published ones have about a thousand.
    package var layers = 4096
    /// Entries of one parameter that is not a tensor, counted through all its levels.
    package var parameterEntries = 4096

    /// Octets of a body that one thread reads by itself: several are worth their meeting from here on.
    package static let readAlone = 4 << 20

    package init() {}
}
