"""How does the ledger sign its size and root: C2SP tlog-checkpoint in a C2SP signed note, Ed25519.

    <origin>
    <size>
    <base64 root>

    — <origin> <base64(key id || signature)>

The key id is the first four bytes of SHA-256(name || 0x0A || 0x01 || public key). A verifier key is
written `<name>+<hex key id>+<base64(0x01 || public key)>`.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kpiledger.ledger.ed25519 import is_signed_by

_ED25519 = b"\x01"
SIGNATURE_MARK = "— "  # the em dash of the signed-note format


class CheckpointError(ValueError):
    """The bytes are no checkpoint, or it is not signed by the key that is trusted."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The size of the ledger and the root of its tree."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """The text that is signed, with its last line end."""
        return f"{self.origin}\n{self.size}\n{_base64(self.root)}\n"


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A name and the public key that speaks for it."""

    name: str
    public: bytes

    @property
    def id(self) -> bytes:
        """Four bytes that say which key signed."""
        return sha256(self.name.encode() + b"\n" + _ED25519 + self.public).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{_base64(_ED25519 + self.public)}"

    @classmethod
    def parse(cls, text: str) -> VerifierKey:
        """Read a verifier key; CheckpointError says what is wrong with it."""
        parts = text.split("+", 2)
        raw = _unbase64(parts[2]) if len(parts) == 3 else b""
        if len(raw) != 33 or raw[:1] != _ED25519:
            raise CheckpointError("a verifier key is <name>+<key id>+<base64 of 0x01 and an Ed25519 key>")
        key = cls(parts[0], raw[1:])
        if str(key) != text:
            raise CheckpointError(f"the verifier key of {key.name} does not have the id {parts[1]}")
        return key


def verifier_key(name: str, private: Ed25519PrivateKey) -> VerifierKey:
    """The public half of a signing key."""
    return VerifierKey(name, private.public_key().public_bytes_raw())


def sign_note(text: str, name: str, private: Ed25519PrivateKey) -> bytes:
    """A text and its signature line; the text ends with a line end."""
    key = verifier_key(name, private)
    signature = _base64(key.id + private.sign(text.encode()))
    return f"{text}\n{SIGNATURE_MARK}{name} {signature}\n".encode()


def open_note(note: bytes, key: VerifierKey) -> str:
    """The text of a note, if the one signature on it is by this key.

    Stricter than the signed-note format: exactly one signature line, and only the bytes that
    `sign_note` would write. So no byte of a checkpoint can change unseen.
    """
    try:
        text, separator, line = note.decode().rpartition("\n\n")
    except UnicodeDecodeError as problem:
        raise CheckpointError("it is no UTF-8 text") from problem
    text += "\n"
    mark = f"{SIGNATURE_MARK}{key.name} "
    if not separator or not line.startswith(mark) or line.count("\n") != 1 or not line.endswith("\n"):
        raise CheckpointError(f"it does not end with one signature line of {key.name}")
    raw = _unbase64(line[len(mark) : -1])
    if raw[:4] != key.id:
        raise CheckpointError(f"it is signed by the key {raw[:4].hex()}, expected {key.id.hex()}")
    if not is_signed_by(key.public, raw[4:], text.encode()):
        raise CheckpointError(f"its signature is not by the key {key.id.hex()} of {key.name}")
    return text


def sign_checkpoint(checkpoint: Checkpoint, private: Ed25519PrivateKey) -> bytes:
    """The bytes of the checkpoint file."""
    return sign_note(checkpoint.text, checkpoint.origin, private)


def open_checkpoint(note: bytes, key: VerifierKey) -> Checkpoint:
    """The checkpoint in a signed note, for the log that the key is named after."""
    text = open_note(note, key)
    lines = text.split("\n")
    if len(lines) != 4 or not (lines[1].isascii() and lines[1].isdigit()):
        raise CheckpointError("a checkpoint has three lines: origin, size and root")
    found = Checkpoint(lines[0], int(lines[1]), _unbase64(lines[2]))
    if found.text != text or found.origin != key.name or len(found.root) != 32:
        raise CheckpointError(f"it is no checkpoint of {key.name} in its only form")
    return found


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _unbase64(text: str) -> bytes:
    """Strict: the spare bits at the end of a base64 text must be zero."""
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as problem:
        raise CheckpointError(f"{text!r} is no base64") from problem
    if _base64(raw) != text:
        raise CheckpointError(f"{text!r} is base64 with stray bits at its end")
    return raw
