import CVectorKernels

/// Convolution by Winograd's filtering down the columns: for few input channels, and for kernels that no pair of axes fits.
///
/// As with `WinogradConvolution` the layer is computed again by direct summation when an output is not finite.
struct WinogradRowsConvolution: ConvolutionExecutor {
    private let geometry: ConvolutionGeometry
    private let kernels: KernelSet
    private let plan: WinogradRowsPlan
    /// [group][group of output channels][filter][tap][point][output channel]
    private let weights: FloatStorage
    private let offsets: RowOffsets
    private let fallback: DirectFallback

    init(_ plan: WinogradRowsPlan, weight: Tensor, kernels: KernelSet, blocking: Blocking) {
        geometry = plan.geometry
        self.kernels = kernels
        self.plan = plan
        weights = FloatStorage(capacity: plan.weightFloats)
        offsets = RowOffsets(count: geometry.depth / geometry.kernel.height) { plan.offset(ofTap: $0) }
        fallback = DirectFallback(geometry, weight: weight, kernels: kernels, blocking: blocking)
        weight.withElements { elements in
            guard let source = elements.baseAddress else { return }
            plan.withFilters { filters in transform(source, filters) }
        }
    }

    private func transform(_ source: UnsafePointer<Float>, _ filters: UnsafeBufferPointer<cv_row_filter>) {
        guard let first = filters.baseAddress else { return }
        for index in 0..<geometry.groups * plan.channelGroups {
            let group = index / plan.channelGroups, channel = index % plan.channelGroups * plan.channelsAtOnce
            var part = cv_row_weights(
                filters: first,
                filter_count: filters.count,
                weights: source + (group * geometry.outputChannels + channel) * geometry.depth,
                row: geometry.depth,
                outputs: min(plan.channelsAtOnce, geometry.outputChannels - channel),
                planes: geometry.inputChannels * geometry.kernel.depth,
                kernel_height: geometry.kernel.height,
                kernel_width: geometry.kernel.width,
                tap_step: geometry.stride.height,
                transformed: weights.pointer + index * plan.groupFloats
            )
            kernels.functions.winograd_row_weights(&part)
        }
    }

    func run(
        input: UnsafePointer<Float>,
        bias: UnsafePointer<Float>?,
        output: UnsafeMutablePointer<Float>,
        team: Team
    ) {
        let spoilt = SpoiltFlag()
        let split = WinogradRowsSplit(plan, threads: team.size)
        let nanoseconds = Int(min(plan.cycles / 4, 1e15))
        plan.withFilters { filters in
            team.run(tasks: split.count, scratch: plan.scratch, nanoseconds: nanoseconds) { task, memory in
                let part = split[task]
                guard part.rowCount > 0 else { return }
                let base = Task(filters: filters, input: input, bias: bias, output: output, memory: memory)
                if run(part, base) { spoilt.raise() }
            }
        }
        if spoilt.isRaised, !team.isStopped {
            fallback.executor.run(input: input, bias: bias, output: output, team: team)
        }
    }

    private struct Task {
        let filters: UnsafeBufferPointer<cv_row_filter>
        let input: UnsafePointer<Float>
        let bias: UnsafePointer<Float>?
        let output: UnsafeMutablePointer<Float>
        let memory: UnsafeMutablePointer<Float>
    }

    /// Whether an output is infinite or NaN.
    private func run(_ part: WinogradRowsSplit.Part, _ task: Task) -> Bool {
        guard let filters = task.filters.baseAddress else { return false }
        let g = geometry, group = part.plane % g.groups, image = part.plane / g.groups
        let source = image * g.inputFloats + group * g.inputChannels * g.input.volume
        let channel = group * g.outputChannels
        let place = (part.z * g.output.height + part.row) * g.output.width + part.columns.lowerBound
        var rows = cv_winograd_rows(
            filters: filters,
            filter_count: task.filters.count,
            input: task.input + source,
            channels: g.inputChannels,
            input_depth: g.input.depth,
            input_height: g.input.height,
            input_width: g.input.width,
            front: part.z * g.stride.depth - g.paddingBegin.depth,
            top: part.row * g.stride.height - g.paddingBegin.height,
            padding_x: g.paddingBegin.width - part.columns.lowerBound * g.stride.width,
            kernel_depth: g.kernel.depth,
            dilation_z: g.dilation.depth,
            sample_step: g.stride.height * g.dilation.height,
            stride_x: g.stride.width,
            rows: task.memory,
            phases: plan.phases,
            columns: plan.columns,
            point: plan.point,
            offsets: offsets[0],
            depth: g.depth / g.kernel.height,
            weights: UnsafePointer(weights.pointer) + group * plan.channelGroups * plan.groupFloats,
            weights_step: plan.groupFloats,
            bias: task.bias.map { $0 + channel },
            output: task.output + image * g.outputFloats + channel * g.output.volume + place,
            output_plane: g.output.volume,
            output_row_step: g.dilation.height * g.output.width,
            output_rows: part.rowCount,
            output_width: part.columns.count,
            first_output: part.channels.lowerBound,
            end_output: part.channels.upperBound
        )
        return kernels.functions.winograd_rows(&rows) != 0
    }
}

extension WinogradRowsPlan {
    /// The filters as the kernels read them, their points one after the other in working memory.
    fileprivate func withFilters(_ body: (UnsafeBufferPointer<cv_row_filter>) -> Void) {
        withUnsafeTemporaryAllocation(of: cv_row_filter.self, capacity: filters.count) { list in
            var before = 0
            for (index, filter) in filters.enumerated() {
                list.initializeElement(
                    at: index,
                    to: cv_row_filter(
                        taps: Int32(filter.taps),
                        first_tap: Int32(filter.firstTap),
                        first_row: filter.firstTap * geometry.dilation.height,
                        rows: before * point
                    )
                )
                before += filter.points
            }
            body(UnsafeBufferPointer(list))
        }
    }
}
