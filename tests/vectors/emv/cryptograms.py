#!/usr/bin/env python3
"""Makes cryptograms.txt with pyemv (PyPI, 1.5.0): random input, its results.

    pip install pyemv==1.5.0
    tests/vectors/emv/cryptograms.py > tests/vectors/emv/cryptograms.txt

One case a line, fields separated by blanks, bytes in hexadecimal digits:

    master PAN sequence ATC data ICC-key session-key AC
    ARC ARPC-1 CSU proprietary ARPC-2 script-key header script-data MAC
    PIN PIN-block enciphered

ICC-key is that of option A for card numbers of up to 16 digits and of option B
for longer ones. An absent value is "-".
"""

import random

from pyemv import ac, kd, sm

draw = random.Random(20250301)
COUNT = 256


def text(data: bytes) -> str:
    return data.hex().upper() or "-"


print("# Made by cryptograms.py with pyemv 1.5.0.")
for number in range(COUNT):
    master = draw.randbytes(16)
    length = draw.choice([13, 15, 16, 16, 16, 17, 18, 19])
    pan = "".join(draw.choice("0123456789") for _ in range(length))
    sequence = f"{draw.randrange(100):02}"
    derive = kd.derive_icc_mk_a if length <= 16 else kd.derive_icc_mk_b
    card = derive(master, pan, sequence)
    atc = draw.randbytes(2)
    session = kd.derive_common_sk(card, atc + bytes(6))
    data = draw.randbytes(draw.choice([0, 7, 8, 9, 29, 37, 40, 48]))
    cryptogram = ac.generate_ac(session, data)
    arc = draw.choice([b"00", b"05", b"10", b"51", draw.randbytes(2)])
    first = ac.generate_arpc_1(session, cryptogram, arc)
    csu, proprietary = draw.randbytes(4), draw.randbytes(draw.randrange(9))
    second = ac.generate_arpc_2(session, cryptogram, csu, proprietary)
    script = kd.derive_common_sk(card, cryptogram)
    header = bytes([0x84, draw.choice([0x16, 0x18, 0x1E, 0x24]), 0, 0, 8])
    content = draw.randbytes(draw.choice([0, 1, 8, 16, 30]))
    header = header[:4] + bytes([len(content) + 8])
    mac = sm.generate_command_mac(script, header + atc + cryptogram + content)
    pin = "".join(draw.choice("0123456789") for _ in range(draw.randrange(4, 13)))
    block = sm.format_iso9564_2_pin_block(pin)
    enciphered = sm.encrypt_command_data(script, block, sm.EncryptionType.EMV)
    fields = [text(master), pan, sequence, text(atc), text(data), text(card), text(session), text(cryptogram)]
    fields += [text(arc), text(first), text(csu), text(proprietary), text(second)]
    fields += [text(script), text(header), text(content), text(mac), pin, text(block), text(enciphered)]
    print(" ".join(fields))
