import HTTPServer
import Synchronization

/// So many requests a second, and so many at once after a rest.
package struct RateLimit: Hashable, Sendable {
    /// Requests a second.
    package var rate: Double
    /// Requests that may come together.
    package var burst: Int

    package init(rate: Double, burst: Int) {
        self.rate = rate
        self.burst = burst
    }
}

/// A token bucket for each caller.
///
/// A bucket is kept as one number: when it would be full again, were nobody to come. A caller who may come moves that by
/// the time one token takes; he may not where it would then be further off than the time a whole bucket takes.
final class RateLimiter: Sendable {

    /// Buckets in memory, about 6 MB in all. The callers that were seen last stay; to forget one is to give him a full
    /// bucket.
    static let capacity = 65_536

    /// Two generations: what is asked for moves to the younger, and once that is half of all, it becomes the older.
    private struct Buckets {
        var young: [Caller: Instant] = [:]
        var old: [Caller: Instant] = [:]
    }

    private let perToken: Duration
    private let perBucket: Duration
    private let generation: Int
    private let clock: @Sendable () -> Instant
    private let buckets = Mutex(Buckets())

    init(_ limit: RateLimit, capacity: Int = RateLimiter.capacity, clock: @escaping @Sendable () -> Instant) {
        perToken = .nanoseconds(Int64((1e9 / limit.rate).rounded()))
        perBucket = perToken * max(1, limit.burst)
        generation = max(1, capacity / 2)
        self.clock = clock
    }

    /// Takes a token of the caller's; where there is none, how long it takes until there is one.
    func take(_ caller: Caller) -> Duration? {
        let now = clock()
        return buckets.withLock { buckets in
            let full = max(buckets.young[caller] ?? buckets.old[caller] ?? now, now)
            let next = full + perToken
            let isGranted = next - now <= perBucket
            if buckets.young.count >= generation, buckets.young[caller] == nil {
                buckets.old = buckets.young
                buckets.young = [:]
            }
            // Who is refused is remembered as well, or he would only have to go on to be forgotten.
            buckets.young[caller] = isGranted ? next : full
            return isGranted ? nil : next - now - perBucket
        }
    }

    /// Buckets in memory.
    var count: Int { buckets.withLock { $0.young.count + $0.old.count } }
}
