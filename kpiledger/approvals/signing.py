"""How does a person sign: by ssh-keygen, with a key file of theirs or a key that their agent holds."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from kpiledger.errors import BrokenWorld, WrongUse
from kpiledger.specs.signing import NAMESPACE


def sign(key: Path, content: bytes, namespace: str = NAMESPACE) -> str:
    """The signature over bytes, as ssh-keygen writes it; a public key as `key` asks the agent for its private half."""
    return _ssh_keygen("-Y", "sign", "-n", namespace, "-f", str(key), content=content)


def public_key_of(key: Path) -> str:
    """Type and base64 of the public half of a key file, without its comment."""
    public = key if key.suffix == ".pub" else key.with_name(key.name + ".pub")
    if not key.exists():
        raise WrongUse(f"there is no key {key}", "name your SSH key with --key, as ~/.ssh/id_ed25519")
    text = public.read_text(encoding="utf-8") if public.exists() else _ssh_keygen("-y", "-f", str(key))
    parts = text.split()
    if len(parts) < 2:
        raise WrongUse(f"{public} holds no public key", "name your SSH key with --key, as ~/.ssh/id_ed25519")
    return f"{parts[0]} {parts[1]}"


def own_keys(home: Path) -> Iterator[Path]:
    """The keys that ssh itself would try: the private file, or the public one where only an agent has the rest."""
    for public in sorted((home / ".ssh").glob("id_*.pub")):
        private = public.with_suffix("")
        yield private if private.exists() else public


def _ssh_keygen(*words: str, content: bytes | None = None) -> str:
    program = shutil.which("ssh-keygen")
    if program is None:
        raise BrokenWorld("there is no ssh-keygen on this machine", "install OpenSSH 8.1 or later (openssh-client)")
    # Standard input carries what is signed; ssh-keygen asks for a passphrase on the terminal itself.
    done = subprocess.run([program, *words], input=content, capture_output=True, check=False)
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip()
        raise BrokenWorld(f"ssh-keygen did not sign: {said}", "check the key file, its passphrase, or the agent")
    return done.stdout.decode()
