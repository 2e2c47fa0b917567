"""conv1d, conv2d, conv3d, with every parameter."""

import numpy as np

# One below, at and one above the widths that vector kernels work in.
EDGES = [1, 2, 7, 8, 9, 15, 16, 17, 31, 32, 33, 47, 48, 49]
CHANNELS = [1, 3, 7, 8, 9, 16, 17]


def cases(s):
    seed = [[1, 2, 3], [4, 5, 6], [7, 8, 9]]
    s.add("the seed example", "conv2d", seed, {"weight": np.float32([[0, 1], [2, 3]])}, "the README's first line",
          form="nested", tolerance={"absolute": 0, "relative": 0})
    five = np.arange(25).reshape(5, 5)
    ones = np.ones((3, 3), np.float32)
    for name, more in {"stride 1": {}, "stride 2": {"stride": 2}, "same": {"padding": "same"}}.items():
        s.add(f"5x5 by 3x3, {name}", "conv2d", five, {"weight": ones, **more}, "sums a reader can check by hand")

    sizes(s)
    channels(s)
    strides_paddings_dilations(s)
    padding_modes(s)
    groups(s)
    ranks(s)
    algorithms(s)
    one_and_three_dimensions(s)
    numbers_at_the_edge(s)


def sizes(s):
    for width in EDGES:
        s.add(f"3x3 over 5x{width}", "conv2d", s.numbers(1, 2, 5, width),
              {"weight": s.numbers(3, 2, 3, 3), "bias": s.numbers(3), "padding": 1}, "tile edge in width")
        s.add(f"1x1 over 3x{width}", "conv2d", s.numbers(1, 5, 3, width),
              {"weight": s.numbers(4, 5, 1, 1)}, "tile edge in width, pointwise")
    for height in (1, 3, 4, 5, 6, 7, 8, 9, 13):
        s.add(f"3x3 over {height} rows", "conv2d", s.numbers(1, 3, height, 9),
              {"weight": s.numbers(2, 3, 3, 3), "padding": 1}, "tile edge in height")
    for kernel in ([1, 7], [7, 1], [2, 2], [5, 5], [7, 7], [4, 3], [11, 11]):
        s.add(f"kernel {kernel[0]}x{kernel[1]}", "conv2d", s.numbers(1, 2, 13, 15),
              {"weight": s.numbers(3, 2, *kernel)}, "kernel extents")
    s.add("kernel as large as the input", "conv2d", s.numbers(2, 3, 5, 4), {"weight": s.numbers(4, 3, 5, 4)},
          "one output cell")
    s.add("kernel as large as the padded input", "conv2d", s.numbers(1, 1, 2, 2),
          {"weight": s.numbers(1, 1, 4, 4), "padding": 1}, "most taps lie in padding")
    s.add("padding wider than the kernel", "conv2d", s.numbers(1, 2, 3, 3),
          {"weight": s.numbers(2, 2, 2, 2), "bias": s.numbers(2), "padding": 4}, "windows wholly in padding")


def channels(s):
    for inputs in CHANNELS:
        s.add(f"{inputs} channels in", "conv2d", s.numbers(1, inputs, 6, 10),
              {"weight": s.numbers(5, inputs, 3, 3), "padding": 1}, "tile edge in input channels")
    for outputs in CHANNELS + [31, 32, 33]:
        s.add(f"{outputs} channels out", "conv2d", s.numbers(1, 3, 6, 10),
              {"weight": s.numbers(outputs, 3, 3, 3), "bias": s.numbers(outputs)}, "tile edge in output channels")
    s.add("deep sum", "conv2d", s.numbers(1, 150, 4, 4), {"weight": s.numbers(2, 150, 3, 3), "padding": 1},
          "1350 products in a sum, past one block of the depth")
    s.add("batch of three", "conv2d", s.numbers(3, 4, 7, 9), {"weight": s.numbers(6, 4, 3, 3), "padding": 1},
          "several samples")


def strides_paddings_dilations(s):
    x = s.numbers(1, 3, 11, 14)
    weight = s.numbers(4, 3, 3, 3)
    for stride in (1, 2, 3, [1, 2], [3, 1], 5):
        for padding in (0, 1, [0, 2], [[1, 2], [0, 1]], [[0, 1], [3, 0]], "valid", "same", "same_lower"):
            s.add(f"stride {stride}, padding {padding}", "conv2d", s.numbers(1, 2, 9, 12),
                  {"weight": s.numbers(2, 2, 3, 2), "stride": stride, "padding": padding},
                  "stride against every form of padding")
    for dilation in (2, 3, [1, 2], [2, 1], 5):
        for padding in (0, 2, "same", "same_lower"):
            s.add(f"dilation {dilation}, padding {padding}", "conv2d", x,
                  {"weight": weight, "dilation": dilation, "padding": padding}, "dilation")
    s.add("dilation and stride, same", "conv2d", x,
          {"weight": weight, "dilation": [2, 3], "stride": [2, 3], "padding": "same", "bias": s.numbers(4)},
          "all at once")
    s.add("even kernel, same", "conv2d", x, {"weight": s.numbers(2, 3, 4, 2), "padding": "same"},
          "the odd cell goes to the end")
    s.add("even kernel, same_lower", "conv2d", x, {"weight": s.numbers(2, 3, 4, 2), "padding": "same_lower"},
          "the odd cell goes to the start")
    s.add("7x7 stride 2 padding 3", "conv2d", s.numbers(1, 3, 20, 21),
          {"weight": s.numbers(8, 3, 7, 7), "stride": 2, "padding": 3}, "a ResNet's first layer in small")
    s.add("1x1 stride 2", "conv2d", s.numbers(1, 9, 7, 9), {"weight": s.numbers(5, 9, 1, 1), "stride": 2},
          "a ResNet's shortcut")
    s.add("1x1 with padding", "conv2d", s.numbers(1, 3, 4, 5),
          {"weight": s.numbers(2, 3, 1, 1), "padding": 1, "bias": s.numbers(2)}, "the border is the bias alone")
    s.add("stride beyond the kernel", "conv2d", s.numbers(1, 2, 10, 10),
          {"weight": s.numbers(2, 2, 2, 2), "stride": 4}, "cells that no window reads")


def padding_modes(s):
    for mode in ("reflect", "replicate", "circular", "zeros"):
        for padding in (1, [2, 3], [[1, 2], [0, 3]], "same", "same_lower"):
            s.add(f"{mode}, padding {padding}", "conv2d", s.numbers(1, 2, 5, 6),
                  {"weight": s.numbers(2, 2, 4, 3), "padding": padding, "padding_mode": mode}, "what padding holds")
        s.add(f"{mode}, same, stride 2", "conv2d", s.numbers(1, 1, 7, 9),
              {"weight": s.numbers(2, 1, 3, 3), "padding": "same", "stride": 2, "padding_mode": mode},
              "what padding holds, with a stride")
        s.add(f"{mode}, 1-d", "conv1d", s.numbers(2, 3, 8),
              {"weight": s.numbers(2, 3, 3), "padding": [[2, 1]], "padding_mode": mode}, "what padding holds")
        s.add(f"{mode}, 3-d", "conv3d", s.numbers(1, 1, 3, 4, 5),
              {"weight": s.numbers(2, 1, 2, 3, 3), "padding": 1, "padding_mode": mode}, "what padding holds")
    s.add("reflect to the limit", "conv2d", s.numbers(1, 1, 3, 4),
          {"weight": s.numbers(1, 1, 3, 3), "padding": [2, 3], "padding_mode": "reflect"}, "padding = extent − 1")
    s.add("circular to the limit", "conv2d", s.numbers(1, 1, 3, 4),
          {"weight": s.numbers(1, 1, 3, 3), "padding": [3, 4], "padding_mode": "circular"}, "padding = extent")
    s.add("replicate far beyond", "conv2d", s.numbers(1, 1, 2, 3),
          {"weight": s.numbers(1, 1, 3, 3), "padding": 5, "padding_mode": "replicate"}, "any padding is allowed")


def groups(s):
    for inputs, outputs, count in ((4, 6, 2), (6, 3, 3), (9, 9, 3), (16, 32, 4), (8, 8, 2)):
        s.add(f"{inputs} to {outputs} in {count} groups", "conv2d", s.numbers(1, inputs, 6, 9),
              {"weight": s.numbers(outputs, inputs // count, 3, 3), "groups": count, "padding": 1,
               "bias": s.numbers(outputs)}, "groups")
    for channels_, multiplier in ((1, 1), (3, 1), (8, 1), (17, 1), (5, 2), (3, 4)):
        for kernel, stride in ((3, 1), (3, 2), (5, 1), (7, 2)):
            s.add(f"depthwise {channels_}x{multiplier}, {kernel}x{kernel}, stride {stride}", "conv2d",
                  s.numbers(1, channels_, 9, 11),
                  {"weight": s.numbers(channels_ * multiplier, 1, kernel, kernel), "groups": channels_,
                   "stride": stride, "padding": kernel // 2}, "depthwise")
    s.add("depthwise, dilated, same", "conv2d", s.numbers(2, 4, 9, 10),
          {"weight": s.numbers(4, 1, 3, 3), "groups": 4, "dilation": 2, "padding": "same"}, "depthwise")
    s.add("grouped pointwise", "conv2d", s.numbers(1, 6, 5, 7), {"weight": s.numbers(4, 3, 1, 1), "groups": 2},
          "groups of 1x1")
    for name in ("identity", "box3", "gaussian3", "gaussian5", "sharpen", "sobel_x", "sobel_y", "scharr_x", "scharr_y",
                 "prewitt_x", "prewitt_y", "laplacian", "emboss", "edge"):
        s.add(f"kernel {name}", "conv2d", s.numbers(3, 6, 7, low=0, high=1), {"kernel": name, "padding": "same"},
              "a well-known kernel, on every channel by itself")


def ranks(s):
    s.add("[H,W], [kH,kW]", "conv2d", s.numbers(5, 6), {"weight": s.numbers(3, 3)}, "rank 2 in, rank 2 out")
    s.add("[H,W], four kernels", "conv2d", s.numbers(5, 6), {"weight": s.numbers(4, 1, 3, 3), "bias": s.numbers(4)},
          "rank 2 in, several channels out: rank 3")
    s.add("[H,W], one kernel of rank 4", "conv2d", s.numbers(5, 6), {"weight": s.numbers(1, 1, 2, 3)},
          "rank 2 in, one channel out: rank 2")
    s.add("[1,H,W], [kH,kW]", "conv2d", s.numbers(1, 5, 6), {"weight": s.numbers(2, 2)}, "rank 3 in, rank 3 out")
    s.add("[C,H,W]", "conv2d", s.numbers(3, 5, 6), {"weight": s.numbers(2, 3, 3, 3)}, "unbatched")
    s.add("[1,1,H,W], [kH,kW]", "conv2d", s.numbers(1, 1, 5, 6), {"weight": s.numbers(2, 2)}, "rank 4 in and out")
    s.add("empty batch", "conv2d", np.zeros((0, 3, 5, 6)), {"weight": s.numbers(2, 3, 3, 3)}, "N = 0")
    s.add("1x1 input, 1x1 kernel", "conv2d", [[3]], {"weight": np.float32([[2]])}, "the smallest there is")


def algorithms(s):
    for algorithm in ("auto", "direct", "winograd"):
        for extents in ((4, 4), (6, 6), (7, 9), (13, 14), (16, 33)):
            s.add(f"{algorithm} over {extents[0]}x{extents[1]}", "conv2d", s.numbers(1, 5, *extents),
                  {"weight": s.numbers(6, 5, 3, 3), "padding": 1, "algorithm": algorithm, "bias": s.numbers(6)},
                  "each algorithm that can be asked for")


def one_and_three_dimensions(s):
    for width in (1, 7, 8, 9, 16, 17, 33):
        s.add(f"conv1d over {width}", "conv1d", s.numbers(2, 3, width),
              {"weight": s.numbers(4, 3, 3), "padding": 1, "bias": s.numbers(4)}, "1-d")
    s.add("conv1d [L], [k]", "conv1d", s.numbers(9), {"weight": s.numbers(4)}, "rank 1 in and out")
    s.add("conv1d [L], two kernels", "conv1d", s.numbers(9), {"weight": s.numbers(2, 1, 4)}, "rank 1 in, rank 2 out")
    s.add("conv1d [C,L]", "conv1d", s.numbers(3, 9), {"weight": s.numbers(2, 3, 2), "stride": [2]}, "unbatched")
    s.add("conv1d causal", "conv1d", s.numbers(1, 4, 20),
          {"weight": s.numbers(4, 4, 3), "dilation": 4, "padding": [[8, 0]]}, "as WaveNet has it")
    s.add("conv1d depthwise", "conv1d", s.numbers(1, 5, 13),
          {"weight": s.numbers(5, 1, 5), "groups": 5, "padding": "same"}, "depthwise in 1-d")
    s.add("conv1d same_lower stride 3", "conv1d", s.numbers(1, 2, 10),
          {"weight": s.numbers(2, 2, 4), "padding": "same_lower", "stride": 3}, "the odd cell at the start")
    s.add("conv1d empty batch", "conv1d", np.zeros((0, 2, 8)), {"weight": s.numbers(3, 2, 3)}, "N = 0")
    for extents in ((3, 4, 5), (1, 1, 8), (5, 2, 9)):
        s.add(f"conv3d over {'x'.join(map(str, extents))}", "conv3d", s.numbers(1, 2, *extents),
              {"weight": s.numbers(3, 2, 3, 3, 3), "padding": 1, "bias": s.numbers(3)}, "3-d")
    s.add("conv3d [D,H,W], [k,k,k]", "conv3d", s.numbers(3, 4, 4), {"weight": s.numbers(2, 2, 2)}, "rank 3 in and out")
    s.add("conv3d [C,D,H,W]", "conv3d", s.numbers(2, 3, 4, 5),
          {"weight": s.numbers(2, 2, 2, 3, 2), "stride": [1, 2, 2]}, "unbatched")
    s.add("conv3d strides, pairs, dilation", "conv3d", s.numbers(1, 2, 6, 7, 8),
          {"weight": s.numbers(2, 2, 2, 3, 2), "stride": [2, 1, 3], "dilation": [1, 2, 1],
           "padding": [[1, 0], [0, 2], [2, 1]]}, "all at once")
    s.add("conv3d depthwise", "conv3d", s.numbers(1, 3, 4, 5, 6),
          {"weight": s.numbers(3, 1, 3, 3, 3), "groups": 3, "padding": "same"}, "depthwise in 3-d")
    s.add("conv3d pointwise", "conv3d", s.numbers(1, 4, 2, 3, 5), {"weight": s.numbers(3, 4, 1, 1, 1)}, "1x1x1")


def numbers_at_the_edge(s):
    x = s.numbers(1, 1, 8, 9)
    for name, value in {"NaN": np.nan, "Infinity": np.inf, "-Infinity": -np.inf}.items():
        y = x.copy()
        y[0, 0, 3, 4] = value
        s.add(f"one {name}", "conv2d", y, {"weight": s.numbers(2, 1, 3, 3, low=0.1), "padding": 1},
              "it reaches the nine outputs that read it, no other", form="nested")
    y = x.copy()
    y[0, 0, 0, 0], y[0, 0, 7, 8] = np.inf, -np.inf
    s.add("infinity against infinity", "conv2d", y, {"weight": np.ones((1, 1, 8, 9), np.float32)},
          "∞ − ∞ is NaN", form="flat")
    s.add("infinity times zero", "conv2d", [[np.inf, 1, 2], [3, 4, 5], [6, 7, 8]],
          {"weight": np.float32([[0, 1], [1, 1]])}, "0·∞ is NaN; a zero weight is not skipped", form="nested")
    weight = s.numbers(1, 1, 3, 3)
    weight[0, 0, 1, 1] = np.inf
    s.add("an infinite weight", "conv2d", s.numbers(1, 1, 5, 5, low=0.1), {"weight": weight}, "no padding involved")
    s.add("a sum past float32", "conv2d", [[3e38, 3e38], [3e38, 3e38]], {"weight": np.float32([[1, 1], [1, 1]])},
          "overflow is infinity")
    s.add("tiny numbers", "conv2d", s.numbers(1, 1, 4, 4) * np.float32(1e-20), {"weight": s.numbers(1, 1, 2, 2)},
          "far from 1, still accurate")
    s.add("large numbers", "conv2d", s.numbers(1, 2, 6, 6) * np.float32(1e15), {"weight": s.numbers(2, 2, 3, 3)},
          "far from 1, still accurate")
    s.add("all zeros", "conv2d", np.zeros((1, 2, 4, 4)), {"weight": s.numbers(2, 2, 3, 3), "bias": s.numbers(2)},
          "the bias alone")
