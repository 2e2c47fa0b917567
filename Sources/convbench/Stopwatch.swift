#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Repeats work until its time is known.
enum Stopwatch {
    /// Milliseconds of the middle one of at least 11 runs, more of them as long as that takes under 0.3 s.
    static func median(_ work: () -> Void) -> Double {
        var samples: [Double] = []
        for _ in 0..<3 { work() }
        let start = now()
        while samples.count < 11 || (now() - start < 0.3 && samples.count < 2001) {
            let begin = now()
            work()
            samples.append((now() - begin) * 1000)
        }
        return samples.sorted()[samples.count / 2]
    }

    private static func now() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
}
