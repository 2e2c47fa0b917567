#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// What the kernel counts of this process, under the names that Prometheus's own clients give it. Read when somebody
/// asks for the metrics (proc(5)).
enum ProcessMetrics {
    static func exposition() -> String {
        var text = ""
        func family(_ name: String, _ type: String, _ help: String, _ value: Double?) {
            guard let value else { return }
            text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n\(name) \(value)\n"
        }
        let fields = statFields()
        let ticks = Double(max(1, sysconf(Int32(_SC_CLK_TCK))))
        let page = Double(sysconf(Int32(_SC_PAGESIZE)))
        let cpu = fields.count > 12 ? (fields[11] + fields[12]) / ticks : nil
        family("process_cpu_seconds_total", "counter", "Time on processors, in user and system mode.", cpu)
        family("process_max_fds", "gauge", "Files that the process may have open.", maximumDescriptors())
        family("process_open_fds", "gauge", "Files that the process has open.", openDescriptors())
        let resident = fields.count > 21 ? fields[21] * page : nil
        family("process_resident_memory_bytes", "gauge", "Memory that is in RAM.", resident)
        let start = fields.count > 19 ? bootTime().map { $0 + fields[19] / ticks } : nil
        family("process_start_time_seconds", "gauge", "When the process started, since 1970.", start)
        let size = fields.count > 20 ? fields[20] : nil
        family("process_virtual_memory_bytes", "gauge", "Address space in use.", size)
        return text
    }

    /// The fields of /proc/self/stat from the third on, those that are no numbers as 0. The second is the program's name
    /// in parentheses, which may itself hold anything.
    private static func statFields() -> [Double] {
        guard let text = contents("/proc/self/stat"), let end = text.lastIndex(of: ")") else { return [] }
        return text[text.index(after: end)...].split(whereSeparator: \.isWhitespace).map { Double($0) ?? 0 }
    }

    private static func bootTime() -> Double? {
        guard let text = contents("/proc/stat") else { return nil }
        let line = text.split(separator: "\n").first { $0.hasPrefix("btime ") }
        return line.flatMap { Double($0.dropFirst(6)) }
    }

    private static func maximumDescriptors() -> Double? {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return nil }
        return Double(limit.rlim_cur)
    }

    private static func openDescriptors() -> Double? {
        guard let directory = opendir("/proc/self/fd") else { return nil }
        defer { closedir(directory) }
        var count = 0
        while readdir(directory) != nil { count += 1 }
        // Without `.`, `..` and the directory itself.
        return Double(max(0, count - 3))
    }

    /// A whole file of /proc, up to a mebibyte: with many processors /proc/stat is long.
    private static func contents(_ path: String) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while bytes.count < 1 << 20, case let count = read(descriptor, &chunk, chunk.count), count > 0 {
            bytes += chunk[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
