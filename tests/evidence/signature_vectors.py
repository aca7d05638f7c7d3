"""Vectors of Ed25519: the published signatures of RFC 8032, section 7.1, and what is none."""

PUBLISHED = (
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555"
        "fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
)
ORDER = 2**252 + 27742317777372353535851937790883648493


def signature_vectors():
    (public, message, signed), (other, *_) = PUBLISHED
    for number, (key, text, signature) in enumerate(PUBLISHED, start=1):
        yield vector(f"RFC 8032, test {number}", key, text, signature, True)
    first, last = signed[:64], bytes.fromhex(signed[64:])
    again = (int.from_bytes(last, "little") + ORDER).to_bytes(32, "little").hex()
    yield vector("the second half is larger than the order", public, message, first + again)
    yield vector("another message", public, "00", signed)
    yield vector("another key", other, message, signed)
    yield vector("a bit flipped in the first half", public, message, f"e4{signed[2:]}")
    yield vector("a bit flipped in the second half", public, message, f"{signed[:64]}5e{signed[66:]}")
    yield vector("the halves swapped", public, message, signed[64:] + signed[:64])
    yield vector("cut short", public, message, signed[:-2])
    yield vector("a key that is no point", "02" + "00" * 31, message, signed)
    yield vector("a key beyond the field", "ff" * 32, message, signed)


def vector(name, public, message, signature, holds=False):
    parts = {"public": public, "message": message, "signature": signature}
    return {"kind": "signature", "name": f"signature, {name}", "holds": holds, **parts}
