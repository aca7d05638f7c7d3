"""Is this an SSH signature by this key over these bytes: OpenSSH's PROTOCOL.sshsig, without a process for each.

    "SSHSIG", uint32 1, string public key, string namespace, string reserved, string hash, string signature

What is signed is "SSHSIG" with namespace, reserved, hash and the digest of the bytes. Stricter than OpenSSH: nothing
may stand behind the last field, and keys are those that `loading.signers` accepts.
"""

from __future__ import annotations

import base64
import hashlib
import struct
from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils
from cryptography.hazmat.primitives.serialization import SSHPublicKeyTypes, load_ssh_public_key

from kpiledger.ledger.ed25519 import is_signed_by
from kpiledger.specs.signing import NAMESPACE

_MAGIC = b"SSHSIG"
_CURVE_BYTES = 64
_BEGIN, _END = "-----BEGIN SSH SIGNATURE-----", "-----END SSH SIGNATURE-----"
_RSA_HASHES: dict[bytes, hashes.HashAlgorithm] = {b"rsa-sha2-256": hashes.SHA256(), b"rsa-sha2-512": hashes.SHA512()}
_EC_HASHES: dict[str, hashes.HashAlgorithm] = {
    "secp256r1": hashes.SHA256(),
    "secp384r1": hashes.SHA384(),
    "secp521r1": hashes.SHA512(),
}


class SignatureProblem(ValueError):
    """Why a signature does not hold; the sentence is for people."""


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature as read: the public key it says it is by, and the parts that its bytes were made of."""

    public_key: str
    namespace: bytes
    reserved: bytes
    hash_name: bytes
    algorithm: bytes
    raw: bytes


def read_signature(text: str) -> Signature:
    """The signature in the armour that ssh-keygen writes; SignatureProblem says what is wrong with it."""
    # Only what ends a line for ssh-keygen: Python would take a vertical tab or a page break for one as well.
    lines = text.strip(" \t\r\n").replace("\r\n", "\n").split("\n")
    if len(lines) < 3 or lines[0] != _BEGIN or lines[-1] != _END:
        raise SignatureProblem("it is no SSH signature")
    try:
        blob = base64.b64decode("".join(lines[1:-1]), validate=True)
    except ValueError as problem:
        raise SignatureProblem("its bytes are no SSH signature") from problem
    shared = _before_the_curve(blob[:-_CURVE_BYTES])
    if shared is None:
        return _read(blob)
    public_key, namespace, reserved, hash_name, algorithm = shared
    return Signature(public_key, namespace, reserved, hash_name, algorithm, blob[-_CURVE_BYTES:])


# Thousands of signatures by one key differ in nothing but these.
@lru_cache(maxsize=1024)
def _before_the_curve(head: bytes) -> tuple[str, bytes, bytes, bytes, bytes] | None:
    """All that a signature says but `raw`; None unless `raw` is exactly what follows, as it is with Ed25519."""
    try:
        found = _read(head + bytes(_CURVE_BYTES))
    except SignatureProblem:
        return None
    said = found.public_key, found.namespace, found.reserved, found.hash_name, found.algorithm
    return said if len(found.raw) == _CURVE_BYTES else None


def _read(blob: bytes) -> Signature:
    try:
        if blob[:6] != _MAGIC or blob[6:10] != b"\x00\x00\x00\x01":
            raise SignatureProblem("it is no SSH signature of version 1")
        public, namespace, reserved, hash_name, signed = _strings(blob[10:], 5)
        algorithm, raw = _strings(signed, 2)
        (key_type,) = _strings(public[: 4 + int.from_bytes(public[:4], "big")], 1)
        public_key = f"{key_type.decode('ascii')} {base64.b64encode(public).decode()}"
    except (ValueError, struct.error) as problem:
        if isinstance(problem, SignatureProblem):
            raise
        raise SignatureProblem("its bytes are no SSH signature") from problem
    return Signature(public_key, namespace, reserved, hash_name, algorithm, raw)


def signer_of(text: str, content: bytes) -> str:
    """The public key that a signature over these bytes is by; SignatureProblem where it is none."""
    signature = read_signature(text)
    require_signed(signature, content)
    return signature.public_key


def signed_digest(text: str, content: bytes) -> bytes:
    """The SHA-256 of a signature as written and of what it is over: whether it fits follows from nothing else."""
    written = text.encode()
    return hashlib.sha256(struct.pack(">Q", len(written)) + written + content).digest()


def require_signed(signature: Signature, content: bytes, namespace: str = NAMESPACE) -> None:
    """SignatureProblem unless the signature is one over these bytes for our namespace, by the key that it names."""
    if signature.namespace != namespace.encode():
        shown = signature.namespace.decode(errors="replace")[:40]
        raise SignatureProblem(f"it was made for `{shown}` and not for `{namespace}`")
    if signature.reserved:
        raise SignatureProblem("its reserved field says something, which ssh-keygen does not sign")
    if signature.hash_name not in (b"sha256", b"sha512"):
        raise SignatureProblem("its digest is neither sha256 nor sha512")
    _require_by_key(signature, hashlib.new(signature.hash_name.decode(), content).digest())


# One answer judges the same approvals several times, and a check of a curve takes a tenth of a millisecond.
@lru_cache(maxsize=32_768)
def _require_by_key(signature: Signature, digest: bytes) -> None:
    parts = (signature.namespace, signature.reserved, signature.hash_name, digest)
    message = _MAGIC + b"".join(struct.pack(">I", len(part)) + part for part in parts)
    try:
        _verify(_key(signature.public_key), signature, message)
    except SignatureProblem:
        raise
    except InvalidSignature as problem:
        raise SignatureProblem("it is over other content, or was changed") from problem
    except (ValueError, UnsupportedAlgorithm, struct.error) as problem:
        raise SignatureProblem(f"its key or signature cannot be read: {problem}") from problem


def _verify(key: SSHPublicKeyTypes, signature: Signature, message: bytes) -> None:
    if isinstance(key, ed25519.Ed25519PublicKey) and signature.algorithm == b"ssh-ed25519":
        if not is_signed_by(key.public_bytes_raw(), signature.raw, message):
            raise InvalidSignature
    elif isinstance(key, rsa.RSAPublicKey) and signature.algorithm in _RSA_HASHES:
        key.verify(signature.raw, message, padding.PKCS1v15(), _RSA_HASHES[signature.algorithm])
    elif isinstance(key, ec.EllipticCurvePublicKey) and signature.algorithm == signature.public_key.split()[0].encode():
        r, s = (int.from_bytes(part, "big") for part in _strings(signature.raw, 2))
        key.verify(utils.encode_dss_signature(r, s), message, ec.ECDSA(_EC_HASHES[key.curve.name]))
    else:
        raise SignatureProblem("its kind of signature does not belong to its key, or is not accepted")


@lru_cache(maxsize=1024)
def _key(public_key: str) -> SSHPublicKeyTypes:
    return load_ssh_public_key(public_key.encode())


def _strings(raw: bytes, count: int) -> list[bytes]:
    """Exactly so many strings, each behind its length; nothing is left over."""
    found = []
    for _ in range(count):
        (length,) = struct.unpack(">I", raw[:4])
        part, raw = raw[4 : 4 + length], raw[4 + length :]
        if len(part) != length:
            raise ValueError("it ends too early")
        found.append(part)
    if raw:
        raise ValueError("something stands behind its end")
    return found
