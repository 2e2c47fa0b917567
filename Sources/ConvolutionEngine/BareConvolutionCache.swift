import Synchronization

/// The plans that were made last of convolutions that read their numbers as they came, without those numbers: so many
/// sizes as a service sees in a day, at about a kilobyte each.
///
/// Looking one up takes some tens of nanoseconds. A lock guards a single place and is never waited for: who finds it taken
/// plans anew.
final class BareConvolutionCache: Sendable {
    private typealias Place = Mutex<BareConvolution?>

    private let places = InlineArray<64, Place> { _ in Place(nil) }

    subscript(place: Int) -> BareConvolution? {
        get { places[place].withLockIfAvailable { $0 } ?? nil }
        set {
            // What stood there is let go of outside the lock.
            let old = places[place].withLockIfAvailable { held in
                defer { held = newValue }
                return held
            }
            withExtendedLifetime(old) {}
        }
    }

    /// Where a plan for these sizes stands, if there is one. Two that differ elsewhere take turns.
    func place(of layer: Convolution, weight: Shape, input: Shape) -> Int {
        var digest: UInt = 0
        func mix(_ number: Int) { digest = (digest ^ UInt(bitPattern: number)) &* 0x9E37_79B9_7F4A_7C15 }
        for axis in input.indices { mix(input[axis]) }
        for axis in weight.indices { mix(weight[axis]) }
        mix(layer.stride.width)
        return Int(digest >> 58)
    }
}
