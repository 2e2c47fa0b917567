import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Convolutions that were prepared before, found by their geometry and the content of their weights: requests bring their
/// weights along, and most bring the same ones again.
///
/// Weights come from strangers, so a digest only says where to look; the elements themselves decide. What was not used for
/// longest makes room for what is new.
package final class WeightCache: Sendable {
    /// Bytes of weights, as they came and as they were prepared, that are kept at most.
    package let capacity: Int
    /// Entries, whatever their size: making room looks at each.
    private static let mostEntries = 256

    private let state = Mutex(State())

    package init(capacity: Int) { self.capacity = max(0, capacity) }

    package var reading: Reading { state.withLock { $0.reading } }

    /// What has become of the requests to it, and what it holds.
    package struct Reading: Hashable, Sendable {
        package var hits = 0
        package var misses = 0
        package var entries = 0
        package var bytes = 0

        package init() {}
    }

    /// The convolution with these weights: one that was prepared before, or else what `prepare` makes.
    func convolution(
        _ geometry: ConvolutionGeometry,
        weight: Tensor,
        request: AlgorithmRequest,
        use: WeightUse,
        prepare: () -> PreparedConvolution
    ) -> PreparedConvolution {
        let room = weight.byteCount
        guard room <= capacity / 4 else { return prepare() }
        let key = Key(geometry: geometry, request: request, use: use, digest: weight.digest)
        if let found = state.withLock({ $0.entries[key] }), found.weight.hasSameElements(as: weight) {
            state.withLock { $0.used(key) }
            return found.convolution
        }
        let convolution = prepare()
        let entry = Entry(weight: weight, convolution: convolution, bytes: room + convolution.preparedBytes)
        state.withLock { $0.add(entry, for: key, capacity: capacity, mostEntries: WeightCache.mostEntries) }
        return convolution
    }
}

extension WeightCache {
    private struct Key: Hashable {
        let geometry: ConvolutionGeometry
        let request: AlgorithmRequest
        let use: WeightUse
        let digest: Int
    }

    private struct Entry {
        let weight: Tensor
        let convolution: PreparedConvolution
        let bytes: Int
        /// The larger, the later.
        var lastUse = 0
    }

    private struct State {
        private(set) var entries: [Key: Entry] = [:]
        private(set) var reading = Reading()
        private var uses = 0

        mutating func used(_ key: Key) {
            reading.hits += 1
            uses += 1
            entries[key]?.lastUse = uses
        }

        mutating func add(_ entry: Entry, for key: Key, capacity: Int, mostEntries: Int) {
            reading.misses += 1
            guard entry.bytes <= capacity else { return }
            remove(key)
            while reading.bytes > capacity - entry.bytes || entries.count >= mostEntries {
                guard let oldest = entries.min(by: { $0.value.lastUse < $1.value.lastUse }) else { break }
                remove(oldest.key)
            }
            uses += 1
            var entry = entry
            entry.lastUse = uses
            entries[key] = entry
            reading.bytes += entry.bytes
            reading.entries = entries.count
        }

        private mutating func remove(_ key: Key) {
            guard let entry = entries.removeValue(forKey: key) else { return }
            reading.bytes -= entry.bytes
            reading.entries = entries.count
        }
    }
}

extension Tensor {
    /// Of some of the elements, evenly spread, and keyed anew in each process: finding equal weights takes no more.
    fileprivate var digest: Int {
        withElements { elements in
            var hasher = Hasher()
            hasher.combine(elements.count)
            for index in stride(from: 0, to: elements.count, by: max(1, elements.count / 32)) {
                hasher.combine(elements[index].bitPattern)
            }
            return hasher.finalize()
        }
    }

    /// Bit by bit.
    fileprivate func hasSameElements(as other: Tensor) -> Bool {
        withElements { mine in
            other.withElements { theirs in
                guard let first = mine.baseAddress, let second = theirs.baseAddress else { return false }
                guard mine.count == theirs.count else { return false }
                return memcmp(first, second, mine.count * MemoryLayout<Float>.stride) == 0
            }
        }
    }
}
