"""Writes the one-dimensional Winograd transforms, Sources/CVectorKernels/winograd_{table,axes}.inc, and proves them.

    python3 Tests/Tools/winograd.py            writes the files anew
    python3 Tests/Tools/winograd.py --check    fails unless the files are what this script writes

F(m, r) computes m outputs of a filter of r taps, y[j] = sum over a of g[a] d[j + a], by m + r - 1 products instead of
m * r (S. Winograd, Arithmetic complexity of computations, 1980; for convolutions Lavin and Gray, Fast algorithms for
convolutional neural networks, 2015): y = A^T ((G g) * (B^T d)). The matrices are those of Toom and Cook: for finite
points p[i] and the point at infinity,

    A^T[j][i] = p[i]^j                                    its last column is 1 for the last output alone
    G[i][a]   = p[i]^a / product of (p[i] - p[j]), j != i its last row is the last tap
    B^T[i]    = coefficients of product of (x - p[j])     over j != i; the last row's over all j

An axis of stride s meets samples a stride apart with the taps a stride apart, so it is the sum of s filters of stride 1
(Huang et al., DWM: a decomposable Winograd method, 2020). Seven taps of stride 1 are four and three.

All arithmetic here is exact, in the rationals with the square root of two; every axis is proven before it is written:
sum over i of A^T[j][i] G[i][a] B^T[i][k] must be 1 where sample k is what tap a of output j reads, and 0 elsewhere.
"""

import functools
import math
import pathlib
import sys
from fractions import Fraction

KERNELS = pathlib.Path(__file__).parents[2] / "Sources" / "CVectorKernels"


class Root:
    """a + b sqrt(2), exactly."""

    def __init__(self, a, b=0):
        self.a, self.b = Fraction(a), Fraction(b)

    def __add__(self, other):
        return Root(self.a + other.a, self.b + other.b)

    def __neg__(self):
        return Root(-self.a, -self.b)

    def __sub__(self, other):
        return self + -other

    def __mul__(self, other):
        return Root(self.a * other.a + 2 * self.b * other.b, self.a * other.b + self.b * other.a)

    def __truediv__(self, other):
        norm = other.a * other.a - 2 * other.b * other.b
        return self * Root(other.a / norm, -other.b / norm)

    def __eq__(self, other):
        return self.a == other.a and self.b == other.b

    def __float__(self):
        # Exact enough for a double even where the two parts nearly cancel.
        scale = 10**60
        root = Fraction(math.isqrt(2 * scale * scale), scale)
        return float(self.a + self.b * root)


ZERO, ONE = Root(0), Root(1)
HALF_ROOT = Root(0, Fraction(1, 2))

# Positive halves of the pairs +-p, and whether zero is a point too; infinity always is. Chosen for the least growth of
# rounding errors: sum over i of |A^T||G||B^T|.
# By outputs and taps.
POINTS = {
    (4, 2): ([Root(Fraction(2, 5)), Root(Fraction(4, 3))], False),
    (4, 3): ([HALF_ROOT, Root(0, 1)], True),
    (4, 4): ([Root(Fraction(1, 4)), Root(Fraction(4, 5)), Root(2)], False),
    (4, 5): ([Root(Fraction(1, 2)), Root(1), Root(2)], True),
    (3, 2): ([ONE], True),
    (2, 2): ([Root(Fraction(2, 3))], False),
    (3, 3): ([Root(Fraction(1, 4)), Root(Fraction(8, 5))], False),
    (7, 3): ([Root(Fraction(1, 4)), Root(Fraction(3, 4)), Root(Fraction(9, 8)), Root(2)], False),
}

# (taps, stride, outputs): the filters of stride 1 that it is the sum of, each as its first tap and number of taps, a stride
# apart.
AXES = {
    (1, 1, 1): [(0, 1)],
    (2, 1, 4): [(0, 2)],
    (3, 1, 7): [(0, 3)],
    (3, 1, 4): [(0, 3)],
    (4, 1, 4): [(0, 4)],
    (5, 1, 4): [(0, 5)],
    (7, 1, 4): [(0, 4), (4, 3)],
    (9, 1, 4): [(0, 5), (5, 4)],
    (3, 1, 3): [(0, 3)],
    (3, 1, 2): [(0, 3)],
    (3, 1, 1): [(0, 3)],
    (2, 2, 4): [(0, 1), (1, 1)],
    (3, 2, 4): [(0, 2), (1, 1)],
    (4, 2, 4): [(0, 2), (1, 2)],
    (5, 2, 4): [(0, 3), (1, 2)],
    (7, 2, 4): [(0, 4), (1, 3)],
    (3, 2, 3): [(0, 2), (1, 1)],
    (3, 2, 2): [(0, 2), (1, 1)],
    (4, 2, 2): [(0, 2), (1, 2)],
}


def times(p, q):
    """Product of two polynomials, lowest coefficient first."""
    result = [ZERO] * (len(p) + len(q) - 1)
    for i, a in enumerate(p):
        for j, b in enumerate(q):
            result[i + j] = result[i + j] + a * b
    return result


class Filter:
    """F(outputs, taps), its points as pairs, zero and infinity."""

    def __init__(self, outputs, taps):
        self.outputs, self.taps, self.count = outputs, taps, outputs + taps - 1
        self.pairs, self.has_zero = POINTS[outputs, taps] if taps > 1 else ([], False)
        self.points = [q for p in self.pairs for q in (p, -p)] + ([ZERO] if self.has_zero else [])
        assert taps == 1 or len(self.points) == self.count - 1

    @functools.cached_property
    def matrices(self):
        """A^T, G and B^T as lists of rows."""
        if self.taps == 1:
            unit = [[ONE if i == j else ZERO for i in range(self.outputs)] for j in range(self.outputs)]
            return unit, [[ONE]] * self.outputs, unit
        power = lambda p, n: ONE if n == 0 else p * power(p, n - 1)
        a = [[power(p, j) for p in self.points] + [ONE if j == self.outputs - 1 else ZERO] for j in range(self.outputs)]
        g, b = [], []
        for p in self.points:
            scale, polynomial = ONE, [ONE]
            for q in self.points:
                if not q == p:
                    scale, polynomial = scale * (p - q), times(polynomial, [-q, ONE])
            g.append([power(p, t) / scale for t in range(self.taps)])
            b.append(polynomial + [ZERO])
        whole = [ONE]
        for q in self.points:
            whole = times(whole, [-q, ONE])
        return a, g + [[ZERO] * (self.taps - 1) + [ONE]], b + [whole]


class Between:
    """One or two outputs of three taps, whose first and last samples are zero: so it is when taps are so far apart that
    only one or two of them ever meet the input. Two outputs are what A. Karatsuba's three products make of them."""

    MATRICES = {
        1: ([[1]], [[0, 1, 0]], [[0, 1, 0]]),
        2: (
            [[1, 1, 0], [1, 0, 1]],
            [[0, 1, 0], [0, -1, 1], [1, -1, 0]],
            [[0, 1, 1, 0], [0, 0, 1, 0], [0, 1, 0, 0]],
        ),
    }

    def __init__(self, outputs):
        self.outputs, self.taps, self.pairs, self.has_zero = outputs, 3, [], False
        self.matrices = tuple([[Root(x) for x in row] for row in rows] for rows in Between.MATRICES[outputs])
        self.count = len(self.matrices[1])


def filter_of(outputs, taps):
    return Between(outputs) if taps == 3 and outputs < 3 else Filter(outputs, taps)


def prove(taps, stride, outputs, filters):
    parts = [(first, count, filter_of(outputs, count).matrices) for first, count in filters]
    samples = (outputs - 1) * stride + taps
    known = range(1, samples - 1) if stride == 1 and taps == 3 and outputs < 3 else range(samples)
    for j in range(outputs):
        for tap in range(taps):
            for sample in known:
                total = ZERO
                for first, count, (a, g, b) in parts:
                    own_tap, own_sample = (tap - first) / stride, (sample - first) / stride
                    if own_tap not in range(count) or own_sample not in range(outputs + count - 1):
                        continue
                    for i in range(len(g)):
                        total = total + a[j][i] * g[i][int(own_tap)] * b[i][int(own_sample)]
                assert total == (ONE if sample == j * stride + tap else ZERO), (taps, stride, outputs, j, tap, sample)


def literal(value, suffix):
    text = repr(float(value)) if suffix == "" else f"{float(value):.9g}"
    if not any(c in text for c in ".e"):
        text += ".0"
    return text + suffix


def combination(terms, number, fused, add):
    """Code for the sum of coefficient * name, ones first, so that every other term is one fused operation."""
    terms = [(c, n) for c, n in terms if not c == ZERO]
    ones = [n for c, n in terms if c == ONE]
    rest = [(c, n) for c, n in terms if not c == ONE]
    code = ones[0] if ones else None
    for name in ones[1:]:
        code = add(code, name)
    for c, name in rest:
        code = fused(number(c), name, code) if code else f"{name} * {number(c)}"
    return code


vector = lambda c: f"vec_set1({literal(c, 'f')})"
vector_fma = lambda c, name, rest: f"vec_fma({c}, {name}, {rest})"
wide = lambda c: literal(c, "")
wide_fma = lambda c, name, rest: f"({name} * {c} + {rest})"
plus = lambda x, y: f"({x} + {y})"


def input_code(f, first, stride, at):
    """v[at…] = B^T d, where the filter's sample k is d[first + k * stride]."""
    d = lambda k: f"d[{first + k * stride}]"
    if f.taps == 1:
        return [f"v[{at + k}] = {d(k)};" for k in range(f.outputs)]
    lines = []
    for n, p in enumerate(f.pairs):
        rest = [ZERO, ONE] if f.has_zero else [ONE]
        for q in f.pairs:
            if not q == p:
                rest = times(rest, [-(q * q), ZERO, ONE])
        # B^T of +-p is (x +- p) rest: what is even in p, and p times what is odd.
        odd = combination([(c, d(k)) for k, c in enumerate(rest)], vector, vector_fma, plus)
        even = combination([(c, d(k + 1)) for k, c in enumerate(rest)], vector, vector_fma, plus)
        lines += [
            f"{{ const vec even = {even}, odd = {odd};",
            f"  v[{at + 2 * n}] = vec_fma({vector(p)}, odd, even);",
            f"  v[{at + 2 * n + 1}] = vec_fma({vector(-p)}, odd, even); }}",
        ]
    _, _, b = f.matrices
    rows = range(2 * len(f.pairs), f.count)
    return lines + [
        f"v[{at + i}] = {combination([(c, d(k)) for k, c in enumerate(b[i])], vector, vector_fma, plus)};" for i in rows
    ]


def output_terms(f, at, axis):
    """Declarations, and for each output the terms of A^T v."""
    v = lambda i: f"v[{at + i}]"
    if f.taps == 1:
        return [], [[(ONE, v(j))] for j in range(f.outputs)]
    if not f.pairs:
        return [], [[(c, v(i)) for i, c in enumerate(row)] for row in f.matrices[0]]
    lines, terms = [], [[] for _ in range(f.outputs)]
    power = lambda p, n: ONE if n == 0 else p * power(p, n - 1)
    for n, p in enumerate(f.pairs):
        plus_name, minus_name = f"sum{axis}{n}", f"difference{axis}{n}"
        lines += [
            f"const vec {plus_name} = {v(2 * n)} + {v(2 * n + 1)}, {minus_name} = {v(2 * n)} - {v(2 * n + 1)};"
        ]
        for j in range(f.outputs):
            terms[j].append((power(p, j), plus_name if j % 2 == 0 else minus_name))
    if f.has_zero:
        terms[0].insert(0, (ONE, v(2 * len(f.pairs))))
    terms[f.outputs - 1].insert(0, (ONE, v(f.count - 1)))
    return lines, terms


def weight_code(f, first, stride, at, kind, number, fused):
    """u[at…] = G g, where the filter's tap a is g[first + a * stride]."""
    g = lambda a: f"g[{first + a * stride}]"
    _, matrix, _ = f.matrices
    if f.taps == 1:
        return [f"u[{at + k}] = {g(0)};" for k in range(f.outputs)]
    lines = []
    for n in range(len(f.pairs)):
        row = matrix[2 * n]
        even = combination([(c, g(a)) for a, c in enumerate(row) if a % 2 == 0], number, fused, plus)
        odd = combination([(c, g(a)) for a, c in enumerate(row) if a % 2 == 1], number, fused, plus)
        flipped = matrix[2 * n + 1]
        # The product of (p - q) over an odd number of q changes its sign with p.
        sign = flipped[0] == row[0]
        lines += [
            f"{{ const {kind} even = {even}, odd = {odd};",
            f"  u[{at + 2 * n}] = even + odd;",
            f"  u[{at + 2 * n + 1}] = {'even - odd' if sign else 'odd - even'}; }}",
        ]
    rows = range(2 * len(f.pairs), f.count)
    return lines + [
        f"u[{at + i}] = {combination([(c, g(a)) for a, c in enumerate(matrix[i])], number, fused, plus)};" for i in rows
    ]


class Halves:
    """F(4, 3) as two halves of three points each, the second pair with infinity, so that twice as many tiles' products are
    in registers together. Each pair's filter is scaled, and A^T by the inverse, such that with the middle tap kept times
    sqrt(2) it is one product and two sums: p^-1 sqrt(2) g[0] + p sqrt(2) g[2] +- sqrt(2) g[1]."""

    ROOT = Root(0, 1)
    NAMES = ["near", "far"]

    def __init__(self):
        self.filter = filter_of(4, 3)
        self.points = [[0, 1, 4], [2, 3, 5]]

    def matrices(self, half):
        """A^T and G, of the taps as they are kept, by this half's points."""
        a, g, _ = self.filter.matrices
        p = self.filter.pairs[half]
        columns, rows = [], []
        for i in self.points[half]:
            scale = p * g[i][0] / self.ROOT if i < 4 else ONE
            columns.append([a[j][i] * scale for j in range(4)])
            rows.append([g[i][0] / scale, g[i][1] / scale / self.ROOT, g[i][2] / scale])
        return [list(row) for row in zip(*columns)], rows

    def prove(self):
        b = self.filter.matrices[2]
        for j in range(4):
            for tap in range(3):
                for sample in range(6):
                    total = ZERO
                    for half in range(2):
                        a, g = self.matrices(half)
                        kept = self.ROOT if tap == 1 else ONE
                        for n, i in enumerate(self.points[half]):
                            total = total + a[j][n] * g[n][tap] * kept * b[i][sample]
                    assert total == (ONE if sample == j + tap else ZERO), (j, tap, sample)

    def code(self):
        self.prove()
        out = []
        for half, name in enumerate(self.NAMES):
            a, g = self.matrices(half)
            even = combination([(c, f"g[{t}]") for t, c in enumerate(g[0]) if t != 1], vector, vector_fma, plus)
            assert g[0][1] == ONE and g[1][1] == -ONE and g[2].count(ONE) == 1
            out += function(
                f"filters_{name}(const vec *g, vec *u)",
                [
                    f"const vec even = {even};",
                    "u[0] = even + g[1];",
                    "u[1] = even - g[1];",
                    f"u[2] = g[{g[2].index(ONE)}];",
                ],
            )
            sums = []
            for j in range(4):
                names = ["sum", "v[2]"] if j % 2 == 0 else ["difference", "v[2]"]
                assert a[j][0] == (a[j][1] if j % 2 == 0 else -a[j][1])
                sums.append(f"y[{j}] = {combination(list(zip([a[j][0], a[j][2]], names)), vector, vector_fma, plus)};")
            out += function(
                f"output_{name}(const vec *v, vec *y)",
                ["const vec sum = v[0] + v[1], difference = v[0] - v[1];"] + sums,
            )
        return "\n".join(out)


def function(signature, lines):
    return [f"INLINE void {signature} {{"] + ["    " + line for line in lines] + ["}", ""]


HEAD = "// Written by Tests/Tools/winograd.py, which derives and proves it.\n"


def name_of(taps, stride, outputs):
    return f"{taps}_{stride}_{outputs}"


def table():
    out = [HEAD + "// What each Winograd axis takes, named by its taps, stride and outputs.", ""]
    for axis, filters in AXES.items():
        taps, stride, outputs = axis
        samples, points = (outputs - 1) * stride + taps, sum(filter_of(outputs, count).count for _, count in filters)
        out += [
            f"// {points} products for {outputs * taps}",
            f"enum {{ SAMPLES_{name_of(*axis)} = {samples}, POINTS_{name_of(*axis)} = {points} }};",
        ]
    list_of = lambda chosen: " ".join(f"X{axis}" for axis in AXES if chosen(*axis))
    return "\n".join(
        out
        + [
            "",
            f"#define WINOGRAD_AXES(X) {list_of(lambda taps, stride, outputs: True)}",
            "// Those that tiles side by side can have along x, whose samples are interleaved,",
            f"#define WINOGRAD_AXES_NEAR(X) {list_of(lambda taps, stride, outputs: outputs == 4 or stride > 1)}",
            "// and those of tiles among which others lie.",
            f"#define WINOGRAD_AXES_APART(X) {list_of(lambda taps, stride, outputs: stride == 1 and outputs <= 4)}",
            "",
        ]
    )


def axes():
    out = [
        HEAD + "// One axis of each Winograd transform, named by its taps, stride and outputs: B^T d, A^T v, and G g in double precision.",
        "",
        "typedef double wide __attribute__((vector_size(8 * sizeof(double))));",
        "",
    ]
    for (taps, stride, count_of), filters in AXES.items():
        prove(taps, stride, count_of, filters)
        name = name_of(taps, stride, count_of)
        at, inputs, outputs, weights, declarations = 0, [], [[] for _ in range(count_of)], [], []
        for index, (first, count) in enumerate(filters):
            f = filter_of(count_of, count)
            inputs += input_code(f, first, stride, at)
            lines, terms = output_terms(f, at, "ab"[index])
            declarations += lines
            for j in range(count_of):
                outputs[j] += terms[j]
            weights += weight_code(f, first, stride, at, "wide", wide, wide_fma)
            at += f.count
        sums = [f"y[{j}] = {combination(outputs[j], vector, vector_fma, plus)};" for j in range(count_of)]
        out += function(f"input_{name}(const vec *d, vec *v)", inputs)
        out += function(f"output_{name}(const vec *v, vec *y)", declarations + sums)
        out += function(f"weights_{name}(const wide *g, wide *u)", weights)
    out.append("// F(4, 3) in halves, of taps of which the middle one is kept times this, the square root of two.")
    out.append(f"static const double MIDDLE_TAP = {literal(Halves.ROOT, '')};\n")
    return "\n".join(out) + Halves().code()


if __name__ == "__main__":
    for name, write in {"winograd_table.inc": table, "winograd_axes.inc": axes}.items():
        path = KERNELS / name
        if "--check" not in sys.argv:
            path.write_text(write())
        elif path.read_text() != write():
            sys.exit(f"{path} is not what Tests/Tools/winograd.py writes")
