/// One axis of a phase. Output o and tap k meet input i where i·s + k·d = o + pad; so all outputs with one remainder r of
/// (o + pad) by s use the taps with k·d ≡ r, which lie s / gcd(s, d) apart.
struct AxisPhase {
    /// The first output and how many there are, a stride apart.
    var first: Int
    var count: Int
    /// The taps of the phase: how many, the first of them, and their distance.
    var taps: Int
    private var firstTap: Int
    private var tapStep: Int
    /// Input cells between neighbouring taps.
    var dilation: Int
    /// Cells before the input that the ordinary convolution reads.
    var padding: Int
    /// Where it would have to begin inside the input, that many of its outputs are left out: at most one more than the
    /// input has cells.
    var skip: Int

    /// The phases with at least one output, by their first ones.
    static func all(of window: Window) -> [AxisPhase] {
        (0..<window.stride).compactMap { AxisPhase(first: $0, window) }
    }

    private init?(first: Int, _ window: Window) {
        let (stride, begin) = (window.stride, window.paddingBegin)
        guard first < window.output else { return nil }
        self.first = first
        let distance = (first + begin) % stride, remainder = distance < 0 ? distance + stride : distance
        count = (window.output - 1 - first) / stride + 1
        let divisor = greatestCommonDivisor(stride, window.dilation)
        tapStep = stride / divisor
        dilation = window.dilation / divisor
        let found = (0..<min(tapStep, window.kernel)).first { $0 * window.dilation % stride == remainder }
        firstTap = found ?? 0
        taps = if let found { (window.kernel - 1 - found) / tapStep + 1 } else { 0 }
        // Output `first` meets the first tap at this input cell.
        let cell = (first + begin - remainder) / stride - (firstTap * window.dilation - remainder) / stride
        let before = (taps - 1) * dilation - cell
        padding = max(0, before)
        skip = taps > 0 ? max(0, -before) : 0
    }

    /// The tap of the whole kernel that is number `index` of the phase, in reverse order.
    func tap(_ index: Int) -> Int { firstTap + (taps - 1 - index) * tapStep }
}

private func greatestCommonDivisor(_ first: Int, _ second: Int) -> Int {
    var (a, b) = (first, second)
    while b != 0 { (a, b) = (b, a % b) }
    return a
}
