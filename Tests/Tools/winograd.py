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
    (2, 3): ([ONE], True),
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
    (5, 2, 2): [(0, 3), (1, 2)],
}

# Those whose weights are transformed in single precision too, for kernels that do it anew in each run.
SINGLE = [(4, 1, 4)]

# Those that a few tiles can have along x, where the weights are transformed as they are read.
FEW = [(3, 1, 4), (5, 1, 4), (3, 2, 4), (4, 2, 4), (5, 2, 4)]


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

    def place(self, i):
        """Where point i is kept: of two pairs, zero and infinity one single point after each pair, so that six are two equal
        halves of which each has a pair of its own."""
        return [0, 1, 3, 4, 2, 5][i] if len(self.pairs) == 2 and self.has_zero else i

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

    def place(self, i):
        return i


def filter_of(outputs, taps, stride):
    """A part of an axis of this stride."""
    return Between(outputs) if stride == 1 and taps == 3 and outputs < 3 else Filter(outputs, taps)


def prove(taps, stride, outputs, filters):
    parts = [(first, count, filter_of(outputs, count, stride).matrices) for first, count in filters]
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
            f"  v[{at + f.place(2 * n)}] = vec_fma({vector(p)}, odd, even);",
            f"  v[{at + f.place(2 * n + 1)}] = vec_fma({vector(-p)}, odd, even); }}",
        ]
    _, _, b = f.matrices
    rows = range(2 * len(f.pairs), f.count)
    return lines + [
        f"v[{at + f.place(i)}] = {combination([(c, d(k)) for k, c in enumerate(b[i])], vector, vector_fma, plus)};" for i in rows
    ]


def output_terms(f, at, axis):
    """Declarations, and for each output the terms of A^T v."""
    v = lambda i: f"v[{at + f.place(i)}]"
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


def weight_code(f, first, stride, at, kind="wide"):
    """u[at…] = G g, where the filter's tap a is g[first + a * stride]."""
    g = lambda a: f"g[{first + a * stride}]"
    number, fused = (wide, wide_fma) if kind == "wide" else (vector, vector_fma)
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
            f"  u[{at + f.place(2 * n)}] = even + odd;",
            f"  u[{at + f.place(2 * n + 1)}] = {'even - odd' if sign else 'odd - even'}; }}",
        ]
    rows = range(2 * len(f.pairs), f.count)
    return lines + [
        f"u[{at + f.place(i)}] = {combination([(c, g(a)) for a, c in enumerate(matrix[i])], number, fused, plus)};" for i in rows
    ]


def kept(f, tap):
    """What a tap is kept times for a few tiles: for two pairs with p q = 1 and p = sqrt(2) q, as (4, 3) has, this leaves one
    product in each pair's filter."""
    return Root(0, 1) if (f.outputs, f.taps, tap) == (4, 3, 1) else ONE


def filter_code(f, first, stride, at):
    """u[at…] = G g of kept taps, without the factor that each row of G has throughout, and these factors."""
    g = lambda a: f"g[{first + a * stride}]"
    guard = lambda i, count: f"if (begin < {at + f.place(i) + count} && {at + f.place(i)} < end) "
    if f.taps == 1:
        return [guard(k, 1) + f"u[{at + k}] = {g(0)};" for k in range(f.outputs)], [ONE] * f.outputs
    _, matrix, _ = f.matrices
    rows = [[c / kept(f, a) for a, c in enumerate(row)] for row in matrix]
    lines, factors = [], [ONE] * f.count
    for n, p in enumerate(f.pairs):
        factor = rows[2 * n][1] if f.taps == 3 else rows[2 * n][0]
        pair = [c / factor for c in rows[2 * n]]
        flipped = [c / (rows[2 * n + 1][0] / pair[0]) for c in rows[2 * n + 1]]
        assert flipped == [c if a % 2 == 0 else -c for a, c in enumerate(pair)]
        sums = [
            combination([(c, g(a)) for a, c in enumerate(pair) if a % 2 == start], vector, vector_fma, plus) for start in (0, 1)
        ]
        lines += [
            guard(2 * n, 2) + f"{{ const vec even = {sums[0]}, odd = {sums[1]};",
            f"  u[{at + f.place(2 * n)}] = even + odd;",
            f"  u[{at + f.place(2 * n + 1)}] = even - odd; }}",
        ]
        factors[f.place(2 * n)], factors[f.place(2 * n + 1)] = factor, rows[2 * n + 1][0] / pair[0]
    if f.has_zero:
        factors[f.place(f.count - 2)] = rows[f.count - 2][0]
        lines.append(guard(f.count - 2, 1) + f"u[{at + f.place(f.count - 2)}] = {g(0)};")
    lines.append(guard(f.count - 1, 1) + f"u[{at + f.count - 1}] = {g(f.taps - 1)};")
    return lines, factors


def function(signature, lines):
    return [f"INLINE void {signature} {{"] + ["    " + line for line in lines] + ["}", ""]


HEAD = "// Written by Tests/Tools/winograd.py, which derives and proves it.\n"


def name_of(taps, stride, outputs):
    return f"{taps}_{stride}_{outputs}"


def is_near(taps, stride, outputs):
    return outputs == 4 or stride > 1 and (taps, outputs) != (5, 2)


def table():
    out = [HEAD + "// What each Winograd axis takes, named by its taps, stride and outputs.", ""]
    for axis, filters in AXES.items():
        taps, stride, outputs = axis
        samples, points = (outputs - 1) * stride + taps, sum(filter_of(outputs, count, stride).count for _, count in filters)
        # A last filter of one tap has the same weight at all of its points.
        different = points - (outputs - 1 if filters[-1][1] == 1 else 0)
        values = {"SAMPLES": samples, "POINTS": points, "WEIGHTS": different}
        values |= {"NEAR": int(is_near(*axis)), "FEW": int(axis in FEW)}
        out += [
            f"// {points} products for {outputs * taps}",
            f"enum {{ {', '.join(f'{key}_{name_of(*axis)} = {value}' for key, value in values.items())} }};",
        ]
    list_of = lambda chosen: " ".join(f"X{axis}" for axis in AXES if chosen(*axis))
    return "\n".join(
        out
        + [
            "",
            f"#define WINOGRAD_AXES(X) {list_of(lambda taps, stride, outputs: True)}",
            "// Those that tiles side by side can have along x, whose samples are interleaved,",
            f"#define WINOGRAD_AXES_NEAR(X) {list_of(is_near)}",
            "// and those of tiles among which others lie.",
            f"#define WINOGRAD_AXES_APART(X) {list_of(lambda taps, stride, outputs: stride == 1 and outputs <= 4)}",
            "// Those that a few tiles can have along x.",
            f"#define WINOGRAD_AXES_FEW(X) {list_of(lambda *axis: axis in FEW)}",
            "",
        ]
    )


def axes():
    out = [
        HEAD + "// One axis of each Winograd transform, named by its taps, stride and outputs: B^T d, A^T v, and G g in double",
        "// precision; and for a few tiles in single, of taps that are kept times something, for the points begin ..< end, without",
        "// factors that the products get once they are summed.",
        "",
        "typedef double wide __attribute__((vector_size(8 * sizeof(double))));",
        "",
    ]
    for (taps, stride, count_of), filters in AXES.items():
        prove(taps, stride, count_of, filters)
        name = name_of(taps, stride, count_of)
        at, inputs, outputs, weights, declarations = 0, [], [[] for _ in range(count_of)], [], []
        plain, factors = [], []
        for index, (first, count) in enumerate(filters):
            f = filter_of(count_of, count, stride)
            inputs += input_code(f, first, stride, at)
            lines, terms = output_terms(f, at, "ab"[index])
            declarations += lines
            for j in range(count_of):
                outputs[j] += terms[j]
            weights += weight_code(f, first, stride, at)
            if (taps, stride, count_of) in FEW:
                lines, own = filter_code(f, first, stride, at)
                plain += lines
                factors += own
            at += f.count
        sums = [f"y[{j}] = {combination(outputs[j], vector, vector_fma, plus)};" for j in range(count_of)]
        out += function(f"input_{name}(const vec *d, vec *v)", inputs)
        out += function(f"output_{name}(const vec *v, vec *y)", declarations + sums)
        out += function(f"weights_{name}(const wide *g, wide *u)", weights)
        if (taps, stride, count_of) in SINGLE:
            (first, count), = filters
            lines = weight_code(filter_of(count_of, count, stride), first, stride, 0, "vec")
            out += function(f"filters_{name}(const vec *g, vec *u)", lines)
        if factors:
            scale = [f"v[{i}] = v[{i}] * {vector(c)};" for i, c in enumerate(factors) if not c == ONE]
            taps_kept = [ONE] * taps
            for first, count in filters:
                for a in range(count):
                    taps_kept[first + a * stride] = kept(filter_of(count_of, count, stride), a)
            out += [f"static const double kept_{name}[] = {{{', '.join(wide(c) for c in taps_kept)}}};", ""]
            out += function(f"filters_{name}(const vec *g, vec *u, const int begin, const int end)", plain)
            out += function(f"factors_{name}(vec *v)", scale)
    return "\n".join(out)


if __name__ == "__main__":
    for name, write in {"winograd_table.inc": table, "winograd_axes.inc": axes}.items():
        path = KERNELS / name
        if "--check" not in sys.argv:
            path.write_text(write())
        elif path.read_text() != write():
            sys.exit(f"{path} is not what Tests/Tools/winograd.py writes")
