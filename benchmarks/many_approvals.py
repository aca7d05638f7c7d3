"""Who approves the agreements of a generated ledger, and with which signatures: real ones, of every kind that is met.

Directors approve for the holders that they answer for. From a day on all agreements need it. Most approvals come with
their event, some weeks later, some never; some sign other words than those recorded, some were made by who proposed,
one director's key lapses and another's is revoked, and both go on signing with it for a while.
"""

from __future__ import annotations

import base64
import heapq
import random
import struct
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256, sha512
from itertools import count
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from kpiledger.approvals.contents import key_content
from kpiledger.approvals.signed_content import signed_bytes
from kpiledger.approvals.standing import Key
from kpiledger.ledger.entry import Entry
from kpiledger.ledger.store import Ledger
from kpiledger.ledger.subjects import commit_subject, commit_text, resolving
from kpiledger.specs.signing import NAMESPACE, fingerprint

DIRECTORS = 20
PROPOSER = "head_of_sales"
FIRST_YEAR = 2015  # agreements of this year and later need an approval
_POLICY_AT = datetime(FIRST_YEAR - 1, 11, 20, 2, tzinfo=UTC)
_REQUIRED_FROM = f"{FIRST_YEAR - 1}-12-01"
_LAPSING, _REVOKED = 3, 7
_LAPSED_AT, _RENEWED_AT = datetime(2019, 12, 31, tzinfo=UTC), datetime(2020, 4, 1, 2, tzinfo=UTC)
_REVOKED_AT, _REPLACED_AT = datetime(2021, 3, 1, 2, tzinfo=UTC), datetime(2021, 6, 1, 2, tzinfo=UTC)

Recorded = tuple[datetime, str, str, dict[str, Any]]  # when, kind, key and content of an entry


def director(number: int) -> str:
    """The role that approves for a holder."""
    return f"director_{number % DIRECTORS:02d}"


@dataclass(frozen=True, slots=True)
class Signer:
    """A person with the private half of a key."""

    person: str
    private: Ed25519PrivateKey
    public_key: str

    def sign(self, content: bytes) -> str:
        """A signature as `ssh-keygen -Y sign` writes it; a process for each of thousands would take minutes."""
        parts = (NAMESPACE.encode(), b"", b"sha512")
        signed = self.private.sign(b"SSHSIG" + _strings(*parts, sha512(content).digest()))
        public = base64.b64decode(self.public_key.split()[1])
        blob = b"SSHSIG" + struct.pack(">I", 1) + _strings(public, *parts, _strings(b"ssh-ed25519", signed))
        text = base64.b64encode(blob).decode()
        lines = "\n".join(text[at : at + 70] for at in range(0, len(text), 70))
        return f"-----BEGIN SSH SIGNATURE-----\n{lines}\n-----END SSH SIGNATURE-----\n"


def _strings(*parts: bytes) -> bytes:
    return b"".join(struct.pack(">I", len(part)) + part for part in parts)


def _alone(recorded: Recorded) -> Iterator[Recorded]:
    yield recorded


def new_signer(person: str) -> Signer:
    """A person with a new key."""
    private = Ed25519PrivateKey.generate()
    public = private.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()
    return Signer(person, private, public)


@dataclass
class Office:
    """Who signs with which key at the moment, and what is recorded on later nights."""

    ledger: Ledger
    holders: Mapping[str, tuple[str, ...]]  # by the role that approves for them
    people: Mapping[str, str]  # who is a holder by person id, with the unit they answer in
    signers: dict[str, Signer] = field(default_factory=dict)
    _later: list[tuple[datetime, int, Callable[[], Iterator[Recorded]]]] = field(default_factory=list)
    _planned: Iterator[int] = field(default_factory=count)

    def __post_init__(self) -> None:
        """Plan the policy, its keys and what becomes of them."""
        self.plan(_POLICY_AT, self._policy)
        self.plan(_RENEWED_AT, lambda: self._key(_RENEWED_AT, director(_LAPSING)))
        self.plan(_REVOKED_AT, self._revoke)
        self.plan(_REPLACED_AT, lambda: self._key(_REPLACED_AT, director(_REVOKED)))

    def plan(self, at: datetime, entries: Callable[[], Iterator[Recorded]]) -> None:
        """Let entries be recorded on a later night."""
        heapq.heappush(self._later, (at, next(self._planned), entries))

    def due(self, at: datetime) -> Iterator[Recorded]:
        """What was planned for the nights up to one."""
        while self._later and self._later[0][0] <= at:
            yield from heapq.heappop(self._later)[2]()

    def approvals(self, event: Entry, chance: random.Random) -> Iterator[Recorded]:
        """What is recorded of an event's approval on the same night; some are planned for later."""
        luck, role = chance.random(), str(event.content["approved_by"])
        if not self.signers or luck < 0.04:
            return
        content = self._content(event, self.signers[role], is_changed=0.04 <= luck < 0.05)
        at = event.recorded_at
        if 0.05 <= luck < 0.09:
            at += timedelta(days=chance.randrange(5, 60))
            self.plan(at, lambda: _alone((at, "approval.recorded", event.key, content)))
        else:
            yield at, "approval.recorded", event.key, content

    def _content(self, event: Entry, signer: Signer, is_changed: bool) -> dict[str, Any]:
        signed = signed_bytes(resolving(self.ledger), event)
        if signed is None:
            raise ValueError(f"{event.key} speaks of somebody who was erased")
        if is_changed:  # as the event stood before its last change
            signed = signed.replace(b'"decided_on":"20', b'"decided_on":"19')
        holder = event.content["holder"]
        person = resolving(self.ledger)(holder) if isinstance(holder, Mapping) else None

        def private(text: str) -> Any:
            return dict(commit_text(self.ledger, text, person)) if person else text

        return {
            "content_hash": private(sha256(signed).hexdigest()),
            "event": event.key,
            "event_hash": event.entry_hash,
            "event_seq": str(event.seq),
            "fingerprint": fingerprint(signer.public_key),
            "role": event.content["approved_by"],
            "signature": private(signer.sign(signed)),
            "signer": self._committed(signer.person),
        }

    def _policy(self) -> Iterator[Recorded]:
        roles = {role: f"p_of_{role}" for role in (*self.holders, PROPOSER)}
        held = {**roles, **{f"seller_in_{unit}": person for person, unit in self.people.items()}}
        units = {**dict.fromkeys(roles, "board"), **{f"seller_in_{unit}": unit for unit in self.people.values()}}
        days = {"valid_from": None, "valid_to": None}
        rights = [{"role": role, "units": sorted(self.holders[role]), **days} for role in sorted(self.holders)]
        holdings = [{"role": role, "person": self._committed(held[role]), **days} for role in sorted(held)]
        yield _POLICY_AT, "authority.recorded", "authority", {
            "authorities": rights, "holders": holdings, "required_from": _REQUIRED_FROM,
            "role_units": dict(sorted(units.items())),
        }  # fmt: skip
        for role in sorted(roles):
            yield from self._key(_POLICY_AT, role)

    def _key(self, at: datetime, role: str) -> Iterator[Recorded]:
        """A new key of who holds a role; they sign with it from now on."""
        signer = new_signer(f"p_of_{role}")
        lapses = role == director(_LAPSING) and at == _POLICY_AT
        key = Key(signer.person, signer.public_key, at - timedelta(days=30), _LAPSED_AT if lapses else None)
        self.signers[role] = signer
        yield at, "key.added", fingerprint(signer.public_key), key_content(key, self._committed)

    def _revoke(self) -> Iterator[Recorded]:
        """The key goes; who held it does not hear of it for a while."""
        signer = self.signers[director(_REVOKED)]
        name = fingerprint(signer.public_key)
        content = {"fingerprint": name, "person": self._committed(signer.person)}
        yield _REVOKED_AT, "key.revoked", name, content

    def _committed(self, person: str) -> dict[str, str]:
        return dict(commit_subject(self.ledger, person))
