import Dispatch
import Glibc
import Synchronization

/// Takes whole lines, one after the other, from any thread, and keeps nobody waiting: a thread of the sink's own writes
/// them. Where the reader does not keep up, lines wait up to a bound, and past it are lost and counted, for a full pipe
/// must not stop the event loop.
final class LineSink: Sendable {
    /// Octets of lines that may wait: some thousand lines.
    static let standardCapacity = 1 << 20

    private struct State {
        var waiting: [UInt8] = []
        var isWriting = false
        /// Lines that found no room, and how many of them the reader has not been told of.
        var lost = 0
        var untold = 0
    }

    private let descriptor: Int32
    private let capacity: Int
    private let notice: @Sendable (_ lost: Int) -> [UInt8]
    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "convserve.log")

    /// The descriptor stays its owner's.
    ///
    /// - Parameter notice: the line that tells the reader how many were lost before it.
    init(
        descriptor: Int32,
        capacity: Int = standardCapacity,
        notice: @escaping @Sendable (_ lost: Int) -> [UInt8] = { _ in [] }
    ) {
        self.descriptor = descriptor
        self.capacity = capacity
        self.notice = notice
    }

    /// Lines that were lost since the beginning.
    var lost: Int { state.withLock { $0.lost } }

    /// Puts a line behind those that wait.
    func write(_ line: [UInt8]) {
        let begins = state.withLock { state in
            guard state.waiting.count + line.count <= capacity else {
                state.lost += 1
                state.untold += 1
                return false
            }
            state.waiting += line
            defer { state.isWriting = true }
            return !state.isWriting
        }
        if begins { queue.async { self.drain() } }
    }

    /// Waits until what was put here before is written, but not for longer than `limit`. `false` where it is not.
    @discardableResult
    func flush(within limit: DispatchTimeInterval) -> Bool {
        let written = DispatchSemaphore(value: 0)
        queue.async { written.signal() }
        return written.wait(timeout: .now() + limit) == .success
    }

    private func drain() {
        while let lines = take() { writeWhole(lines) }
    }

    private func take() -> [UInt8]? {
        state.withLock { state in
            guard !state.waiting.isEmpty else {
                state.isWriting = false
                return nil
            }
            var lines: [UInt8] = []
            swap(&lines, &state.waiting)
            if state.untold > 0 {
                lines += notice(state.untold)
                state.untold = 0
            }
            return lines
        }
    }

    /// What the system does not take is lost, for there is nowhere to say so.
    private func writeWhole(_ lines: [UInt8]) {
        var rest = lines[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            // A terminal or pipe that another process has made non-blocking.
            if count < 0, errno == EAGAIN {
                var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                poll(&ready, 1, -1)
                continue
            }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }
}

/// Of the system's clock.
@Sendable func microsecondsSince1970() -> Int64 {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    return Int64(now.tv_sec) * 1_000_000 + Int64(now.tv_nsec) / 1000
}

/// `2026-05-31T12:00:00.000000Z` (RFC 3339), from microseconds since 1970.
func timestamp(_ microseconds: Int64) -> String {
    var seconds = time_t(microseconds / 1_000_000)
    var parts = tm()
    gmtime_r(&seconds, &parts)
    return String(unsafeUninitializedCapacity: 27) { buffer in
        var place = 0
        func write(_ number: Int, digits: Int, then end: Unicode.Scalar) {
            var rest = number
            for digit in stride(from: digits - 1, through: 0, by: -1) {
                buffer[place + digit] = UInt8(0x30 + rest % 10)
                rest /= 10
            }
            buffer[place + digits] = UInt8(ascii: end)
            place += digits + 1
        }
        write(Int(parts.tm_year) + 1900, digits: 4, then: "-")
        write(Int(parts.tm_mon) + 1, digits: 2, then: "-")
        write(Int(parts.tm_mday), digits: 2, then: "T")
        write(Int(parts.tm_hour), digits: 2, then: ":")
        write(Int(parts.tm_min), digits: 2, then: ":")
        write(Int(parts.tm_sec), digits: 2, then: ".")
        write(Int(microseconds % 1_000_000), digits: 6, then: "Z")
        return place
    }
}
