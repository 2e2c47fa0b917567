import ConvolutionEngine
import ConvolutionService
import Testing

/// Errors as people read them: what was found, what was expected, and the mend.
@Suite struct EngineSentencesTests {
    @Test func channelsThatDoNotFit() throws {
        let error = EngineError(
            .inputChannels(weight: try shape(8, 4, 3, 3), input: try shape(1, 3, 32, 32), channels: 3, groups: 1),
            parameter: "weight"
        )
        #expect(
            error.sentence
                == "weight has 4 input channels per group (shape [8, 4, 3, 3]) but the input [1, 3, 32, 32] has "
                + "3 channels with groups 1: the weight's second extent must be 3."
        )
    }

    @Test func aKernelThatIsTooLarge() {
        let error = EngineError(
            .kernelExceedsInput(kernel: 3, dilation: 2, effective: 5, padded: 4, axis: 2),
            parameter: "kernel_size"
        )
        #expect(
            error.sentence
                == "a kernel of 3 along the width with dilation 2 covers 5 cells and is larger than the padded "
                + "input, which has 4: add padding or take a smaller kernel."
        )
    }

    @Test func ranksAndNames() throws {
        #expect(
            EngineError(.rank(found: try shape(5), expected: [2, 3, 4]), parameter: "input").sentence
                == "input has 1 axis (shape [5]), expected 2, 3 or 4."
        )
        #expect(
            EngineError(.unknownName("sten", nearest: "stem"), parameter: "inputs").sentence
                == "no layer is named \"sten\"; did you mean \"stem\"?"
        )
        #expect(
            EngineError(.limit(.elements, found: 72, limit: 71), parameter: "input").sentence
                == "a tensor would have 72 elements, but the limit is 71."
        )
    }

    private func shape(_ extents: Int...) throws -> Shape { try #require(Shape(checking: extents)) }
}
