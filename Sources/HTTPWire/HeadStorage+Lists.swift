extension HeadStorage {
    /// The elements of all field lines of this kind as one comma-separated list, without surrounding blanks, empty
    /// ones left out (RFC 9110 sections 5.3 and 5.6.1.2).
    func forEachElement<Failure: Error>(
        of kind: KnownField,
        _ visit: (Range<Int>) throws(Failure) -> Void
    ) throws(Failure) {
        guard contains(kind) else { return }
        for place in places where place.kind == kind {
            var start = place.value.lowerBound
            while start < place.value.upperBound {
                var end = start
                while end < place.value.upperBound, octets[end] != ASCII.comma { end += 1 }
                let element = trimmed(start..<end)
                if !element.isEmpty { try visit(element) }
                start = end + 1
            }
        }
    }

    func trimmed(_ range: Range<Int>) -> Range<Int> {
        var start = range.lowerBound
        var end = range.upperBound
        while start < end, octets[start].isBlank { start += 1 }
        while start < end, octets[end - 1].isBlank { end -= 1 }
        return start..<end
    }
}
