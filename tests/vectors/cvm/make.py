#!/usr/bin/env python3
"""Makes pin_block.jsonl with the PyPI package psec 1.3.0 (MIT), an implementation of ISO 9564-1
that is independent of this project: `pip install psec && ./make.py > pin_block.jsonl`.

Every line: PIN, card number, key, and the enciphered block; for format 4 also the random bytes."""

import json
import random

from psec import des, pinblock

SEED = 9564
CASES = 60


def digits(draw, length):
    return "".join(draw.choice("0123456789") for _ in range(length))


def main():
    draw = random.Random(SEED)
    for case in range(CASES):
        pin = digits(draw, 4 + case % 9)
        # 13 to 19 digits for format 0, as psec wants them; from 8 on for format 4.
        key = draw.randbytes(16)
        pan = digits(draw, 13 + case % 7)
        block = des.encrypt_tdes_ecb(key, pinblock.encode_pinblock_iso_0(pin, pan))
        line = {"format": 0, "pin": pin, "pan": pan, "key": key.hex().upper(), "block": block.hex().upper()}
        print(json.dumps(line))
        pan = digits(draw, 8 + case % 12)
        fill = draw.randbytes(8)
        pinblock._urandom = lambda count: fill[:count]
        block = pinblock.encipher_pinblock_iso_4(key, pin, pan)
        line |= {"format": 4, "pan": pan, "random": fill.hex().upper(), "block": block.hex().upper()}
        print(json.dumps(line))


if __name__ == "__main__":
    main()
