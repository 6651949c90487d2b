#!/usr/bin/env python3
"""Rasterises the font of the simulated printer.

    apt-get install fonts-noto-cjk && pip install pillow
    python3 tools/font.py NotoSansCJK-Regular.ttc src/sim/printer/font

Writes two files without header, one bit a dot, 1 is black, the leftmost dot in
the highest bit:

    hanzi24.bin   GB 2312 rows 1-9 and 16-87, 94 cells each: 24 rows of 3 bytes
    ascii24.bin   20h-7Eh: 24 rows of 2 bytes, the first 12 dots used

Both from Noto Sans Mono CJK SC (in the collection: index 7), whose Latin
letters are half as wide as its hanzi.
"""

import sys
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

FACE = 7
SIZE = 24
# A dot is black when the outline covers this much of it, of 255. A thermal
# head's dots bleed, so that a printer's own font is drawn thin.
THRESHOLD = 100


# Above the bottom of the cell. Hanzi fill their em box, 0.88 of it above the
# line; Latin letters are set higher, to keep their tails.
HANZI_LINE, LATIN_LINE = 3, 5


def glyph(font, text, width, line):
    """Rows of dots of one character, its cell `width` dots wide."""
    cell = Image.new("L", (width, SIZE), 0)
    ImageDraw.Draw(cell).text((0, SIZE - line), text, font=font, fill=255, anchor="ls")
    rows = b""
    for y in range(SIZE):
        bits = 0
        for x in range(width):
            bits = bits << 1 | (cell.getpixel((x, y)) >= THRESHOLD)
        stride = (width + 7) // 8
        rows += (bits << (8 * stride - width)).to_bytes(stride, "big")
    return rows


def hanzi(font):
    for row in [*range(1, 10), *range(16, 88)]:
        for cell in range(1, 95):
            try:
                text = bytes([0xA0 + row, 0xA0 + cell]).decode("gb2312")
            except UnicodeDecodeError:
                yield bytes(3 * SIZE)
                continue
            yield glyph(font, text, SIZE, HANZI_LINE)


def main():
    source, target = sys.argv[1], Path(sys.argv[2])
    font = ImageFont.truetype(source, SIZE, index=FACE, layout_engine=ImageFont.Layout.BASIC)
    (target / "hanzi24.bin").write_bytes(b"".join(hanzi(font)))
    (target / "ascii24.bin").write_bytes(
        b"".join(glyph(font, chr(c), SIZE // 2, LATIN_LINE) for c in range(0x20, 0x7F))
    )


main()
