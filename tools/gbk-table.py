#!/usr/bin/env python3
"""Writes the tables of Chinese characters: Unicode to GB18030 and to GB 2312.

    python3 tools/gbk-table.py src/printer/text

The mapping is that of Python's `gb18030` codec (GB 18030-2000), without the
user-defined cells (Unicode's private use area); GB 2312 has the cells that
Python's `gb2312` codec decodes. All numbers have their low byte first, codes
have the lead byte first; nothing stands between the parts.

gbk.bin, the codes of two bytes:

    hanzi    20902 x 2 bytes   U+4E00..U+9FA5 in order
    index     1360 x 1 byte    block number of 16 code points each, for
                               U+0000..U+4DFF, then U+F900..U+FFFF
    blocks       n x 32 bytes  16 x 2 bytes; block 0 is empty

An entry is the lead and the trail byte, or 00 00 for none.

gb2312.bin, where two of three hanzi are missing and so are not stored:

    index      632 x 1 byte    block number of 32 code points each, for
                               U+0000..U+4DFF, then U+FF00..U+FFFF
    blocks       n x 6 bytes   where the block's codes begin, and a bit for
                               each code point that has one; block 0 is
                               empty, the last 654 are U+4E00..U+9FBF
    codes     7445 x 2 bytes

gb18030.bin, the hanzi of the BMP that have four bytes, in order:

    ranges   n x 6 bytes       the first code point, how many follow each
                               other, and which of all those with four bytes
                               the first is

Without U+9FB4..U+9FBB, whose codes differ between the editions.
"""

import pathlib
import sys

HANZI = range(0x4E00, 0x9FA6)
OTHERS = [*range(0x0000, 0x4E00), *range(0xF900, 0x10000)]
BLOCK = 16
OTHERS_2312 = [*range(0x0000, 0x4E00), *range(0xFF00, 0x10000)]
BLOCK_2312 = 32


def code(point):
    return b"" if point < 0x80 else chr(point).encode("gb18030", "ignore")


def two_bytes(point):
    return code(point) if len(code(point)) == 2 else b"\0\0"


def gb2312(point):
    try:
        two_bytes(point).decode("gb2312")
    except UnicodeDecodeError:
        return b""
    return two_bytes(point).strip(b"\0")


def gbk_table():
    blocks = [bytes(2 * BLOCK)]
    index = bytearray()
    for start in range(0, len(OTHERS), BLOCK):
        block = b"".join(map(two_bytes, OTHERS[start : start + BLOCK]))
        if block not in blocks:
            blocks.append(block)
        index.append(blocks.index(block))
    return b"".join(map(two_bytes, HANZI)) + index + b"".join(blocks)


def gb2312_table():
    index, blocks, codes = bytearray(), [bytes(6)], bytearray()

    def block(points):
        found = [gb2312(point) for point in points]
        bits = sum(1 << n for n, code in enumerate(found) if code)
        first = len(codes) // 2
        codes.extend(b"".join(found))
        return first.to_bytes(2, "little") + bits.to_bytes(4, "little")

    for start in range(0, len(OTHERS_2312), BLOCK_2312):
        points = OTHERS_2312[start : start + BLOCK_2312]
        if any(map(gb2312, points)):
            index.append(len(blocks))
            blocks.append(block(points))
        else:
            index.append(0)
    for start in range(HANZI.start, HANZI.stop, BLOCK_2312):
        blocks.append(block(range(start, start + BLOCK_2312)))
    return index + b"".join(blocks) + codes


def ranges_of_four_bytes():
    ranges = []
    for point in [*range(0x3400, 0x4DC0), *range(0x9FA6, 0x9FB4), *range(0x9FBC, 0xA000)]:
        if len(code(point)) != 4:
            continue
        a, b, c, d = code(point)
        number = ((a - 0x81) * 10 + b - 0x30) * 1260 + (c - 0x81) * 10 + d - 0x30
        if ranges and ranges[-1][0] + ranges[-1][1] == point:
            ranges[-1][1] += 1
        else:
            ranges.append([point, 1, number])
    return b"".join(n.to_bytes(2, "little") for part in ranges for n in part)


folder = pathlib.Path(sys.argv[1])
(folder / "gbk.bin").write_bytes(gbk_table())
(folder / "gb2312.bin").write_bytes(gb2312_table())
(folder / "gb18030.bin").write_bytes(ranges_of_four_bytes())
