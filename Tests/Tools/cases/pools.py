"""Every pool, 1-d to 3-d, with every parameter."""

import numpy as np

EDGES = [1, 2, 7, 8, 9, 15, 16, 17, 31, 32, 33, 47, 48, 49]
SHAPES = {1: (2, 3, 11), 2: (1, 3, 9, 11), 3: (1, 2, 5, 6, 7)}


def cases(s):
    max_pools(s)
    average_pools(s)
    norm_pools(s)
    walks(s)
    adaptive(s)
    unpools(s)


def walks(s):
    """The same walks for the three kinds of pool and for each rank."""
    for kind in ("max", "avg", "lp"):
        for rank in (1, 2, 3):
            extras = {"return_indices": True} if kind == "max" else {}
            for name, parameters in {
                "kernel 2": {"kernel_size": 2},
                "kernel 3, stride 2": {"kernel_size": 3, "stride": 2},
                "kernel 3, stride 1, padding 1": {"kernel_size": 3, "stride": 1, "padding": 1},
                "kernel 3, stride 2, padding 1, ceil": {"kernel_size": 3, "stride": 2, "padding": 1, "ceil_mode": True},
                "padding past half the kernel": {"kernel_size": 3, "stride": 2, "padding": 2},
                "pairs": {"kernel_size": 3, "stride": 2, "padding": [[1, 0], [0, 2], [2, 1]][:rank]},
                "pairs, ceil": {"kernel_size": 3, "stride": 2, "ceil_mode": True,
                                "padding": [[0, 1], [2, 0], [1, 1]][:rank]},
                "same": {"kernel_size": 3, "stride": 2, "padding": "same"},
                "same_lower": {"kernel_size": 2, "stride": [1, 2, 3][:rank], "padding": "same_lower"},
                "valid": {"kernel_size": [2, 3, 2][:rank], "stride": 2, "padding": "valid"},
                "dilation 2": {"kernel_size": 2, "stride": 1, "dilation": 2},
                "dilation 2, padding 2": {"kernel_size": 3, "stride": 2, "dilation": 2, "padding": 2},
                "dilation, ceil, same": {"kernel_size": 2, "stride": 2, "dilation": [1, 3, 2][:rank],
                                         "padding": "same", "ceil_mode": True},
                "stride past the kernel": {"kernel_size": 2, "stride": 3},
            }.items():
                s.add(f"{kind} {rank}-d, {name}", f"{kind}_pool{rank}d", s.numbers(*SHAPES[rank]),
                      {**parameters, **extras}, "the walk")
            plain = {1: (10,), 2: (7, 8), 3: (4, 5, 6)}[rank]
            s.add(f"{kind} {rank}-d, spatial axes only", f"{kind}_pool{rank}d", s.numbers(*plain),
                  {"kernel_size": 2, **extras}, "the answer has the input's rank")
            s.add(f"{kind} {rank}-d, unbatched", f"{kind}_pool{rank}d", s.numbers(2, *plain),
                  {"kernel_size": 2, **extras}, "the answer has the input's rank")
            s.add(f"{kind} {rank}-d, empty batch", f"{kind}_pool{rank}d", np.zeros((0, 2, *plain)),
                  {"kernel_size": 2}, "N = 0")


def max_pools(s):
    for width in EDGES:
        s.add(f"max 3x3 over 4x{width}", "max_pool2d", s.numbers(1, 2, 4, width),
              {"kernel_size": 3, "stride": 2, "padding": 1}, "tile edge in width")
        if width > 1:
            s.add(f"max 2x2 over 3x{width}", "max_pool2d", s.numbers(1, 1, 3, width),
                  {"kernel_size": 2, "return_indices": True}, "tile edge in width")
    s.add("ties take the first", "max_pool2d", np.zeros((1, 1, 4, 4)),
          {"kernel_size": 2, "stride": 1, "return_indices": True}, "all equal")
    s.add("zeros of both signs", "max_pool1d", [[-0.0, 0.0, -0.0, -1.0, 0.0, -0.0]],
          {"kernel_size": 3, "return_indices": True}, "−0 and 0 tie")
    s.add("all −∞", "max_pool2d", np.full((1, 1, 4, 4), -np.inf),
          {"kernel_size": 3, "stride": 2, "padding": 1, "return_indices": True}, "padding is never chosen", form="flat")
    x = s.numbers(1, 1, 6, 8)
    x[0, 0, 2, 3], x[0, 0, 5, 7], x[0, 0, 0, 0] = np.nan, np.inf, -np.inf
    s.add("NaN wins", "max_pool2d", x, {"kernel_size": 3, "stride": 1, "return_indices": True}, "over ∞ too", form="nested")
    x = s.numbers(1, 1, 5, 20)
    x[0, 0, 2, 9] = np.nan
    s.add("NaN in a wide row", "max_pool2d", x, {"kernel_size": 2, "stride": 1, "padding": 1}, "vector path", form="flat")
    s.add("negative numbers and padding", "max_pool2d", s.numbers(1, 1, 3, 3, low=-9, high=-5),
          {"kernel_size": 2, "stride": 1, "padding": 1}, "padding is −∞, not 0")
    s.add("ceil, last window dropped", "max_pool1d", s.numbers(1, 1, 9),
          {"kernel_size": 4, "stride": 4, "padding": 2, "ceil_mode": True}, "it would start past the input")
    s.add("ceil, kernel past the input", "max_pool2d", s.numbers(1, 1, 2, 2), {"kernel_size": 3, "ceil_mode": True},
          "one partial window")
    s.add("ceil, exact fit", "max_pool2d", s.numbers(1, 1, 6, 6), {"kernel_size": 2, "ceil_mode": True},
          "ceil changes nothing")
    s.add("global", "max_pool2d", s.numbers(2, 3, 5, 6), {"kernel_size": [5, 6], "return_indices": True}, "one window")
    s.add("kernel 1", "max_pool2d", s.numbers(1, 2, 3, 4), {"kernel_size": 1, "return_indices": True}, "a copy")
    s.add("kernel 5, stride 1, same", "max_pool2d", s.numbers(1, 2, 9, 17),
          {"kernel_size": 5, "stride": 1, "padding": "same"}, "as YOLO has it")
    s.add("kernel 13, stride 1, padding 6", "max_pool2d", s.numbers(1, 1, 15, 16),
          {"kernel_size": 13, "stride": 1, "padding": 6}, "a large window")


def average_pools(s):
    grid = np.arange(1, 17).reshape(4, 4)
    for name, more in {
        "padding 1": {"padding": 1},
        "padding 1, ceil": {"padding": 1, "ceil_mode": True},
        "padding 1, ceil, pads not counted": {"padding": 1, "ceil_mode": True, "count_include_pad": False},
        "padding 1, pads not counted": {"padding": 1, "count_include_pad": False},
        "ceil": {"ceil_mode": True},
        "ceil, divisor 1": {"ceil_mode": True, "divisor_override": 1},
        "divisor −2": {"divisor_override": -2},
        "divisor 7, pads not counted": {"divisor_override": 7, "padding": 1, "count_include_pad": False},
        "same": {"padding": "same"},
        "same, pads not counted": {"padding": "same", "count_include_pad": False},
        "same_lower, pads not counted": {"padding": "same_lower", "count_include_pad": False},
        "pairs, ceil": {"padding": [[0, 1], [1, 0]], "ceil_mode": True},
    }.items():
        s.add(f"avg of 1…16, kernel 3, stride 2, {name}", "avg_pool2d", grid, {"kernel_size": 3, "stride": 2, **more},
              "the divisor")
    for rank in (1, 2, 3):
        x = s.numbers(*SHAPES[rank])
        for count in (True, False):
            s.add(f"avg {rank}-d, dilated, padded, counted {count}", f"avg_pool{rank}d", x,
                  {"kernel_size": 2, "stride": 2, "dilation": 3, "padding": 2, "count_include_pad": count,
                   "ceil_mode": True}, "the divisor counts taps")
        s.add(f"avg {rank}-d, divisor 3", f"avg_pool{rank}d", x, {"kernel_size": 2, "divisor_override": 3},
              "the divisor as given")
    for width in EDGES:
        s.add(f"avg 3x3 over 4x{width}", "avg_pool2d", s.numbers(1, 2, 4, width),
              {"kernel_size": 3, "stride": 1, "padding": 1}, "tile edge in width")
    s.add("avg, ceil, kernel past the input", "avg_pool2d", s.numbers(1, 1, 2, 2),
          {"kernel_size": 3, "ceil_mode": True}, "the divisor is what is there")
    x = s.numbers(1, 1, 5, 6)
    x[0, 0, 1, 1], x[0, 0, 4, 5] = np.nan, np.inf
    s.add("avg with NaN and ∞", "avg_pool2d", x, {"kernel_size": 2, "stride": 1}, "they reach their windows only",
          form="flat")
    s.add("avg global", "avg_pool2d", s.numbers(1, 4, 7, 7), {"kernel_size": 7}, "one window")


def norm_pools(s):
    for power in (1, 2, 3, 1.5, 4):
        for rank in (1, 2):
            s.add(f"lp {rank}-d, p = {power}", f"lp_pool{rank}d", s.numbers(*SHAPES[rank]),
                  {"kernel_size": 3, "stride": 2, "norm_type": power}, "|x|^p, negative x too")
    s.add("lp default p", "lp_pool2d", s.numbers(1, 1, 4, 4), {"kernel_size": 2}, "p = 2")
    s.add("lp of 1…5, ceil", "lp_pool1d", [[1, 2, 3, 4, 5]], {"kernel_size": 2, "ceil_mode": True},
          "a partial window is not scaled up")
    s.add("lp, padding", "lp_pool2d", s.numbers(1, 2, 5, 5), {"kernel_size": 3, "padding": [[2, 1], [0, 2]]},
          "padding adds nothing")
    s.add("lp 3-d, p = 3", "lp_pool3d", s.numbers(1, 1, 4, 4, 4), {"kernel_size": 2, "norm_type": 3}, "odd p")


def adaptive(s):
    line = np.arange(1, 11)[None]
    for kind in ("max", "avg"):
        for size in (1, 3, 4, 10, 13):
            s.add(f"{kind} of 1…10 to {size}", f"adaptive_{kind}_pool1d", line, {"output_size": size},
                  "windows overlap, or repeat")
        for rank in (1, 2, 3):
            extras = {"return_indices": True} if kind == "max" else {}
            for size in (1, [2, 3, 4][:rank], [5, None, 2][:rank], [None, 3, None][:rank], 8):
                s.add(f"adaptive {kind} {rank}-d to {size}".replace("None", "null"), f"adaptive_{kind}_pool{rank}d",
                      s.numbers(*SHAPES[rank]), {"output_size": size, **extras}, "the windows")
            plain = {1: (10,), 2: (7, 8), 3: (4, 5, 6)}[rank]
            s.add(f"adaptive {kind} {rank}-d, spatial axes only", f"adaptive_{kind}_pool{rank}d", s.numbers(*plain),
                  {"output_size": 2, **extras}, "the answer has the input's rank")
            s.add(f"adaptive {kind} {rank}-d, unbatched", f"adaptive_{kind}_pool{rank}d", s.numbers(3, *plain),
                  {"output_size": 3, **extras}, "the answer has the input's rank")
    s.add("avg 7x7 to 1x1 over 33 channels", "adaptive_avg_pool2d", s.numbers(1, 33, 7, 7), {"output_size": 1},
          "a ResNet's last pool")


def unpools(s):
    import oracle

    for rank, shape, pool in (
        (1, (2, 3, 8), {"kernel_size": 2}),
        (1, (1, 2, 9), {"kernel_size": 3, "stride": 2, "padding": 1}),
        (2, (1, 2, 6, 8), {"kernel_size": 2}),
        (2, (1, 1, 7, 7), {"kernel_size": 3, "stride": 2}),
        (2, (2, 2, 6, 6), {"kernel_size": [2, 3], "stride": [2, 3]}),
        (2, (4, 6), {"kernel_size": 2}),
        (2, (3, 4, 6), {"kernel_size": 2}),
        (3, (1, 2, 4, 4, 6), {"kernel_size": 2}),
    ):
        pooled = oracle.evaluate(f"max_pool{rank}d", {**pool, "return_indices": True}, s.numbers(*shape))
        name = f"unpool {list(shape)} by {pool}".replace("'", "")
        s.add(name, f"max_unpool{rank}d", pooled.output, {**pool, "indices": pooled.indices}, "back where it came from")
    pooled = oracle.evaluate("max_pool2d", {"kernel_size": 2, "return_indices": True}, s.numbers(1, 1, 5, 7))
    s.add("unpool to 5x7", "max_unpool2d", pooled.output,
          {"kernel_size": 2, "indices": pooled.indices, "output_size": [5, 7]}, "the size that was pooled")
