import ConvolutionEngine
import TestSupport

extension Engine {
    /// How often a run asks whether it is still wanted, and its result, when the answer is no from the given time on.
    func run(_ plan: Plan, _ input: Tensor, cancelledFrom time: Int) -> (asked: Int, result: NetworkResult?) {
        let asked = Tally()
        let result = run(plan, input: input) { asked.next() >= time }
        return (asked.count, result)
    }
}
