import CoreMetrics
import Synchronization

/// A number that only grows.
final class PrometheusCounter: CounterHandler, FloatingPointCounterHandler {
    private let count = Atomic<Int64>(0)
    /// What was counted in fractions.
    private let fractions = PrometheusGauge()

    /// As it stands in the text.
    var text: String {
        let whole = count.load(ordering: .relaxed)
        return fractions.value == 0 ? String(whole) : String(Double(whole) + fractions.value)
    }

    func increment(by amount: Int64) { count.wrappingAdd(amount, ordering: .relaxed) }
    func increment(by amount: Double) { fractions.increment(by: amount) }

    func reset() {
        count.store(0, ordering: .relaxed)
        fractions.set(0.0)
    }
}

/// A number that goes up and down.
final class PrometheusGauge: MeterHandler, RecorderHandler {
    private let bits = Atomic<UInt64>(0)

    var value: Double { Double(bitPattern: bits.load(ordering: .relaxed)) }

    func set(_ value: Int64) { set(Double(value)) }
    func set(_ value: Double) { bits.store(value.bitPattern, ordering: .relaxed) }
    func increment(by amount: Double) { add(amount) }
    func decrement(by amount: Double) { add(-amount) }
    func record(_ value: Int64) { set(value) }
    func record(_ value: Double) { set(value) }

    private func add(_ amount: Double) {
        var seen = bits.load(ordering: .relaxed)
        while true {
            let sum = (Double(bitPattern: seen) + amount).bitPattern
            let (done, now) = bits.weakCompareExchange(expected: seen, desired: sum, ordering: .relaxed)
            if done { return }
            seen = now
        }
    }
}

/// Durations counted into buckets, in seconds.
final class PrometheusHistogram: TimerHandler, RecorderHandler {
    /// Upper bounds in seconds: from a tiny convolution (some microseconds) to a large network.
    static let bounds: [Double] = [
        0.000_01, 0.000_1, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
    ]

    /// One per bound, and one for what lies above all.
    private let counts = InlineArray<17, Atomic<Int64>> { _ in Atomic(0) }
    private let nanoseconds = Atomic<Int64>(0)
    private let bounds = PrometheusHistogram.bounds.map { Int64(($0 * 1e9).rounded()) }

    func recordNanoseconds(_ duration: Int64) {
        var place = 0
        while place < bounds.count, duration > bounds[place] { place += 1 }
        counts[place].wrappingAdd(1, ordering: .relaxed)
        // Most requests wait for nothing.
        if duration != 0 { nanoseconds.wrappingAdd(duration, ordering: .relaxed) }
    }

    func record(_ value: Int64) { record(Double(value)) }
    func record(_ value: Double) { recordNanoseconds(Int64((value * 1e9).clamped(to: 0...1e18))) }

    /// The counts at or below each bound, of all, and the sum in seconds.
    func reading() -> (cumulative: [Int64], count: Int64, sum: Double) {
        var running: Int64 = 0
        let cumulative = counts.indices.map { place in
            running += counts[place].load(ordering: .relaxed)
            return running
        }
        return (Array(cumulative.dropLast()), running, Double(nanoseconds.load(ordering: .relaxed)) / 1e9)
    }
}

extension Double {
    fileprivate func clamped(to range: ClosedRange<Double>) -> Double {
        isNaN ? range.lowerBound : Swift.min(Swift.max(self, range.lowerBound), range.upperBound)
    }
}
