import CVectorKernels

extension WinogradLayer {
    /// The tiles of a share, and a thread's memory for them; nothing where it has none.
    func withWork(
        _ share: WinogradShares.Share,
        memory: UnsafeMutablePointer<Float>,
        _ body: (Work) -> Void
    ) {
        let most = plan.mostRectangles
        withUnsafeTemporaryAllocation(of: cv_tiles.self, capacity: 2 * most) { list in
            withUnsafeTemporaryAllocation(of: Int.self, capacity: geometry.kernel.depth) { taps in
                let outputs = UnsafeMutableBufferPointer(rebasing: list[..<most])
                let inputs = UnsafeMutableBufferPointer(rebasing: list[most...])
                let (parts, count) = outputParts(of: share, outputs)
                let (inputParts, inputCount) = inputParts(of: share, inputs, taps)
                guard count > 0, let places = taps.baseAddress else { return }
                let products = memory + plan.tileFloats, size = plan.tileCount(of: share.block)
                body(
                    Work(
                        group: share.group,
                        place: (Double(share.block) + Double(share.tiles.lowerBound) / Double(max(1, size)))
                            / Double(plan.blockCount),
                        inputParts: inputParts,
                        parts: parts,
                        count: count,
                        taps: places,
                        pitch: plan.pitch(inputTiles: inputCount, tiles: count),
                        tiles: memory,
                        products: products,
                        rows: products + plan.productFloats
                    )
                )
            }
        }
    }

    private typealias Parts = (parts: UnsafeBufferPointer<cv_tiles>, count: Int)

    /// The rectangles that a share computes, and their tiles.
    private func outputParts(of share: WinogradShares.Share, _ list: UnsafeMutableBufferPointer<cv_tiles>) -> Parts {
        let stack = plan[share.block].stack
        var used = 0, count = 0
        plan.forEachRectangle(of: share.block, tiles: share.tiles) { lattice, rows, columns in
            guard plan.lattices.exists(lattice, stack: stack),
                let part = tiles(share, lattice, stack, rows: rows, columns: columns, first: count)
            else { return }
            list.initializeElement(at: used, to: part)
            used += 1
            count += part.rows * part.columns
        }
        return (UnsafeBufferPointer(rebasing: list[..<used]), count)
    }

    /// What is transformed for it: run by run of the input slices the same tiles, and those of as many more lattices as a run
    /// has taps to follow its first. `taps` gets the place of each tap's tiles.
    private func inputParts(
        of share: WinogradShares.Share,
        _ list: UnsafeMutableBufferPointer<cv_tiles>,
        _ taps: UnsafeMutableBufferPointer<Int>
    ) -> Parts {
        let (stack, lattices, rows, columns) = plan[share.block]
        let whole = tiles(share, lattices.lowerBound, stack, rows: rows, columns: columns, first: 0)
        let slice = whole.map { $0.rows * $0.columns } ?? 0
        var used = 0, count = 0
        for run in 0..<plan.lattices.runs {
            let number = plan.lattices.taps(inRun: run)
            for tap in 0..<number {
                taps.initializeElement(at: run + tap * plan.lattices.runs, to: count + tap * slice)
            }
            let end = share.tiles.upperBound + (number - 1) * rows.count * columns.count
            plan.forEachRectangle(of: share.block, tiles: share.tiles.lowerBound..<end) { lattice, rows, columns in
                let part = tiles(share, lattice, stack, run: run, rows: rows, columns: columns, first: count)
                guard let part else { return }
                list.initializeElement(at: used, to: part)
                used += 1
                count += part.rows * part.columns
            }
        }
        return (UnsafeBufferPointer(rebasing: list[..<used]), count)
    }

    @inline(never)
    private func tiles(
        _ share: WinogradShares.Share,
        _ lattice: Int,
        _ stack: Int,
        run: Int = 0,
        rows: Range<Int>,
        columns: Range<Int>,
        first: Int
    ) -> cv_tiles? {
        plan.lattices.tiles(
            of: lattice,
            stack: stack,
            run: run,
            rows: rows,
            columns: columns,
            first: first,
            input: input + share.group * geometry.inputChannels * geometry.input.volume,
            output: output + share.group * geometry.outputChannels * geometry.output.volume
        )
    }
}
