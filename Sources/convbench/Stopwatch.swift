#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Repeats work until its time is known.
enum Stopwatch {
    /// Milliseconds of one run.
    struct Times {
        var least: Double
        var median: Double
    }

    /// Of at least 11 runs, more of them as long as that takes less than `seconds`.
    static func times(seconds: Double, _ work: () -> Void) -> Times {
        var samples: [Double] = []
        for _ in 0..<3 { work() }
        let start = now()
        while samples.count < 11 || (now() - start < seconds && samples.count < 2001) {
            let begin = now()
            work()
            samples.append((now() - begin) * 1000)
        }
        samples.sort()
        return Times(least: samples[0], median: samples[samples.count / 2])
    }

    /// Seconds.
    static func now() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
}
