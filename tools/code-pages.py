#!/usr/bin/env python3
"""Writes src/printer/text/pages.rs: the upper halves of code pages.

    python3 tools/code-pages.py > src/printer/text/pages.rs

The mapping is that of Python's codecs, which have it from the tables of
unicode.org (VENDORS/MICSFT, MAPPINGS/ISO8859); Katakana is the right half of
JIS X 0201. 0 stands for a byte without a character, or with a control.
"""

PAGES = [
    ("PC437", "cp437", "USA, standard Europe"),
    ("PC720", "cp720", "Arabic"),
    ("PC737", "cp737", "Greek"),
    ("PC775", "cp775", "Baltic"),
    ("PC850", "cp850", "Latin 1"),
    ("PC852", "cp852", "Latin 2"),
    ("PC855", "cp855", "Cyrillic"),
    ("PC857", "cp857", "Turkish"),
    ("PC858", "cp858", "Latin 1 with `€`"),
    ("PC860", "cp860", "Portuguese"),
    ("PC861", "cp861", "Icelandic"),
    ("PC862", "cp862", "Hebrew"),
    ("PC863", "cp863", "Canadian French"),
    ("PC865", "cp865", "Nordic"),
    ("PC866", "cp866", "Cyrillic 2"),
    ("PC869", "cp869", "Greek"),
    ("WPC1250", "cp1250", "Latin 2"),
    ("WPC1251", "cp1251", "Cyrillic"),
    ("WPC1252", "cp1252", "Latin 1"),
    ("WPC1253", "cp1253", "Greek"),
    ("WPC1254", "cp1254", "Turkish"),
    ("WPC1257", "cp1257", "Baltic"),
    ("WPC1258", "cp1258", "Vietnamese"),
    ("ISO8859_2", "iso8859_2", "Latin 2"),
    ("ISO8859_7", "iso8859_7", "Greek"),
    ("ISO8859_15", "iso8859_15", "Latin 9"),
    ("KATAKANA", None, "half-width katakana"),
]


def character(codec, byte):
    if codec is None:
        return 0xFF61 + byte - 0xA1 if 0xA1 <= byte <= 0xDF else 0
    try:
        point = ord(bytes([byte]).decode(codec))
    except UnicodeDecodeError:
        return 0
    return 0 if point < 0xA0 or 0xE000 <= point < 0xF900 else point


print("//! Written by `tools/code-pages.py`, which says where the tables are from.\n")
print("use super::page::CodePage;\n")
print("#[rustfmt::skip]\nimpl CodePage {")
for n, (name, codec, what) in enumerate(PAGES):
    print(("\n" if n else "") + f"    /// {name.replace('_', '-')}: {what}.")
    print(f"    pub const {name}: Self = Self(&[")
    for row in range(0x80, 0x100, 16):
        print("        " + " ".join(f"{character(codec, byte):#06X},".replace("X", "x", 1) for byte in range(row, row + 16)))
    print("    ]);")
print("}")
