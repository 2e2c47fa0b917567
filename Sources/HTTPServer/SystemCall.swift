import Glibc

/// Makes a call again for as long as a signal interrupts it.
@inline(__always)
func uninterrupted<Result: FixedWidthInteger>(_ call: () -> Result) -> Result {
    while true {
        let result = call()
        if result == -1, errno == EINTR { continue }
        return result
    }
}

/// The result of a call that answers a count or a descriptor, and -1 for failure.
@inline(__always)
func checked(_ name: String, _ call: () -> Int32) throws(ServerError) -> Int32 {
    let result = uninterrupted(call)
    guard result != -1 else { throw .systemCall(name, code: errno) }
    return result
}

/// What moving octets through a non-blocking socket came to.
enum Transfer {
    /// So many octets moved; for a receive, none means that the peer has ended its direction.
    case moved(Int)
    /// The kernel's buffer is empty, or full.
    case wouldBlock
    /// The connection is lost.
    case failed

    @inline(__always)
    init(result: Int) {
        if result >= 0 {
            self = .moved(result)
        } else {
            let code = errno
            self = code == EAGAIN || code == EWOULDBLOCK ? .wouldBlock : .failed
        }
    }
}
