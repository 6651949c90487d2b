#!/usr/bin/env python3
"""Makes cards with SM2 and SM3 for the tests: tests/vectors/sm2/cards.jsonl.

    pip install gmssl==3.2.2
    tools/sm-vectors.py > tests/vectors/sm2/cards.jsonl

SM2 and SM3 are those of gmssl; nothing is shared with the library. Keys and
random numbers are drawn from SM3 over a label, so that the file can be made
again. The first cards are public: a test card that banks' test tools personalise,
under UnionPay's test key 57. Whoever runs this sees on stderr that gmssl
verifies what UnionPay and the bank of the test card signed.
"""

import json
import sys

from gmssl import sm2, sm3

ORDER = int(sm2.default_ecc_table["n"], 16)


def digest(*parts: bytes) -> bytes:
    return bytes.fromhex(sm3.sm3_hash(list(b"".join(parts))))


def tlv(tag: str, value: bytes) -> bytes:
    length = len(value)
    head = bytes([length]) if length < 0x80 else bytes([0x81, length])
    return bytes.fromhex(tag) + head + value


class Key:
    """A key pair; the private number out of a label, or given."""

    def __init__(self, label: str, private: str | None = None):
        self.label = label
        number = int(private, 16) if private else int.from_bytes(digest(label.encode()), "big") % (ORDER - 2) + 1
        self.private = f"{number:064x}"
        point = sm2.CryptSM2(self.private, "00" * 64)._kg(number, sm2.default_ecc_table["g"])
        self.public = bytes.fromhex(point)
        # gmssl takes these digits off the front of a public key.
        assert not point.startswith("04"), label

    def sign(self, *parts: bytes) -> bytes:
        data = b"".join(parts)
        random = int.from_bytes(digest(self.label.encode(), data), "big") % (ORDER - 1) + 1
        crypt = sm2.CryptSM2(self.private, self.public.hex())
        signature = crypt.sign_with_sm3(data, f"{random:064x}")
        assert crypt.verify_with_sm3(signature, data)
        return bytes.fromhex(signature)


def signed_by(public: bytes, signature: bytes, *parts: bytes) -> bool:
    return sm2.CryptSM2("", public.hex()).verify_with_sm3(signature.hex(), b"".join(parts))


AUTHORITY, ISSUER, CARD, STRANGER = Key("authority"), Key("issuer"), Key("card"), Key("stranger")
NUMBER = bytes.fromhex("8C4B12E7")
PDOL_DATA, CDOL1_DATA, CDOL2_DATA = b"\x01\x56\x00\x00\x01\x01", bytes(range(40)), bytes(range(60, 94))
CRYPTOGRAM = bytes.fromhex("A1B2C3D4E5F60718")


class Card:
    """A card, of which any part can be changed before its records are made."""

    def __init__(self, pan="6228481234567894", tag_list=True, aip="7D00"):
        self.pan, self.aip = pan, bytes.fromhex(aip)
        self.tags = {"5A": self.compressed(), "5F24": b"\x31\x12\x31", "5F34": b"\x01"}
        self.tag_list = tag_list
        self.date, self.index, self.capk = "290704", "F1", AUTHORITY.public
        self.issuer_format, self.card_format, self.static_format, self.dynamic_format = 0x12, 0x14, 0x13, 0x15
        self.issuer_subject, self.card_subject = None, None
        self.issuer_expiry = self.card_expiry = b"\x12\x30"
        self.issuer_algorithms = self.card_algorithms = bytes.fromhex("040011")
        self.issuer_length = self.card_length = 0x40
        self.issuer_key, self.card_key = ISSUER.public, CARD.public
        self.by_authority, self.by_issuer, self.by_card = AUTHORITY, ISSUER, CARD
        self.cut = {}
        self.missing = []
        self.after = {}
        self.serial = b"\x00\x30\x01"

    def compressed(self) -> bytes:
        digits = self.pan + "F" * (len(self.pan) % 2)
        return bytes.fromhex(digits)

    def static(self) -> bytes:
        return b"".join(tlv(tag, value) for tag, value in self.tags.items()) + (self.aip if self.tag_list else b"")

    def objects(self) -> dict:
        subject = self.issuer_subject or bytes.fromhex(self.pan[:6] + "FF")
        issuer = bytes([self.issuer_format]) + subject + self.issuer_expiry + self.serial
        issuer += self.issuer_algorithms + bytes([self.issuer_length]) + self.issuer_key
        subject = self.card_subject or (self.compressed() + b"\xFF" * 10)[:10]
        card = bytes([self.card_format]) + subject + self.card_expiry + b"\x00\x40\x02"
        card += self.card_algorithms + bytes([self.card_length]) + self.card_key
        static = bytes([self.static_format]) + b"\xDA\xC5"
        found = {
            "90": issuer + self.by_authority.sign(issuer),
            "93": static + self.by_issuer.sign(static, self.static()),
            "9F46": card + self.by_issuer.sign(card, self.static()),
        }
        return {tag: value[: self.cut.get(tag)] for tag, value in found.items() if tag not in self.missing}

    def records(self) -> list:
        static = b"".join(tlv(tag, self.after.get(tag, value)) for tag, value in self.tags.items())
        names = tlv("8F", bytes.fromhex(self.index)) + tlv("9F49", bytes.fromhex("9F3704"))
        names += tlv("9F4A", b"\x82") if self.tag_list else b""
        records = [(2, 1, static), (3, 1, names)]
        records += [(3, number + 2, tlv(tag, value)) for number, (tag, value) in enumerate(self.objects().items())]
        return records

    def dynamic(self, data: bytes, said: bytes, length=None) -> bytes:
        body = bytes([self.dynamic_format, len(data) if length is None else length]) + data
        return (body + self.by_card.sign(body, said))[: self.cut.get("9F4B")]

    def input(self) -> dict:
        records = self.records()
        return {
            "aip": self.aip.hex().upper(),
            "afl": f"1001010118 01{len(records) - 1:02X}00".replace(" ", ""),
            "aid": "A000000333010101",
            "date": self.date,
            "records": [
                {"sfi": sfi, "number": number, "data": tlv("70", content).hex().upper()}
                for sfi, number, content in records
            ],
            "capk": {"rid": "A000000333", "index": self.index, "modulus": self.capk.hex().upper(), "exponent": ""},
            "unpredictable_number": NUMBER.hex().upper(),
        }


def line(why: str, given: dict, want: dict):
    print(json.dumps({"input": given, "want": {"ok": True, **want}, "why": why}))


def failed(why: str, method: str, given: dict, reason: str):
    line(why, given, {"method": method, "result": "failed", "reason": reason})


def sda(card: Card) -> dict:
    card.aip = bytes.fromhex("5C00")
    return card.input()


def dda(card: Card, data=bytes.fromhex("080102030405060708"), said=NUMBER, length=None, template="80") -> dict:
    card.aip = bytes.fromhex("3C00")
    signature = card.dynamic(data, said, length)
    content = signature if template == "80" else tlv("9F4B", signature)
    return {**card.input(), "internal_authenticate_response": tlv(template, content).hex().upper()}


def cda(card: Card, cid=0x40, told=0x40, second=False, spoil=None, said=NUMBER) -> dict:
    card.aip = bytes.fromhex("3D00")
    front = tlv("9F27", bytes([cid])) + tlv("9F36", b"\x00\x2A")
    back = tlv("9F10", bytes.fromhex("07010103A0000001"))
    data = digest(PDOL_DATA, CDOL1_DATA, CDOL2_DATA if second else b"", front, back)
    dynamic = b"\x04\xC0\xFF\xEE\x01" + bytes([told]) + CRYPTOGRAM + data
    if spoil == "short":
        dynamic = dynamic[:-1]
    response = front + tlv("9F4B", card.dynamic(dynamic, said)) + (tlv("9F10", b"\x07" * 8) if spoil == "back" else back)
    given = {
        **card.input(),
        "generate_ac_response": tlv("77", response).hex().upper(),
        "pdol_data": PDOL_DATA.hex().upper(),
        "cdol1_data": (CDOL1_DATA[:-1] if spoil == "cdol1" else CDOL1_DATA).hex().upper(),
    }
    return {**given, "cdol2_data": CDOL2_DATA.hex().upper()} if second else given


def changed(**what) -> Card:
    card = Card()
    for name, value in what.items():
        assert hasattr(card, name), name
        setattr(card, name, value)
    return card


def valid():
    for pan in ["6228481234567894", "622848123456789", "6228480000000000018"]:
        for tag_list in [True, False]:
            static = lambda card: {"static_data": card.static().hex().upper(), "result": "valid"}
            card = Card(pan, tag_list)
            given = sda(card)
            line("valid", given, {"method": "sda", **static(card), "data_authentication_code": "DAC5"})
            card = Card(pan, tag_list)
            given = dda(card, template="77" if tag_list else "80")
            line("valid", given, {"method": "dda", **static(card), "icc_dynamic_number": "0102030405060708"})
            for second in [False, True]:
                card = Card(pan, tag_list)
                given = cda(card, second=second)
                want = {"icc_dynamic_number": "C0FFEE01", "cid": "40", "ac": CRYPTOGRAM.hex().upper()}
                line("valid", given, {"method": "cda", **static(card), **want})
    # A card that leaves the length of its number out.
    line("number without length", dda(Card(), b"\x91\x92\x93"), {"method": "dda", "result": "valid"})


def broken():
    def each(card_by, reason, **what):
        for method, run in [("sda", sda), ("dda", dda), ("cda", cda)]:
            failed(card_by, method, run(changed(**what)), reason)

    off = AUTHORITY.public[:-1] + bytes([AUTHORITY.public[-1] ^ 1])
    each("authority off the curve", "the key is no point of the curve", capk=off)
    each("another authority", "90: the signature is another", capk=STRANGER.public)
    each("issuer signed by a stranger", "90: the signature is another", by_authority=STRANGER)
    each("issuer format", "90: the format is another", issuer_format=0x02)
    each("issuer of another", "90: it is for another card", issuer_subject=bytes.fromhex("622849FF"))
    each("issuer expired", "90: it has expired", issuer_expiry=b"\x06\x29")
    each("issuer algorithm", "90: the algorithm of the key is unknown", issuer_algorithms=b"\x01\x00\x11")
    each("issuer key length", "90: the parts of the key do not have its length", issuer_length=0x41)
    key = ISSUER.public[:-1] + bytes([ISSUER.public[-1] ^ 1])
    each("issuer off the curve", "90: the key is no point of the curve", issuer_key=key)
    each("issuer cut", "90: the fields do not fit", cut={"90": 77})
    each("issuer missing", "90 is missing", missing=["90"])

    failed("static signature missing", "sda", sda(changed(missing=["93"])), "93 is missing")
    failed("static signature format", "sda", sda(changed(static_format=0x03)), "93: the format is another")
    failed("static signature cut", "sda", sda(changed(cut={"93": 66})), "93: the fields do not fit")
    failed("static signature by a stranger", "sda", sda(changed(by_issuer=STRANGER)), "93: the signature is another")
    failed("static data changed", "sda", sda(changed(after={"5F24": b"\x39\x12\x31"})), "93: the signature is another")

    for method, run in [("dda", dda), ("cda", cda)]:
        each_of = lambda why, reason, **what: failed(why, method, run(changed(**what)), reason)
        each_of("card missing", "9F46 is missing", missing=["9F46"])
        each_of("card format", "9F46: the format is another", card_format=0x04)
        each_of("card of another", "9F46: it is for another card", card_subject=bytes.fromhex("6228481234567895FFFF"))
        each_of("card expired", "9F46: it has expired", card_expiry=b"\x01\x15")
        each_of("card algorithm", "9F46: the algorithm of the key is unknown", card_algorithms=b"\x05\x00\x11")
        each_of("card key length", "9F46: the parts of the key do not have its length", card_length=0x3F)
        key = b"\xFF" * 64
        each_of("card off the curve", "9F46: the key is no point of the curve", card_key=key)
        each_of("card signed by a stranger", "9F46: the signature is another", by_issuer=STRANGER)
        each_of("card cut", "9F46: the parts of the key do not have its length", cut={"9F46": 147})
        each_of("static data changed", "9F46: the signature is another", after={"5F24": b"\x39\x12\x31"})
        each_of("dynamic format", "9F4B: the format is another", dynamic_format=0x05)
        each_of("dynamic by a stranger", "9F4B: the signature is another", by_card=STRANGER)
        each_of("dynamic cut", "9F4B: the fields do not fit", cut={"9F4B": 40})
        failed("another number", method, run(Card(), said=b"\x00" * 4), "9F4B: the signature is another")

    failed("dynamic length", "dda", dda(Card(), length=0x20), "9F4B: the fields do not fit")
    failed("cryptogram information", "cda", cda(Card(), told=0x80), "9F4B: the Cryptogram Information Data are others")
    for what in ["back", "cdol1"]:
        failed("transaction data", "cda", cda(Card(), spoil=what), "9F4B: the hash of the transaction data is another")
    failed("combined too short", "cda", cda(Card(), spoil="short"), "9F4B: the dynamic data are not what belongs there")


# What personalises a public test card, as its records: file and number, content.
PUBLIC_KEY_57 = bytes.fromhex(
    "E8105E77861FD2EB727C84E36D3D4A5666BD0ADCE8781F0145D3D82D72B92748"
    "E22D5404C6C41F3EC8B790DE2F61CF29FAECB168C79F5C8666762D53CC26A460"
)
PUBLIC_ISSUER = bytes.fromhex(
    "1262280001122000000104001140"
    "9F483BF2CC71C5093728318061E3F768EA7C170F82DD8C4B979FBD8C76A129F9"
    "3FB5746E96F5E49B987FFB521E473B25E1B017C30BE3FC638BA14D5FA4AADC16"
    "73DF81BF5CC82AABB7CF3C9165EDEEA2EC0CCC56AB19F1661E012CD33D4BFBEC"
    "55A88990EB25B4A4058C8E4B11C1F9EA2055E403CA76AC8A991DE80A35BED348"
)
# The issuer's certificate once more, with the signature of another day.
PUBLIC_ISSUER_AGAIN = PUBLIC_ISSUER[:-64] + bytes.fromhex(
    "B1E1A02ED62D811268C4A2123CD8B26690BCE14BB7A01713C01C2D2FF2892D15"
    "96A7D9D131C73813C3A3D6F851DCDA917E986923F98DD2444ADC8EF0D0CE1E2A"
)
PUBLIC_STATIC = bytes.fromhex(
    "13DAC1"
    "97C8713D8B0670C48847895875D6B153C3539172A493B51C6966F4048560FAD0"
    "7290AF31A0B14D9759197E3BAFA805A5E3FFCCCA036B783B32076CD713C30C5F"
)
PUBLIC_CARDS = [
    (
        "AAF8CE02045DD01619D689EE731C551159BE7EB2D51A372FF56B556E5CB2FDE3",
        "146228000100001117FFFF122000000104000440"
        "173A31DD681C6F8FE3BA6C354AD3924A4ADFD15EB0581BC1B37A1EB1C88DA29B"
        "47155F62FCF4CCCD201B134351A049D77E81F6A6C66E9CB32664F41348DA11F6"
        "A1D4F35659452064382C2CAD8D74041C9CAC2A10C663F4030C2759E36B770B20"
        "68C6FD95B195BD6FD3C4F4A42009AB9DCE81BFB9C2D04DD39E059E562E9D172E",
    ),
    (
        "4EFF3E9B796688F38E006DEB21E101C01028903A06023AC5AAB8635F8E307A53",
        "146228000100001117FFFF122000000104000440"
        "C3AC12B81B9D175936B5BF72BB8FE3A2266BC013B2E94F5837F16AA1C01AA732"
        "3B75626AB64D02AED20CC6F440841F10EE6873BCBEA3F41D6869D0FEADD71154"
        "7817D243286F51A55694D3C728191F067A6C194B4B20C558A97565C5B9BFDB46"
        "D2E53C0F5DDC7C808BD0DB8C770DCA9B6F626BF5ECE8EA98EA7F758783CAF310",
    ),
]


def public():
    static = tlv("5A", bytes.fromhex("6228000100001117")) + tlv("5F24", b"\x30\x12\x31")
    static += tlv("5F25", b"\x95\x07\x01") + tlv("9F08", b"\x00\x30")
    issuer_key = PUBLIC_ISSUER[14:78]
    told = {"12": signed_by(PUBLIC_KEY_57, PUBLIC_ISSUER[-64:], PUBLIC_ISSUER[:-64])}
    told["13"] = signed_by(issuer_key, PUBLIC_STATIC[-64:], PUBLIC_STATIC[:-64], static)

    def given(aip, issuer, card):
        records = [
            (2, 2, tlv("9F49", bytes.fromhex("9F3704")) + tlv("8F", b"\x57")),
            (2, 3, tlv("90", issuer)),
            (2, 4, tlv("9F46", card)),
            (2, 5, tlv("93", PUBLIC_STATIC)),
            (3, 1, static),
        ]
        return {
            "aip": aip,
            "afl": "1002050018010101",
            "aid": "A0000003330101",
            "date": "201231",
            "records": [
                {"sfi": sfi, "number": number, "data": tlv("70", content).hex().upper()}
                for sfi, number, content in records
            ],
            "capk": {"rid": "A000000333", "index": "57", "modulus": PUBLIC_KEY_57.hex().upper(), "exponent": ""},
            "unpredictable_number": NUMBER.hex().upper(),
        }

    for private, certificate in PUBLIC_CARDS:
        key, card = Key("public", private), bytes.fromhex(certificate)
        assert key.public == card[20:84]
        told["14 " + private[:4]] = signed_by(issuer_key, card[-64:], card[:-64], static)
        for issuer in [PUBLIC_ISSUER, PUBLIC_ISSUER_AGAIN]:
            want = {"result": "valid", "static_data": static.hex().upper()}
            line("public", given("5C00", issuer, card), {"method": "sda", **want, "data_authentication_code": "DAC1"})
            # The card's key is public, so what it would sign can be signed here.
            body = bytes.fromhex("15090801020304050607") + b"\x08"
            response = tlv("80", body + key.sign(body, NUMBER)).hex().upper()
            input = {**given("7800", issuer, card), "internal_authenticate_response": response}
            line("public", input, {"method": "dda", **want, "icc_dynamic_number": "0102030405060708"})
    late = {**given("5C00", PUBLIC_ISSUER, bytes.fromhex(PUBLIC_CARDS[0][1])), "date": "210101"}
    failed("public, expired", "sda", late, "90: it has expired")
    assert all(told.values())
    print("verified by gmssl:", *told, file=sys.stderr)


public()
valid()
broken()
