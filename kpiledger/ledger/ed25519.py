"""Is this an Ed25519 signature (RFC 8032) by this key over these bytes? OpenSSL's answer, in half of its time.

A ledger has tens of thousands of them. libsodium checks what OpenSSL checks, `[S]B - [k]A` having exactly the bytes of
`R`, and refuses more keys and points beside: so what it accepts OpenSSL accepts too, and of the rest OpenSSL is asked.
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
    try:
        crypto_sign_open(signature + message, public)
    except BadSignatureError:
        return _by_openssl(public, signature, message)
    return True


def _by_openssl(public: bytes, signature: bytes, message: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True
