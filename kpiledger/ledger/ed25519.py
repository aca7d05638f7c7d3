"""Is this an Ed25519 signature (RFC 8032) by this key over these bytes? OpenSSL's answer, in half of its time.

A ledger has tens of thousands of them. libsodium checks what OpenSSL checks, `[S]B - [k]A` having exactly the bytes of
`R`, and refuses more keys and points beside: so what it accepts OpenSSL accepts too, and of the rest OpenSSL is asked.
A libsodium that multiplies both sides by eight before it compares would accept more: it is not asked at all.
"""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from nacl.bindings import crypto_sign_open
from nacl.exceptions import BadSignatureError

_SIGNATURE_BYTES, _KEY_BYTES = 64, 32


def is_signed_by(public: bytes, signature: bytes, message: bytes) -> bool:
    """Whether the signature is one; no bytes raise, however long or short."""
    # The two are handed over as one text: of another length, a part of one would be taken for the other's.
    if len(signature) != _SIGNATURE_BYTES or len(public) != _KEY_BYTES:
        return False
    return (_IS_AS_STRICT and _by_libsodium(public, signature, message)) or _by_openssl(public, signature, message)


def _by_libsodium(public: bytes, signature: bytes, message: bytes) -> bool:
    try:
        crypto_sign_open(signature + message, public)
    except BadSignatureError:
        return False
    return True


def _by_openssl(public: bytes, signature: bytes, message: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


# A key, a signature and a message for which the sum holds up to a factor of eight, and not without it.
HOLDS_TIMES_EIGHT = (
    bytes.fromhex("d7d525757c2eb42f212f6650b8154a79cb9266a6467ebe8abfc2359fbb4259a3"),
    bytes.fromhex(
        "9c05bb589013e236a34b4afef6e95cfbf11de326da8c9828209c84fc9f44d751"
        "07bbd438db537902f7a7fd47920cb47c769c48d15cd2944b662ccdf0dc3b820a"
    ),
    b"message 0",
)
_IS_AS_STRICT = not _by_libsodium(*HOLDS_TIMES_EIGHT)
