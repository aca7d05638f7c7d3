"""Where is the key that signs checkpoints, and how does a new ledger get one?

The private key is written as signed-note tools write it: `PRIVATE+KEY+<name>+<key id>+<base64>`.
"""

from __future__ import annotations

import base64
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kpiledger.errors import BrokenWorld, LedgerDamaged
from kpiledger.ledger.checkpoint import CheckpointError, VerifierKey, verifier_key
from kpiledger.ledger.durable import replace_file, sync_folder

PRIVATE_FILE = "ledger.key"
PUBLIC_FILE = "ledger.vkey"
ORIGIN = "kpiledger.local"
_PRIVATE_MARK = "PRIVATE+KEY+"


def make_keys(folder: Path, origin: str = ORIGIN) -> None:
    """Make the signing key of a new ledger; one that is there is kept."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not (folder / PRIVATE_FILE).exists():
        private = Ed25519PrivateKey.generate()
        # The name is unique to the ledger, so that no checkpoint can be taken for another ledger's.
        name = f"{origin}/{sha256(private.public_key().public_bytes_raw()).hexdigest()[:16]}"
        replace_file(folder / PRIVATE_FILE, f"{_private_text(name, private)}\n".encode(), mode=0o600)
    name, private = signing_key(folder)
    if not (folder / PUBLIC_FILE).exists():
        replace_file(folder / PUBLIC_FILE, f"{verifier_key(name, private)}\n".encode())
    sync_folder(folder.parent)


def signing_key(folder: Path) -> tuple[str, Ed25519PrivateKey]:
    """The name and the private key that sign checkpoints."""
    path = folder / PRIVATE_FILE
    text = _read(path)
    encoded = text.removeprefix(_PRIVATE_MARK).split("+", 2)
    try:
        name, seed = encoded[0], base64.b64decode(encoded[2], validate=True)
        private = Ed25519PrivateKey.from_private_bytes(seed[1:])
    except (ValueError, IndexError) as problem:
        raise _no_key(path) from problem
    if _private_text(name, private) != text:
        raise _no_key(path)
    return name, private


def trusted_key(folder: Path) -> VerifierKey:
    """The public key that checkpoints are checked with."""
    return key_in(folder / PUBLIC_FILE)


def key_in(path: Path) -> VerifierKey:
    """The public key in a file, such as a copy of the ledger's that was kept elsewhere."""
    try:
        return VerifierKey.parse(_read(path))
    except CheckpointError as problem:
        raise LedgerDamaged(f"{path} holds no verifier key: {problem}", "restore it from a copy") from problem


def _private_text(name: str, private: Ed25519PrivateKey) -> str:
    key = verifier_key(name, private)
    secret = base64.b64encode(b"\x01" + private.private_bytes_raw()).decode()
    return f"{_PRIVATE_MARK}{name}+{key.id.hex()}+{secret}"


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode().removesuffix("\n")
    except UnicodeDecodeError as problem:
        raise LedgerDamaged(f"the key {path} is no text: {problem}", "restore it from a copy") from problem
    except OSError as problem:
        raise BrokenWorld(
            f"the key {path} cannot be read: {problem}", "restore the ledger's keys folder from a copy"
        ) from problem


def _no_key(path: Path) -> LedgerDamaged:
    return LedgerDamaged(f"{path} holds no signing key", "restore the file from a copy")
