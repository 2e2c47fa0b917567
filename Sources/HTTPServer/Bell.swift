import CLinux
import Glibc

/// Wakes a loop that waits for events, from any thread (eventfd(2)).
struct Bell: ~Copyable, Sendable {
    let descriptor: Descriptor

    init() throws(ServerError) {
        let flags = Int32(EFD_NONBLOCK) | Int32(EFD_CLOEXEC)
        descriptor = Descriptor(adopting: try checked("eventfd") { eventfd(0, flags) })
    }

    /// Watched edge by edge, each ring is an event of its own, so that nobody has to read the count. It would take
    /// centuries to fill.
    func ring() {
        var one: UInt64 = 1
        let raw = descriptor.raw
        _ = uninterrupted { write(raw, &one, MemoryLayout<UInt64>.size) }
    }
}
