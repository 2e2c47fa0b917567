package import HTTPTypes

/// Field lines in the order received; names compare without case (ASCII), values stand without surrounding blanks.
package struct Fields: Sendable {
    private let storage: HeadStorage

    init(storage: HeadStorage) {
        self.storage = storage
    }

    /// Field lines, repeated names included.
    package var count: Int { storage.places.count }

    /// The value of the first field line of this name.
    package func first(_ name: HTTPField.Name) -> String? {
        for place in storage.places where storage.matches(place.name, lowercased: name.canonicalName) {
            return storage.text(place.value)
        }
        return nil
    }

    /// Whether there is a field of this name and the first has exactly this value, which is ASCII.
    package func first(_ name: HTTPField.Name, is value: String) -> Bool {
        for place in storage.places where storage.matches(place.name, lowercased: name.canonicalName) {
            return storage.equals(place.value, value)
        }
        return false
    }

    /// The values of all field lines of this name, in order.
    package func all(_ name: HTTPField.Name) -> [String] {
        var values: [String] = []
        for place in storage.places where storage.matches(place.name, lowercased: name.canonicalName) {
            values.append(storage.text(place.value))
        }
        return values
    }

    /// Name and value of each field line, as received.
    package subscript(index: Int) -> (name: String, value: String) {
        let place = storage.places[index]
        return (storage.text(place.name), storage.text(place.value))
    }
}
