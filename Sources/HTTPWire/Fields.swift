package import HTTPTypes

/// Field lines in the order received; names compare without case (ASCII), values stand without surrounding blanks.
package struct Fields: Sendable {
    private let box: HeadBox

    init(_ box: HeadBox) {
        self.box = box
    }

    /// Field lines, repeated names included.
    package var count: Int { box.storage.places.count }

    /// Name and value of each field line, as received.
    package subscript(index: Int) -> (name: String, value: String) {
        let place = box.storage.places[index]
        return (box.storage.text(place.name), box.storage.text(place.value))
    }
}

// MARK: - By kind: nothing is searched for what is not there

extension Fields {
    package func contains(_ field: KnownField) -> Bool { box.storage.contains(field) }

    /// The value of the first field line of this kind.
    package subscript(field: KnownField) -> String? {
        guard let place = box.storage.first(field) else { return nil }
        return box.storage.text(place.value)
    }

    /// Whether there is a field of this kind and the first has exactly this value, which is ASCII.
    package func first(_ field: KnownField, is value: StaticString) -> Bool {
        guard let place = box.storage.first(field) else { return false }
        return box.storage.withOctets(place.value) { $0.isSame(as: value) }
    }

    /// The same, and no other field is of this kind.
    package func only(_ field: KnownField, is value: StaticString) -> Bool {
        first(field, is: value) && box.storage.places.count(where: { $0.kind == field }) == 1
    }

    /// The values of all field lines of this kind, in order.
    package func all(_ field: KnownField) -> [String] {
        guard contains(field) else { return [] }
        return box.storage.places.filter { $0.kind == field }.map { box.storage.text($0.value) }
    }
}

// MARK: - By name

extension Fields {
    /// The value of the first field line of this name.
    package func first(named name: HTTPField.Name) -> String? {
        for place in box.storage.places where box.storage.matches(place.name, lowercased: name.canonicalName) {
            return box.storage.text(place.value)
        }
        return nil
    }

    /// The values of all field lines of this name, in order.
    package func all(named name: HTTPField.Name) -> [String] {
        box.storage.places.filter { box.storage.matches($0.name, lowercased: name.canonicalName) }
            .map { box.storage.text($0.value) }
    }
}
