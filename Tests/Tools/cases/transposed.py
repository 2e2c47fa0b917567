"""conv_transpose1d to 3d, unfold and fold."""

import numpy as np


def cases(s):
    weights = np.float32([[[1, 10, 100]]])
    line = [[[1, 2, 3]]]
    for name, more in {
        "padding 0": {}, "output_padding 1": {"output_padding": 1}, "padding 1": {"padding": 1},
        "padding 1, output_padding 1": {"padding": 1, "output_padding": 1},
        "output_size 7": {"output_size": 7}, "output_size [8]": {"output_size": [8]},
        "same": {"padding": "same"}, "same_lower": {"padding": "same_lower"}, "valid": {"padding": "valid"},
        "padding [1,0]": {"padding": [[1, 0]]}, "padding [0,2]": {"padding": [[0, 2]]},
        "padding [1,2], output_size 5": {"padding": [[1, 2]], "output_size": 5},
    }.items():
        s.add(f"1, 2, 3 by 1, 10, 100, stride 2, {name}", "conv_transpose1d", line,
              {"weight": weights, "stride": 2, **more}, "digits show which tap went where")
    for stride in (1, 2, 3, [2, 1]):
        for padding in (0, 1, [[1, 0], [0, 2]]):
            for dilation in (1, 2):
                s.add(f"stride {stride}, padding {padding}, dilation {dilation}", "conv_transpose2d",
                      s.numbers(1, 2, 4, 5), {"weight": s.numbers(2, 3, 3, 3), "stride": stride, "padding": padding,
                                              "dilation": dilation, "bias": s.numbers(3)}, "the walk")
    s.add("output_padding per axis", "conv_transpose2d", s.numbers(1, 2, 4, 5),
          {"weight": s.numbers(2, 2, 3, 3), "stride": [2, 3], "padding": 1, "output_padding": [1, 2]}, "the end grows")
    s.add("output_padding below the dilation", "conv_transpose2d", s.numbers(1, 1, 4, 4),
          {"weight": s.numbers(1, 1, 2, 2), "dilation": 3, "output_padding": 2}, "allowed below stride or dilation")
    for size in (8, 9, [8, 9], [9, 8]):
        s.add(f"output_size {size}", "conv_transpose2d", s.numbers(1, 2, 4, 4),
              {"weight": s.numbers(2, 2, 4, 4), "stride": 2, "padding": 1, "output_size": size}, "among the possible")
    for padding in ("same", "same_lower"):
        for stride in (1, 2, 3):
            s.add(f"{padding}, stride {stride}", "conv_transpose2d", s.numbers(1, 2, 3, 4),
                  {"weight": s.numbers(2, 2, 4, 3), "stride": stride, "padding": padding}, "output = input · stride")
    for inputs, outputs, groups in ((4, 6, 2), (3, 3, 3), (8, 4, 4), (3, 9, 3)):
        s.add(f"{inputs} to {outputs} in {groups} groups", "conv_transpose2d", s.numbers(1, inputs, 4, 5),
              {"weight": s.numbers(inputs, outputs // groups, 3, 3), "stride": 2, "groups": groups,
               "bias": s.numbers(outputs)}, "groups")
    for width in (1, 7, 8, 9, 16, 17):
        s.add(f"width {width}", "conv_transpose2d", s.numbers(1, 3, 2, width),
              {"weight": s.numbers(3, 5, 4, 4), "stride": 2, "padding": 1}, "tile edge in width")
    for channels in (1, 8, 9, 17):
        s.add(f"{channels} channels", "conv_transpose2d", s.numbers(1, channels, 3, 5),
              {"weight": s.numbers(channels, channels, 2, 2), "stride": 2}, "a U-Net's upsampling")
    s.add("[H,W], [kH,kW]", "conv_transpose2d", s.numbers(3, 4), {"weight": s.numbers(2, 2)}, "rank 2 in and out")
    s.add("[H,W], three kernels", "conv_transpose2d", s.numbers(3, 4), {"weight": s.numbers(1, 3, 2, 2)},
          "rank 2 in, rank 3 out")
    s.add("[C,H,W]", "conv_transpose2d", s.numbers(2, 3, 4), {"weight": s.numbers(2, 3, 2, 2), "stride": 3},
          "unbatched; cells that no tap reaches are the bias")
    s.add("batch of two", "conv_transpose2d", s.numbers(2, 2, 3, 4), {"weight": s.numbers(2, 1, 3, 3)}, "batch")
    s.add("empty batch", "conv_transpose2d", np.zeros((0, 2, 3, 4)), {"weight": s.numbers(2, 3, 3, 3), "stride": 2},
          "N = 0")
    s.add("1x1", "conv_transpose2d", s.numbers(1, 3, 4, 5), {"weight": s.numbers(3, 4, 1, 1)}, "pointwise")
    s.add("padding cuts most", "conv_transpose2d", s.numbers(1, 1, 4, 4),
          {"weight": s.numbers(1, 1, 3, 3), "padding": 2}, "2x2 are left")
    y = s.numbers(1, 1, 4, 4)
    y[0, 0, 1, 2] = np.nan
    s.add("one NaN", "conv_transpose2d", y, {"weight": s.numbers(1, 1, 2, 2), "stride": 2}, "four outputs", form="flat")
    s.add("1-d [L]", "conv_transpose1d", s.numbers(5), {"weight": s.numbers(3), "stride": 2}, "rank 1 in and out")
    s.add("1-d [C,L]", "conv_transpose1d", s.numbers(2, 5), {"weight": s.numbers(2, 3, 3), "dilation": 2}, "unbatched")
    s.add("1-d groups", "conv_transpose1d", s.numbers(2, 4, 6),
          {"weight": s.numbers(4, 1, 4), "groups": 2, "stride": 3, "output_padding": 1}, "groups in 1-d")
    s.add("3-d", "conv_transpose3d", s.numbers(1, 2, 2, 3, 4),
          {"weight": s.numbers(2, 2, 2, 3, 3), "stride": [1, 2, 3], "padding": [0, 1, 1], "output_padding": [0, 1, 2],
           "bias": s.numbers(2)}, "3-d")
    s.add("3-d, same", "conv_transpose3d", s.numbers(1, 1, 2, 3, 3),
          {"weight": s.numbers(1, 2, 3, 3, 3), "stride": 2, "padding": "same"}, "3-d")
    s.add("3-d [D,H,W]", "conv_transpose3d", s.numbers(2, 3, 3), {"weight": s.numbers(2, 2, 2)}, "rank 3 in and out")
    unfold_and_fold(s)


def unfold_and_fold(s):
    s.add("unfold 3x3 by 2x2", "unfold", np.arange(1, 10).reshape(1, 1, 3, 3), {"kernel_size": 2}, "by hand")
    for name, more in {
        "stride 2": {"stride": 2}, "padding 1": {"padding": 1}, "dilation 2": {"dilation": 2},
        "pairs": {"padding": [[1, 0], [2, 1]], "stride": [2, 3]}, "same": {"padding": "same"},
        "same_lower, stride 2": {"padding": "same_lower", "stride": 2},
        "all": {"stride": [2, 1], "padding": [1, 2], "dilation": [1, 2]},
    }.items():
        s.add(f"unfold, {name}", "unfold", s.numbers(2, 3, 6, 7), {"kernel_size": [3, 2], **more}, "blocks as columns")
    s.add("unfold [C,H,W]", "unfold", s.numbers(2, 4, 5), {"kernel_size": [2, 3]}, "unbatched")
    s.add("unfold, empty batch", "unfold", np.zeros((0, 2, 4, 5)), {"kernel_size": 2}, "N = 0")
    s.add("fold of ones", "fold", np.ones((1, 4, 4)), {"output_size": 3, "kernel_size": 2}, "1 2 1, 2 4 2, 1 2 1")
    s.add("fold, stride 2", "fold", s.numbers(2, 12, 6), {"output_size": [4, 6], "kernel_size": 2, "stride": 2},
          "blocks that do not overlap")
    s.add("fold, padding 1", "fold", s.numbers(1, 8, 30), {"output_size": [4, 5], "kernel_size": 2, "padding": 1},
          "what falls in padding is dropped")
    s.add("fold, pairs", "fold", s.numbers(1, 4, 20),
          {"output_size": [4, 4], "kernel_size": 2, "padding": [[0, 1], [1, 1]]}, "pairs of padding")
    s.add("fold, all", "fold", s.numbers(1, 12, 15),
          {"output_size": [6, 5], "kernel_size": [2, 3], "stride": [2, 1], "padding": [1, 1], "dilation": [2, 1]},
          "dilation too")
    s.add("fold [C·k,L]", "fold", s.numbers(4, 6), {"output_size": [3, 4], "kernel_size": 2}, "unbatched")
