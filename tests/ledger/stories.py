"""Random legitimate stories of agreements, and what they promise, told by hand.

A story is agreed, amended, retired, approved or not, and published, in batches, while the clock goes on or stands.
"""

from __future__ import annotations

import struct
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from hashlib import sha256, sha512
from random import Random
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from kpiledger.ledger.entry import Draft, Entry
from kpiledger.ledger.schema import EntryKind
from kpiledger.ledger.store import Ledger, Writer, writing
from kpiledger.ledger.subjects import commit_subject
from kpiledger.specs.signing import NAMESPACE, fingerprint
from tests.ledger.ledgers import NOW, published

MONTHS = [date(2017, month, 1) for month in range(1, 13)]
PROMISES = (("revenue", "West"), ("revenue", "East"), ("margin", "all"))
SIGNER = "p_1001"

Held = Mapping[tuple[str, str, str, date], Decimal]
"""By agreement, KPI, member and first day of a month: the figure that is promised."""


@dataclass(frozen=True)
class Told:
    """An event as it was recorded, and when its approval was; it needs one where the story has a policy."""

    entry: Entry
    approved_at: datetime | None


@dataclass
class Signer:
    """A person's SSH key, which signs as ssh-keygen does."""

    private: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)

    @property
    def public_key(self) -> str:
        return self.private.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()

    def sign(self, content: bytes) -> str:
        namespace, kind = NAMESPACE.encode(), b"ssh-ed25519"
        public = _string(kind) + _string(self.private.public_key().public_bytes_raw())
        named = _string(namespace) + _string(b"") + _string(b"sha512")
        raw = self.private.sign(b"SSHSIG" + named + _string(sha512(content).digest()))
        blob = b"SSHSIG" + struct.pack(">I", 1) + _string(public) + named + _string(_string(kind) + _string(raw))
        return f"-----BEGIN SSH SIGNATURE-----\n{b64encode(blob).decode()}\n-----END SSH SIGNATURE-----\n"


@dataclass
class Story:
    """A ledger in which one story is recorded, and what was told."""

    ledger: Ledger
    chance: Random
    signer: Signer
    now: datetime = NOW
    told: list[Told] = field(default_factory=list)
    has_policy: bool = False
    counts: dict[str, int] = field(default_factory=dict)

    def tell(self) -> None:
        """Three to eight entries beside the policy, a batch each; what waits is approved at once, later or never."""
        self.has_policy = self.chance.random() < 0.5
        with writing(self.ledger, lambda: self.now) as writer:
            if self.has_policy:
                self._record(writer, self._policy(), self._key())
            for number in range(self.chance.randrange(3, 9)):
                waiting = [at for at, one in enumerate(self.told) if one.approved_at is None]
                if self.has_policy and waiting and self.chance.random() < 0.4:
                    self._approve(writer, self.chance.choice(waiting))
                elif self.chance.random() < 0.15:
                    self._record(writer, published(number))
                else:
                    self._record(writer, self._event(number))

    def promised(self, known_at: datetime) -> Held:
        """What holds in each month as known at a moment: event by event, and by no other rule."""
        found: dict[tuple[str, str, str, date], Decimal] = {}
        for month in MONTHS:
            for agreement in {one.entry.content["agreement"] for one in self.told}:
                held = _promised_on(month, list(self._standing(agreement, known_at)))
                found |= {(agreement, *key, month): value for key, value in held.items()}
        return found

    def _standing(self, agreement: str, known_at: datetime) -> Iterator[Mapping[str, Any]]:
        """The first event, before which nothing was promised, and those that need no approval or have it."""
        own = [one for one in self.told if one.entry.content["agreement"] == agreement]
        for one in own:
            has_approval = one.approved_at is not None and one.approved_at <= known_at
            if one.entry.recorded_at <= known_at and (one is own[0] or has_approval or not self.has_policy):
                yield {**one.entry.content, "kind": one.entry.kind}

    def _record(self, writer: Writer, *drafts: Draft) -> Sequence[Entry]:
        self.now += timedelta(days=self.chance.choice((0, 0, 1, 30)))
        added = writer.append(drafts)
        events = [entry for entry in added if entry.kind.value.startswith("agreement.")]
        self.told += [Told(entry, None) for entry in events]
        return added

    def _event(self, number: int) -> Draft:
        agreement = self.chance.choice(("one", "two"))
        count = self.counts[agreement] = self.counts.get(agreement, 0) + 1
        kind = self.chance.choice((*["amended"] * 3, "retired")) if count > 1 else "agreed"
        named = self.chance.sample(PROMISES, self.chance.randrange(1, 4)) if kind != "retired" else []
        ends = self.chance.choice(MONTHS) + timedelta(days=27)
        has_end = kind == "agreed" or (kind == "amended" and self.chance.random() < 0.5)
        content = {
            "agreement": agreement,
            "holder": "sales_west",
            "decided_on": "2016-12-12",
            "valid_from": self.chance.choice(MONTHS).isoformat(),
            "valid_to": ends.isoformat() if has_end else None,
            "reason": {"kind": "correction", "text": f"decision {number}", "evidence": None},
            "proposed_by": "head_of_sales",
            "approved_by": "cfo",
            "targets": [_target(kpi, member, str(self.chance.randrange(1, 4))) for kpi, member in named],
        }
        return Draft(EntryKind(f"agreement.{kind}"), f"{agreement}/{count}", content)

    def _approve(self, writer: Writer, at: int) -> None:
        event = self.told[at].entry
        signed = event.line.split(b',"content":')[1].split(b',"format":"1"')[0]
        content = {
            "event": event.key,
            "event_seq": str(event.seq),
            "event_hash": event.entry_hash,
            "content_hash": sha256(signed).hexdigest(),
            "role": "cfo",
            "signer": self._person(),
            "fingerprint": fingerprint(self.signer.public_key),
            "signature": self.signer.sign(signed),
        }
        (added,) = self._record(writer, Draft(EntryKind.APPROVAL_RECORDED, event.key, content))
        self.told[at] = Told(event, added.recorded_at)

    def _policy(self) -> Draft:
        content = {
            "required_from": "2016-01-01",
            "authorities": [{"role": "cfo", "units": ["sales_west"], "valid_from": None, "valid_to": None}],
            "holders": [{"role": "cfo", "person": self._person(), "valid_from": None, "valid_to": None}],
            "role_units": {"cfo": None, "head_of_sales": None},
        }
        return Draft(EntryKind.AUTHORITY_RECORDED, "authority", content)

    def _key(self) -> Draft:
        public = self.signer.public_key
        known = {"person": self._person(), "fingerprint": fingerprint(public), "public_key": public}
        return Draft(EntryKind.KEY_ADDED, fingerprint(public), {**known, "valid_after": None, "valid_before": None})

    def _person(self) -> Mapping[str, str]:
        return commit_subject(self.ledger, SIGNER)


def _promised_on(day: date, events: Sequence[Mapping[str, Any]]) -> Mapping[tuple[str, str], Decimal]:
    held: dict[tuple[str, str], Decimal] = {}
    end = day
    for event in events:
        end = date.fromisoformat(event["valid_to"]) if event["valid_to"] else end
        begins = date.fromisoformat(event["valid_from"])
        if end < day or (event["kind"] is EntryKind.AGREEMENT_RETIRED and begins <= day):
            held.clear()
        elif begins <= day:
            held |= {_key_of(target): Decimal(target["target"]["value"]) for target in event["targets"]}
    return held


def _key_of(target: Mapping[str, Any]) -> tuple[str, str]:
    return target["kpi"], target["slice"].get("region", "all")


def _target(kpi: str, member: str, value: str) -> dict[str, Any]:
    form = {"grain": "month", "comparison": "at_least", "value": value, "by_period": None}
    cut = {} if member == "all" else {"region": member}
    empty: dict[str, Any] = dict.fromkeys(("weight", "influence", "amber", "stretch", "baseline"))
    return {**empty, "kpi": kpi, "slice": cut, "target": form}


def _string(part: bytes) -> bytes:
    return struct.pack(">I", len(part)) + part
