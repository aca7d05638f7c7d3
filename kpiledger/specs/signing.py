"""What files say of signatures: whose key counts from when until when, and what was signed by whom."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from kpiledger.finding import Position

# The namespace of our signatures: a signature made for anything else is none of an agreement.
NAMESPACE = "kpi-agreement"
# That of closes: a key may sign them where its line of allowed_signers says so.
CLOSE_NAMESPACE = "kpi-close"
SIGNERS = "metrics/approvers/allowed_signers"
APPROVALS = "metrics/approvals"


@dataclass(frozen=True, slots=True)
class Signer:
    """A line of allowed_signers: a person's public key (type and base64, no comment) and when it counts, in UTC.

    `signs_closes` says whether the key is bound to `kpi-close` as well.
    """

    person: str
    public_key: str
    valid_after: datetime | None
    valid_before: datetime | None
    position: Position
    signs_closes: bool = False

    @property
    def fingerprint(self) -> str:
        """How ssh-keygen names the key."""
        return fingerprint(self.public_key)


@dataclass(frozen=True, slots=True)
class SignatureFile:
    """A signature beside the agreements: by whom, of which event, as its place says."""

    path: str
    agreement: str
    ordinal: int
    person: str
    text: str

    @property
    def event(self) -> str:
        """The key of the event, as the ledger has it."""
        return f"{self.agreement}/{self.ordinal}"


def fingerprint(public_key: str) -> str:
    """`SHA256:` and the digest of a public key, as `ssh-keygen -l` prints it."""
    digest = sha256(base64.b64decode(public_key.split()[1])).digest()
    return f"SHA256:{base64.b64encode(digest).decode().rstrip('=')}"


def signature_path(event: str, person: str) -> str:
    """Where the signature of a person over an event lies."""
    return f"{APPROVALS}/{event}.{person}.sig"
