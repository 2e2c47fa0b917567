import Glibc
import Synchronization

/// Takes whole lines, one after the other, from any thread.
final class LineSink: Sendable {
    static let standardError = LineSink(descriptor: STDERR_FILENO)

    private let descriptor: Mutex<Int32>

    /// The descriptor stays its owner's.
    init(descriptor: Int32) { self.descriptor = Mutex(descriptor) }

    /// Writes the whole line before any other's; what the system does not take is lost, for there is nowhere to say so.
    func write(_ line: [UInt8]) {
        descriptor.withLock { descriptor in
            var rest = line[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return }
                rest = rest.dropFirst(count)
            }
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
