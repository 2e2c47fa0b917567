import Glibc

/// The one owner of an open descriptor: closes it once, when its life ends.
struct Descriptor: ~Copyable, Sendable {
    let raw: Int32

    /// Takes over a descriptor that nobody else will close.
    init(adopting raw: Int32) {
        self.raw = raw
    }

    deinit {
        // Not repeated after EINTR: Linux has closed it by then, and the number may already be another's.
        _ = close(raw)
    }
}
