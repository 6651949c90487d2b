"""Seals templates as fingerprint::trust::seal says it does, with another
implementation of AES-256-GCM-SIV (RFC 8452): prints sealed.txt."""
import struct
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV

def seal(key, device, person, slot, sensor, unique, counter, template):
    header = b"FPT\x01" + struct.pack("<I", counter)
    bound = header + bytes([len(device)]) + device + bytes([len(person)]) + person
    bound += struct.pack("<H", slot) + sensor.ljust(32, b"\0") + bytes([unique])
    nonce = struct.pack("<IH", counter, slot) + bytes(6)
    return header + AESGCMSIV(key).encrypt(nonce, template, bound)

KEY = bytes(range(32))
for device, person, slot, sensor, unique, counter, length in [
    (b"TJ000123", b"012345", 3, b"serial 1", 1, 1, 512),
    (b"", b"", 0, b"", 0, 0, 1),
    (b"d" * 32, b"p" * 32, 65535, b"s" * 32, 1, 2**32 - 1, 33),
    (b"TJ000123", b"012345", 3, b"serial 1", 1, 2, 0),
]:
    template = bytes(i * 7 % 256 for i in range(length))
    sealed = seal(KEY, device, person, slot, sensor, unique, counter, template)
    print(device.hex() or "-", person.hex() or "-", slot, sensor.hex() or "-", unique, counter,
          length, sealed.hex())
