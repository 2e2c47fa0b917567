package import HTTPTypes

/// Field lines in the order received; names compare without case (ASCII), values stand without surrounding blanks.
package struct Fields: Sendable {
    private let storage: HeadStorage

    init(_ storage: HeadStorage) {
        self.storage = storage
    }

    /// Field lines, repeated names included.
    package var count: Int { storage.places.count }

    /// Name and value of each field line, as received.
    package subscript(index: Int) -> (name: String, value: String) {
        let place = storage.places[index]
        return (storage.text(place.name), storage.text(place.value))
    }
}

extension Fields {
    /// The value of the first field line of this name.
    package func first(named name: HTTPField.Name) -> String? {
        for place in storage.places where storage.matches(place.name, lowercased: name.canonicalName) {
            return storage.text(place.value)
        }
        return nil
    }

    /// The values of all field lines of this name, in order.
    package func all(named name: HTTPField.Name) -> [String] {
        storage.places.filter { storage.matches($0.name, lowercased: name.canonicalName) }
            .map { storage.text($0.value) }
    }
}
