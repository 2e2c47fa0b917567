import HTTPWire
import Synchronization

/// Names each request in answers and logs: the client's own name when it sent a usable one.
struct RequestIDs: Sendable {
    /// Differs between two runs of the service, so that names in collected logs do not collide.
    private let run: UInt32 = .random(in: .min ... .max)
    private let next = Counter()

    private final class Counter: Sendable {
        let value = Atomic<UInt32>(0)
    }

    /// The client's `X-Request-Id` when it is 1 to 128 visible ASCII characters, else a new one.
    func id(for head: RequestHead) -> String {
        if let sent = head[.requestID], RequestIDs.isUsable(sent) { return sent }
        return fresh()
    }

    /// 15 characters, which a `String` holds without memory of its own.
    func fresh() -> String {
        let count = next.value.wrappingAdd(1, ordering: .relaxed).newValue
        let number = UInt64(run) << 32 | UInt64(count)
        return String(unsafeUninitializedCapacity: 15) { buffer in
            for place in 0..<15 {
                let nibble = UInt8(truncatingIfNeeded: number >> (4 * UInt64(14 - place))) & 15
                buffer[place] = nibble < 10 ? 0x30 + nibble : 0x57 + nibble
            }
            return 15
        }
    }

    static func isUsable(_ id: String) -> Bool {
        (1...128).contains(id.utf8.count) && id.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }
}
