/// Octets without a pattern shorter than a million, made quickly in a debug build too.
package func randomOctets(_ count: Int, seed: UInt64) -> [UInt8] {
    var random = SeededRandom(seed: seed)
    let block = (0..<min(count, 1_000_003) / 8 + 1).flatMap { _ in
        withUnsafeBytes(of: random.next()) { Array($0) }
    }
    var octets: [UInt8] = []
    octets.reserveCapacity(count + block.count)
    while octets.count < count { octets += block }
    octets.removeLast(octets.count - count)
    return octets
}
