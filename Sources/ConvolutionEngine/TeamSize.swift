import CVectorKernels

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// How many threads can run at once: the smaller of the process's affinity mask and its control group's CPU quota.
package enum TeamSize {
    package static func available() -> Int {
        let affinity = Int(cv_affinity_count())
        let processors = affinity > 0 ? affinity : max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
        return max(1, min(processors, quota() ?? processors))
    }

    /// Whole processors in the quota, rounded up: version 2's `cpu.max`, else version 1's pair of files.
    private static func quota() -> Int? {
        if let text = contents("/sys/fs/cgroup/cpu.max") { return quota(cpuMax: text) }
        guard let limit = contents("/sys/fs/cgroup/cpu/cpu.cfs_quota_us"),
            let period = contents("/sys/fs/cgroup/cpu/cpu.cfs_period_us")
        else { return nil }
        return quota(cpuMax: "\(limit) \(period)")
    }

    /// The form is `<quota or "max"> <period>`, both in microseconds.
    static func quota(cpuMax text: String) -> Int? {
        let fields = text.split(whereSeparator: \.isWhitespace).map { Int($0) }
        guard fields.count == 2, let limit = fields[0], let period = fields[1], limit > 0, period > 0 else {
            return nil
        }
        return max(1, limit / period + (limit % period > 0 ? 1 : 0))
    }

    /// The first bytes of a small file.
    private static func contents(_ path: String) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 128)
        let count = read(descriptor, &bytes, bytes.count)
        guard count > 0 else { return nil }
        return String(decoding: bytes.prefix(count), as: UTF8.self)
    }
}

extension Team {
    /// Keeps the calling thread on the processor that it runs on; for measurements. False when the system refuses.
    package static func pinCallingThread() -> Bool { cv_pin_to_one_processor() != 0 }
}
