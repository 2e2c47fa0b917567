import CLinux
import Glibc
import HTTPWire

/// The Date field with the time of day (RFC 9110 section 5.6.7), made anew once a second.
struct DateField {
    private var second: time_t = .min
    private(set) var line = FieldLines()

    /// Reads the system's clock, at the precision of its tick: a few nanoseconds, no system call.
    mutating func update() {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME_COARSE, &now)
        update(to: now.tv_sec)
    }

    mutating func update(to second: time_t) {
        guard second != self.second else { return }
        self.second = second
        var seconds = second
        var parts = tm()
        gmtime_r(&seconds, &parts)
        let day = Self.days[Int(parts.tm_wday)]
        let month = Self.months[Int(parts.tm_mon)]
        let date = "\(day), \(Self.two(parts.tm_mday)) \(month) \(Int(parts.tm_year) + 1900)"
        let time = "\(Self.two(parts.tm_hour)):\(Self.two(parts.tm_min)):\(Self.two(parts.tm_sec))"
        line = FieldLines()
        line.append("Date", "\(date) \(time) GMT")
    }

    private static func two(_ number: Int32) -> String {
        number < 10 ? "0\(number)" : "\(number)"
    }

    private static let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
}
