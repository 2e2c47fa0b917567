/// Octets on their way to one client: heads and small bodies run together in one buffer, behind it at most one large
/// body, which is never copied.
struct Outbox {
    /// Bodies up to this size are copied behind their head: cheaper than a second vector in the system call.
    static let smallBody = 16 * 1024
    /// Answers to pipelined requests are gathered up to this size before they are sent.
    static let batch = 64 * 1024

    /// Opened before anything is put behind what it holds.
    var buffer: [UInt8] = []
    private var large: [UInt8] = []
    /// Of `buffer` and then `large`.
    private var sent = 0

    var count: Int { buffer.count + large.count - sent }
    var isEmpty: Bool { count == 0 }
    /// Whether a further answer may be put behind what is here.
    var takesMore: Bool { large.isEmpty && count < Self.batch }

    /// Before an answer is put behind what is here: its head into the buffer, then its body; only while `takesMore`.
    mutating func open(_ spares: inout SpareBuffers) {
        if buffer.isEmpty { buffer = spares.take() }
    }

    /// Puts a body behind its head.
    @inline(never)
    mutating func append(body: [UInt8]) {
        if body.count <= Self.smallBody {
            // An array that is appended is counted.
            body.withUnsafeBufferPointer { buffer.append(contentsOf: $0) }
        } else {
            large = body
        }
    }

    /// Puts a few octets behind what is here.
    mutating func append(_ octets: [UInt8], spares: inout SpareBuffers) {
        if buffer.isEmpty { buffer = spares.take() }
        buffer.append(contentsOf: octets)
    }

    enum Progress {
        case complete, blocked, failed
    }

    /// Sends until all is gone or the kernel takes no more. `send` is given what is left of the buffer and of the large
    /// body, of which the first may be empty.
    @inline(__always)
    mutating func flush(
        spares: inout SpareBuffers,
        by send: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) -> Transfer
    ) -> Progress {
        while !isEmpty {
            let first = min(sent, buffer.count)
            let second = sent - first
            let transfer = buffer.withUnsafeBytes { buffer in
                large.withUnsafeBytes { large in
                    send(
                        UnsafeRawBufferPointer(rebasing: buffer[first...]),
                        UnsafeRawBufferPointer(rebasing: large[second...])
                    )
                }
            }
            switch transfer {
            case .moved(let count): sent += count
            case .wouldBlock: return .blocked
            case .failed: return .failed
            }
        }
        spares.give(&buffer)
        spares.givePiece(&large)
        sent = 0
        return .complete
    }
}

/// Buffers that connections borrow while they have something to send, so that idle ones hold none and a request in the
/// steady state allocates none.
struct SpareBuffers {
    private static let most = 64
    private static let largest = 2 * Outbox.batch

    /// Streamed bodies are made in pieces of about this size.
    private static let pieces = 64 * 1024...512 * 1024

    private var buffers: [[UInt8]] = []
    private var piece: [UInt8] = []

    mutating func take() -> [UInt8] {
        buffers.popLast() ?? []
    }

    /// Leaves an empty array in the buffer's place.
    mutating func give(_ buffer: inout [UInt8]) {
        guard buffers.count < Self.most, buffer.capacity <= Self.largest else {
            buffer = []
            return
        }
        buffer.removeAll(keepingCapacity: true)
        buffers.append(buffer)
        buffer = []
    }

    /// Leaves an empty array in the place of a large body, whose memory may serve the next piece of a streamed one.
    mutating func givePiece(_ large: inout [UInt8]) {
        if Self.pieces.contains(large.capacity) {
            large.removeAll(keepingCapacity: true)
            swap(&piece, &large)
        }
        if large.capacity > 0 { large = [] }
    }

    /// Empty; of a capacity where one was left.
    mutating func takePiece() -> [UInt8] {
        defer { piece = [] }
        return piece
    }
}
