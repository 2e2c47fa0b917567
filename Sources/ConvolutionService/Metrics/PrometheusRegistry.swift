package import CoreMetrics
import Synchronization

/// Collects what swift-metrics records and writes it in Prometheus's text format 0.0.4.
///
/// Labels follow Prometheus's conventions: counters end in `_total`, timers are histograms in seconds.
package final class PrometheusRegistry: MetricsFactory {
    /// One time series: a family's name and its label pairs, as they stand in the text.
    fileprivate struct Series: Hashable {
        let name: String
        let labels: String
    }

    private struct State {
        var counters: [Series: PrometheusCounter] = [:]
        var gauges: [Series: PrometheusGauge] = [:]
        var histograms: [Series: PrometheusHistogram] = [:]
    }

    private let state = Mutex(State())
    /// What each family means, by name: the text of its HELP line.
    private let help: [String: String]

    package init(help: [String: String]) { self.help = help }

    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        counter(label, dimensions)
    }

    package func makeFloatingPointCounter(
        label: String,
        dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        counter(label, dimensions)
    }

    package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        gauge(label, dimensions)
    }

    package func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        aggregate ? histogram(label, dimensions) : gauge(label, dimensions)
    }

    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        histogram(label, dimensions)
    }

    // Series live as long as the service: their number is bounded by routes and statuses.
    package func destroyCounter(_ handler: any CounterHandler) {}
    package func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {}
    package func destroyMeter(_ handler: any MeterHandler) {}
    package func destroyRecorder(_ handler: any RecorderHandler) {}
    package func destroyTimer(_ handler: any TimerHandler) {}

    private func counter(_ label: String, _ dimensions: [(String, String)]) -> PrometheusCounter {
        state.withLock { $0.counters.existingOrNew(Series(label, dimensions)) { PrometheusCounter() } }
    }

    private func gauge(_ label: String, _ dimensions: [(String, String)]) -> PrometheusGauge {
        state.withLock { $0.gauges.existingOrNew(Series(label, dimensions)) { PrometheusGauge() } }
    }

    private func histogram(_ label: String, _ dimensions: [(String, String)]) -> PrometheusHistogram {
        state.withLock { $0.histograms.existingOrNew(Series(label, dimensions)) { PrometheusHistogram() } }
    }

    /// Every series in Prometheus's text format, families and series in alphabetical order.
    package func exposition() -> String {
        let (counters, gauges, histograms) = state.withLock { ($0.counters, $0.gauges, $0.histograms) }
        var families: [String: (type: String, lines: [String])] = [:]
        for (series, counter) in counters {
            families[series.name, default: ("counter", [])].lines.append(series.line(counter.text))
        }
        for (series, gauge) in gauges {
            families[series.name, default: ("gauge", [])].lines.append(series.line(gauge.value))
        }
        for (series, histogram) in histograms {
            families[series.name, default: ("histogram", [])].lines.append(series.lines(histogram))
        }
        var text = ""
        for (name, family) in families.sorted(by: { $0.key < $1.key }) {
            if let meaning = help[name] { text += "# HELP \(name) \(meaning)\n" }
            text += "# TYPE \(name) \(family.type)\n"
            for line in family.lines.sorted() { text += line }
        }
        return text
    }
}

extension Dictionary {
    fileprivate mutating func existingOrNew(_ key: Key, make: () -> Value) -> Value {
        if let existing = self[key] { return existing }
        let new = make()
        self[key] = new
        return new
    }
}

extension PrometheusRegistry.Series {
    fileprivate init(_ name: String, _ dimensions: [(String, String)]) {
        self.init(name: name, labels: dimensions.map { "\($0)=\"\($1.escapedLabelValue)\"" }.joined(separator: ","))
    }

    fileprivate func line(_ value: some CustomStringConvertible, suffix: String = "", label: String? = nil) -> String {
        let all = [labels, label ?? ""].filter { !$0.isEmpty }.joined(separator: ",")
        return name + suffix + (all.isEmpty ? "" : "{\(all)}") + " \(value)\n"
    }

    fileprivate func lines(_ histogram: PrometheusHistogram) -> String {
        let reading = histogram.reading()
        var text = ""
        for (bound, count) in zip(PrometheusHistogram.bounds, reading.cumulative) {
            text += line(count, suffix: "_bucket", label: "le=\"\(bound)\"")
        }
        text += line(reading.count, suffix: "_bucket", label: "le=\"+Inf\"")
        text += line(reading.sum, suffix: "_sum")
        text += line(reading.count, suffix: "_count")
        return text
    }
}

extension String {
    /// Backslash, quote and line feed, as the text format wants them.
    fileprivate var escapedLabelValue: String {
        reduce(into: "") { text, character in
            switch character {
            case "\\": text += "\\\\"
            case "\"": text += "\\\""
            case "\n": text += "\\n"
            default: text.append(character)
            }
        }
    }
}
