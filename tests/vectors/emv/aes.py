#!/usr/bin/env python3
"""Makes aes.txt with the block cipher and the CMAC of cryptography (PyPI, 50.0.2).

    pip install cryptography==50.0.2
    tests/vectors/emv/aes.py > tests/vectors/emv/aes.txt

The fields are those of cryptograms.txt, see there. The steps are those of EMV
Book 2, annexes A1.3.1 and A1.4.3 (option C), 8.1.2, 8.2 and 9.
"""

import random

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.cmac import CMAC

draw = random.Random(20250302)


def text(data: bytes) -> str:
    return data.hex().upper() or "-"


def block(key: bytes, data: bytes) -> bytes:
    return Cipher(algorithms.AES(key), modes.ECB()).encryptor().update(data)


def mac(key: bytes, data: bytes, length: int = 8) -> bytes:
    code = CMAC(algorithms.AES(key))
    code.update(data)
    return code.finalize()[:length]


print("# Made by aes.py with cryptography 50.0.2.")
for _ in range(64):
    master = draw.randbytes(16)
    pan = "".join(draw.choice("0123456789") for _ in range(draw.randrange(13, 20)))
    sequence = f"{draw.randrange(100):02}"
    card = block(master, bytes.fromhex((pan + sequence).zfill(32)))
    atc = draw.randbytes(2)
    session = block(card, atc + bytes(14))
    data = draw.randbytes(draw.choice([0, 15, 16, 17, 29, 37, 48]))
    cryptogram = mac(session, data)
    arc = draw.choice([b"00", b"05", draw.randbytes(2)])
    mixed = bytes(a ^ b for a, b in zip(cryptogram, arc + bytes(6)))
    first = block(session, mixed + bytes(8))[:8]
    csu, proprietary = draw.randbytes(4), draw.randbytes(draw.randrange(9))
    second = mac(session, cryptogram + csu + proprietary, 4)
    script = block(card, cryptogram + bytes(8))
    content = draw.randbytes(draw.choice([0, 1, 8, 16, 30]))
    header = bytes([0x84, draw.choice([0x16, 0x18, 0x1E, 0x24]), 0, 0, len(content) + 8])
    code = mac(script, header + atc + cryptogram + content)
    pin = "".join(draw.choice("0123456789") for _ in range(draw.randrange(4, 13)))
    clear = bytes([0x20 | len(pin)]) + bytes.fromhex(pin.ljust(14, "F"))
    encryptor = Cipher(algorithms.AES(script), modes.CBC(bytes(16))).encryptor()
    enciphered = encryptor.update(clear + b"\x80" + bytes(7))
    fields = [text(master), pan, sequence, text(atc), text(data), text(card), text(session), text(cryptogram)]
    fields += [text(arc), text(first), text(csu), text(proprietary), text(second)]
    fields += [text(script), text(header), text(content), text(code), pin, text(clear), text(enciphered)]
    print(" ".join(fields))
