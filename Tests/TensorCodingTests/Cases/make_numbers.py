#!/usr/bin/env python3
"""Write numbers.tsv: decimal texts and the bits of the nearest float32, from exact rational arithmetic.

Where a double lies between (numpy.float32 of a text goes through one), the result differs on the cases that matter here;
so numpy only checks those texts that a double holds exactly. Run it in this folder: python3 make_numbers.py > numbers.tsv
"""
import random
import struct
from fractions import Fraction

try:
    import numpy
except ImportError:
    numpy = None

INFINITY = 0x7F800000


def value(bits):
    """The exact value of a positive float32 pattern; that of infinity is 2^128."""
    field, fraction = bits >> 23, bits & 0x7FFFFF
    significand = fraction if field == 0 else fraction | 0x800000
    return Fraction(significand) * Fraction(2) ** (max(field, 1) - 150)


def nearest(exact):
    """The pattern of the float32 nearest to a positive rational; ties go to even."""
    low, high = 0, INFINITY
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if value(middle) <= exact else (low, middle)
    below, above = exact - value(low), value(high) - exact
    return low if below < above or (below == above and low % 2 == 0) else high


def decimal(exact):
    """All digits of a rational whose denominator is a power of two."""
    scale = max(exact.denominator.bit_length() - 1, 0)
    digits = str(exact.numerator * 5**scale).rjust(scale + 1, "0")
    return digits[:-scale] + "." + digits[-scale:] if scale else digits


def emit(text, out):
    bits = nearest(abs(Fraction(text)))
    if bits == INFINITY:
        out.append((text, "overflow"))
        return
    if numpy is not None and Fraction(text) == Fraction(float(text)):
        assert struct.pack("<f", numpy.float32(float(text))) == struct.pack("<I", bits | (1 << 31 if text[0] == "-" else 0)), text
    out.append((text, "%08x" % (bits | (1 << 31 if text[0] == "-" else 0))))


def main():
    random.seed(20240601)
    out = []
    for text in """0 -0 -0.0 0e1 1 -1 25 0.1 0.2 0.3 1e-7 1E+2 1.0e-5 16777216 16777217 16777218 16777219 16777217.0
        16777217.0000000000000000000000000000001 16777216.9999999999999999999999999999999 9007199254740993
        33554434 33554431 3.4028234e38 3.4028235e38 3.40282346638528859811704183484516925440e38
        3.4028235677973365e38 3.4028235677973366e38 3.4028235677973367e38 340282356779733661637539395458142568447
        340282356779733661637539395458142568448 3.4028236e38 1e38 1e39 1e400 -1e400 1e-400 -1e-400 1.4e-45 1e-45 7e-46
        7.006492321624085e-46 7.006492321624086e-46 1e-46 2.1019476964872256e-45 1.1754944e-38 1.1754943e-38
        1.17549435e-38 1.1754942807573643e-38 1.1754943157898259e-38 0.000000000000000000000000000000000000011754944
        8388608.5 8388609.5 8388607.5 4194304.25 4194304.75 1.00000005960464477539062 1.00000005960464477539063
        1.000000059604644775390625 1.00000017881393432617187499 1.00000017881393432617187500
        1.00000017881393432617187501 9999999999999999999 99999999999999999999 18446744073709551615 18446744073709551616
        1234567890123456789012345678901234567890e-10 0.00000000000000000000000000000000000000000000000001e10
        100000000000000000000000000000000000000000000000000e-49 4.5e15 5e-324 2.2250738585072014e-308""".split():
        emit(text, out)
    # The middles between neighbours, exactly, and a hair to each side: where double rounding goes wrong.
    for _ in range(120):
        low = random.choice([random.randrange(1, INFINITY - 1), random.randrange(0, 1 << 23), random.randrange(127 << 23, 160 << 23)])
        middle = decimal((value(low) + value(low + 1)) / 2)
        emit(middle, out)
        emit(middle + ("" if "." in middle else ".") + "0" * random.randrange(0, 30) + "1", out)
        digits = middle.rstrip("0").rstrip(".")
        emit(digits[:-1] + str(int(digits[-1]) - 1) + "9" * random.randrange(1, 30) if digits[-1] != "0" else digits, out)
    # Middles of few digits, as text from other programs has them.
    for _ in range(60):
        emit(str(random.randrange(1 << 24, 1 << 30) * 2 + 1), out)
        emit("%d.5" % random.randrange(1 << 23, 1 << 24), out)
    # What programs write: six decimals, seventeen digits, exponents.
    for _ in range(60):
        x = random.gauss(0, 1)
        for form in ("%.6f", "%.17g", "%.9g", "%.3e", "%g"):
            emit(form % (x * 10.0 ** random.randrange(-44, 38)) if form != "%.6f" else form % x, out)
    print("# Decimal text, and the bits of the nearest float32 (or overflow). Made by make_numbers.py.")
    for text, bits in out:
        print(text, bits, sep="\t")


main()
