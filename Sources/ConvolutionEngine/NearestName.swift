/// The name that a mistyped one most likely means: the fewest insertions, deletions, substitutions and swaps of
/// neighbours away (Damerau and Levenshtein), if that is at most a third of its length.
package func nearestName(to typed: String, in names: some Sequence<String>) -> String? {
    let typedOctets = Array(typed.utf8)
    // Longer than any name that is typed by hand, and the search's cost is the product of both lengths.
    guard typedOctets.count <= longestTypedName else { return nil }
    var best: (name: String, distance: Int)?
    for name in names where name.utf8.count <= longestTypedName {
        let distance = editDistance(typedOctets, Array(name.utf8))
        guard distance <= max(1, max(typedOctets.count, name.utf8.count) / 3) else { continue }
        if distance < best?.distance ?? .max { best = (name, distance) }
    }
    return best?.name
}

private let longestTypedName = 64

/// The restricted distance: no part is edited twice.
private func editDistance(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var beforeLast = [Int](repeating: 0, count: right.count + 1)
    var last = Array(0...right.count)
    for (row, leftByte) in left.enumerated() {
        var current = [row + 1]
        for (column, rightByte) in right.enumerated() {
            var distance = min(
                last[column + 1] + 1,
                current[column] + 1,
                last[column] + (leftByte == rightByte ? 0 : 1)
            )
            if row > 0, column > 0, leftByte == right[column - 1], left[row - 1] == rightByte {
                distance = min(distance, beforeLast[column - 1] + 1)
            }
            current.append(distance)
        }
        (beforeLast, last) = (last, current)
    }
    return last[right.count]
}
