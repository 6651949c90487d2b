#!/usr/bin/env python3
"""Writes src/printer/text/gbk.bin: Unicode to the two-byte part of GB18030.

    python3 tools/gbk-table.py src/printer/text/gbk.bin

The mapping is that of Python's `gb18030` codec (GB 18030-2000), without the
user-defined cells (Unicode's private use area). Layout, no gaps:

    hanzi    20902 x 2 bytes   U+4E00..U+9FA5 in order
    index     1360 x 1 byte    block number of 16 code points each, for
                               U+0000..U+4DFF, then U+F900..U+FFFF
    blocks       n x 32 bytes  16 x 2 bytes; block 0 is empty

An entry is the lead and the trail byte, or 00 00 for none.
"""

import sys

HANZI = range(0x4E00, 0x9FA6)
OTHERS = [*range(0x0000, 0x4E00), *range(0xF900, 0x10000)]
BLOCK = 16


def two_bytes(point):
    if point < 0x80:
        return b"\0\0"
    code = chr(point).encode("gb18030", "ignore")
    return code if len(code) == 2 else b"\0\0"


hanzi = b"".join(map(two_bytes, HANZI))
blocks = [bytes(2 * BLOCK)]
index = bytearray()
for start in range(0, len(OTHERS), BLOCK):
    block = b"".join(map(two_bytes, OTHERS[start : start + BLOCK]))
    if block not in blocks:
        blocks.append(block)
    index.append(blocks.index(block))
with open(sys.argv[1], "wb") as out:
    out.write(hanzi + index + b"".join(blocks))
