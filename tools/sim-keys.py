#!/usr/bin/env python3
"""Makes the RSA primes of the simulated payment system: src/sim/card/pki/primes.rs.

    tools/sim-keys.py > src/sim/card/pki/primes.rs

They are drawn from SHA-256 over a label, so that everybody can see where they
come from and nobody takes them for secret. Each is right for both exponents:
neither 3 nor 65537 divides one less.
"""

import hashlib

ROLES = ["AUTHORITY", "ISSUER", "CARD", "PIN"]
SIZES = [1024, 1152, 1408, 1984]
SMALL = [p for p in range(3, 2000) if all(p % d for d in range(2, int(p**0.5) + 1))]


def drawn(label: str, bits: int) -> int:
    data = b"".join(hashlib.sha256(f"{label} {n}".encode()).digest() for n in range(bits // 256 + 1))
    number = int.from_bytes(data[: bits // 8], "big")
    return number | 3 << (bits - 2) | 1


def is_prime(n: int) -> bool:
    if any(n % p == 0 for p in SMALL):
        return False
    odd, twos = n - 1, 0
    while odd % 2 == 0:
        odd, twos = odd // 2, twos + 1
    for base in SMALL[:40]:
        x = pow(base, odd, n)
        if x in (1, n - 1):
            continue
        for _ in range(twos - 1):
            x = x * x % n
            if x == n - 1:
                break
        else:
            return False
    return True


def prime(label: str, bits: int) -> int:
    n = drawn(label, bits)
    while (n - 1) % 3 == 0 or (n - 1) % 65537 == 0 or not is_prime(n):
        n += 2
    return n


def literal(number: int, bits: int) -> str:
    digits = f"{number:0{bits // 4}X}"
    lines = [digits[at : at + 64] for at in range(0, len(digits), 64)]
    return '"' + "\\\n            ".join(lines) + '"'


print("//! The primes of the simulated keys. Made by `tools/sim-keys.py`; they are known")
print("//! to everybody and protect nothing.")
print()
print("/// The two primes of a modulus, in hexadecimal digits.")
print("pub(super) type Primes = (&'static str, &'static str);")
for role in ROLES:
    print()
    print("/// By size: 1024, 1152, 1408 and 1984 bits.")
    print(f"pub(super) const {role}: [Primes; 4] = [")
    for size in SIZES:
        half = size // 2
        p = prime(f"embedded-pos {role} {size} p", half)
        q = prime(f"embedded-pos {role} {size} q", half)
        print(f"    (\n        {literal(p, half)},\n        {literal(q, half)},\n    ),")
    print("];")
