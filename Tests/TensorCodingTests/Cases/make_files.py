"""Write files.tsv: files as numpy.save and safetensors.numpy.save write them.

A row of `read` has a file (base64), the shape and the float32 patterns that it stands for; a row of `write` the file that
a float32 tensor of that shape and those patterns (and, for safetensors, int64 indices 0, 1, … of that shape) must become.
"""
import base64
import io
import pathlib

import numpy
import safetensors.numpy

ROWS = []


def row(kind, name, form, data, array):
    patterns = " ".join(f"{bits:08X}" for bits in array.astype(numpy.float32).ravel().view(numpy.uint32))
    shape = " ".join(str(extent) for extent in array.shape)
    ROWS.append("\t".join([kind, name, form, base64.b64encode(data).decode(), shape, patterns]))


def npy(array, version=None):
    file = io.BytesIO()
    if version:
        numpy.lib.format.write_array(file, array, version=version)
    else:
        numpy.save(file, array)
    return file.getvalue()


def main():
    random = numpy.random.default_rng(5)
    types = ["f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "b1"]
    for name in types:
        values = random.integers(0, 2 if name == "b1" else 120, (2, 3)).astype(name)
        if name[0] == "f":
            values = random.standard_normal((2, 3)).astype(name)
        for order in "<>":
            typed = values.astype(values.dtype.newbyteorder(order))
            row("read", f"{order}{name}", "npy", npy(typed), values)
    for order, shape in [("F", (2, 3)), ("F", (2, 3, 4)), ("F", (1, 2, 1, 3)), ("C", (3, 1, 2)), ("C", (5,)), ("C", (0, 3))]:
        values = numpy.asarray(random.standard_normal(shape).astype(numpy.float32), order=order)
        row("read", f"{order} {shape}", "npy", npy(values), values)
    big_fortran = numpy.asfortranarray(random.standard_normal((3, 4)).astype(">f8"))
    row("read", "big-endian Fortran", "npy", npy(big_fortran), big_fortran)
    for version in [(1, 0), (2, 0), (3, 0)]:
        values = random.standard_normal((2, 2)).astype(numpy.float32)
        row("read", f"version {version}", "npy", npy(values, version), values)
    extreme = numpy.array([numpy.nan, numpy.inf, -numpy.inf, -0.0, 1e-45, 3.4028235e38], numpy.float32)
    row("read", "extremes", "npy", npy(extreme), extreme)
    for name in types:
        if name == "b1":
            values = numpy.array([[True, False]])
        else:
            values = random.integers(0, 100, (2, 2)).astype(name)
        row("read", name, "safetensors", safetensors.numpy.save({"input": values}), values)
    for shape in [(3,), (2, 3), (1, 2, 3, 4, 5), (0, 2), (1000, 1)]:
        count = int(numpy.prod(shape))
        if count > 4000:
            continue
        values = random.standard_normal(shape).astype(numpy.float32)
        row("write", str(shape), "npy", npy(values), values)
        indices = numpy.arange(count, dtype=numpy.int64).reshape(shape)
        file = safetensors.numpy.save({"output": values, "indices": indices, "a\"b": values})
        row("write", str(shape), "safetensors", file, values)
    path = pathlib.Path(__file__).parent / "files.tsv"
    path.write_text("\n".join(ROWS) + "\n")


main()
