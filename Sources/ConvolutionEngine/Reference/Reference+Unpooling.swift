extension Reference {
    /// Each element goes where its index says, the rest is zero; of two with the same index the last stays.
    static func maximumUnpool(
        planes: Int,
        planeSize: Int,
        indices: [Int64],
        input: Span<Float>,
        output: inout MutableSpan<Float>,
        unless isStopped: () -> Bool = { false }
    ) {
        for cell in output.indices { output[cell] = 0 }
        let count = planes == 0 ? 0 : input.count / planes
        for plane in 0..<planes where !isStopped() {
            for element in Range(start: plane * count, count: count) {
                output[plane * planeSize + Int(indices[element])] = input[element]
            }
        }
    }
}
