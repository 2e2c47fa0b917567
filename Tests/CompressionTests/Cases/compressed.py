"""Writes compressed.md: compressed data by Python's zlib and by hand, and what must come out.

Run in this folder: python3 compressed.py > compressed.md
"""

import random
import struct
import zlib

TEXT = b"hello, hello, hello"


def raw(data, level=6, strategy=zlib.Z_DEFAULT_STRATEGY):
    packer = zlib.compressobj(level, zlib.DEFLATED, -15, 8, strategy)
    return packer.compress(data) + packer.flush()


def gzip(data, flags=0, extra=b"", body=None, crc=None, size=None, method=8, magic=b"\x1f\x8b"):
    """A member, RFC 1952 section 2.3; `extra` is what the flags announce."""
    head = magic + bytes([method, flags]) + struct.pack("<IBB", 0, 0, 255) + extra
    body = raw(data) if body is None else body
    crc = zlib.crc32(data) if crc is None else crc
    size = len(data) if size is None else size
    return head + body + struct.pack("<II", crc & 0xFFFFFFFF, size & 0xFFFFFFFF)


def head_crc(flags, extra):
    return struct.pack("<H", zlib.crc32(b"\x1f\x8b\x08" + bytes([flags]) + bytes(5) + b"\xff" + extra) & 0xFFFF)


def zlib_data(body, data, cmf=0x78, level=2, adler=None):
    """RFC 1950 section 2.2."""
    flg = level << 6
    flg += 31 - (cmf * 256 + flg) % 31
    adler = zlib.adler32(data) if adler is None else adler
    return bytes([cmf, flg]) + body + struct.pack(">I", adler)


noise = random.Random(1).randbytes(300)
field = struct.pack("<H", 6) + b"ab\x02\x00xy"
name, comment = b"name.json\0", b"a comment\0"
every = field + name + comment
stored = b"\x01" + struct.pack("<HH", len(TEXT), len(TEXT) ^ 0xFFFF) + TEXT
good = gzip(TEXT)
with_dictionary = zlib.compressobj(6, zlib.DEFLATED, 15, 8, zlib.Z_DEFAULT_STRATEGY, b"hello")
with_dictionary = with_dictionary.compress(TEXT) + with_dictionary.flush()

CASES = [
    ("Members", [
        ("level 1", "gzip", gzip(TEXT, body=raw(TEXT, 1)), TEXT),
        ("level 9", "gzip", gzip(TEXT, body=raw(TEXT, 9)), TEXT),
        ("stored block", "gzip", gzip(TEXT, body=stored), TEXT),
        ("fixed codes", "gzip", gzip(TEXT, body=raw(TEXT, 6, zlib.Z_FIXED)), TEXT),
        ("dynamic codes", "gzip", gzip(b"abc" * 60 + noise[:60], body=raw(b"abc" * 60 + noise[:60], 9)), b"abc" * 60 + noise[:60]),
        ("noise", "gzip", gzip(noise), noise),
        ("nothing", "gzip", gzip(b""), b""),
        ("by Python's own writer", "gzip", zlib.compress(TEXT, 6, 31), TEXT),
        ("two members", "gzip", gzip(TEXT) + gzip(b"world"), TEXT + b"world"),
        ("three members, the middle empty", "gzip", gzip(TEXT) + gzip(b"") + gzip(b"!"), TEXT + b"!"),
        ("members with different heads", "gzip", gzip(TEXT, 8, name) + gzip(b"world", 16, comment), TEXT + b"world"),
    ]),
    ("Heads", [
        ("FTEXT", "gzip", gzip(TEXT, 1), TEXT),
        ("FHCRC", "gzip", gzip(TEXT, 2, head_crc(2, b"")), TEXT),
        ("FEXTRA", "gzip", gzip(TEXT, 4, field), TEXT),
        ("FEXTRA of nothing", "gzip", gzip(TEXT, 4, b"\0\0"), TEXT),
        ("FNAME", "gzip", gzip(TEXT, 8, name), TEXT),
        ("FCOMMENT", "gzip", gzip(TEXT, 16, comment), TEXT),
        ("all of them", "gzip", gzip(TEXT, 31, every + head_crc(31, every)), TEXT),
        ("wrong FHCRC", "gzip", gzip(TEXT, 2, b"\0\0"), "malformed"),
        ("reserved bit 5", "gzip", gzip(TEXT, 0x20), "malformed"),
        ("reserved bit 6", "gzip", gzip(TEXT, 0x40), "malformed"),
        ("reserved bit 7", "gzip", gzip(TEXT, 0x80), "malformed"),
        ("unknown method", "gzip", gzip(TEXT, method=7), "malformed"),
        ("wrong second octet", "gzip", gzip(TEXT, magic=b"\x1f\x8c"), "malformed"),
        ("plain text", "gzip", TEXT, "malformed"),
        ("zlib data as gzip", "gzip", zlib.compress(TEXT), "malformed"),
        ("raw deflate as gzip", "gzip", raw(TEXT), "malformed"),
        ("extra field longer than the data", "gzip", gzip(TEXT, 4, b"\xff\xff"), "truncated"),
        ("name without end", "gzip", b"\x1f\x8b\x08\x08" + bytes(6) + b"name", "truncated"),
    ]),
    ("Checks and ends", [
        ("wrong CRC", "gzip", gzip(TEXT, crc=zlib.crc32(TEXT) ^ 1), "malformed"),
        ("CRC of zero", "gzip", gzip(TEXT, crc=0), "malformed"),
        ("wrong ISIZE", "gzip", gzip(TEXT, size=len(TEXT) + 1), "malformed"),
        ("ISIZE of zero", "gzip", gzip(TEXT, size=0), "malformed"),
        ("no input at all", "gzip", b"", "truncated"),
        ("head alone", "gzip", good[:10], "truncated"),
        ("no trailer", "gzip", good[:-8], "truncated"),
        ("one octet short", "gzip", good[:-1], "truncated"),
        ("second member's first octet alone", "gzip", good + b"\x1f", "truncated"),
        ("second member cut short", "gzip", good + good[:-3], "truncated"),
        ("second member with a wrong CRC", "gzip", good + gzip(b"!", crc=7), "malformed"),
        ("second member's magic broken", "gzip", good + b"\x1f\x8c" + good[2:], "malformed"),
        ("a zero follows", "gzip", good + b"\0", "trailingData"),
        ("padded to 512 with zeros", "gzip", good.ljust(512, b"\0"), "trailingData"),
        ("text follows", "gzip", good + b"more", "trailingData"),
        ("zlib data follows", "gzip", good + zlib.compress(TEXT), "trailingData"),
    ]),
    ("Blocks", [
        ("block type 3", "gzip", gzip(b"", body=b"\x07"), "malformed"),
        ("stored length and its complement differ", "gzip", gzip(TEXT, body=stored[:3] + b"\0\0" + TEXT), "malformed"),
        ("distance before the beginning", "gzip", gzip(b"", body=b"\x4b\x04\x22\x00"), "malformed"),
        ("all ones", "gzip", gzip(b"", body=b"\xff" * 20), "malformed"),
        ("dynamic codes without any code", "gzip", gzip(b"", body=b"\x05" + bytes(64)), "malformed"),
    ]),
    ("The zlib format", [
        ("level 6", "deflate", zlib.compress(TEXT), TEXT),
        ("level 9", "deflate", zlib.compress(TEXT, 9), TEXT),
        ("stored", "deflate", zlib.compress(TEXT, 0), TEXT),
        ("nothing", "deflate", zlib.compress(b""), b""),
        ("a small window", "deflate", zlib_data(raw(TEXT), TEXT, cmf=0x18), TEXT),
        ("wrong Adler-32", "deflate", zlib_data(raw(TEXT), TEXT, adler=1), "malformed"),
        ("wrong head check", "deflate", b"\x78\x9d" + zlib.compress(TEXT)[2:], "malformed"),
        ("window too large", "deflate", zlib_data(raw(TEXT), TEXT, cmf=0x88), "malformed"),
        ("unknown method", "deflate", zlib_data(raw(TEXT), TEXT, cmf=0x77), "malformed"),
        ("preset dictionary", "deflate", with_dictionary, "malformed"),
        ("raw deflate", "deflate", raw(TEXT), "malformed"),
        ("gzip as deflate", "deflate", good, "malformed"),
        ("no input at all", "deflate", b"", "truncated"),
        ("one octet short", "deflate", zlib.compress(TEXT)[:-1], "truncated"),
        ("no check", "deflate", zlib.compress(TEXT)[:-4], "truncated"),
        ("a zero follows", "deflate", zlib.compress(TEXT) + b"\0", "trailingData"),
        ("more zlib data follows", "deflate", zlib.compress(TEXT) * 2, "trailingData"),
    ]),
]

print("# Compressed data\n\nWritten by compressed.py: data in hexadecimal, and what comes out of it (hexadecimal), or why nothing does.")
for title, cases in CASES:
    print(f"\n## {title}\n\n| case | coding | data | outcome |\n|---|---|---|---|")
    for case, coding, data, outcome in cases:
        result = outcome if isinstance(outcome, str) else f"`{outcome.hex()}`"
        print(f"| {case} | {coding} | `{data.hex()}` | {result} |")
