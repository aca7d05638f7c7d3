"""Which event is a person asked to approve, with which key, and may they? Then sign it and keep the signature."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from kpiledger.approvals.in_files import Event, Stands, standings
from kpiledger.approvals.judging import judge, refuse_key, refuse_signer
from kpiledger.approvals.signing import public_key_of, sign
from kpiledger.approvals.standing import keys_in_files, standing_in_files
from kpiledger.errors import WrongUse
from kpiledger.nearest import suggestion
from kpiledger.project import Project
from kpiledger.specs.signing import NAMESPACE, SIGNERS, fingerprint, signature_path
from kpiledger.vocabulary import ApprovalState


@dataclass(frozen=True, slots=True)
class Signing:
    """What is about to be signed: the event, by whom, with which key."""

    event: Event
    person: str
    key: Path

    @property
    def path(self) -> str:
        """Where the signature will lie, from the project's root."""
        return signature_path(self.event.key, self.person)


def asked_event(project: Project, path: str, which: str | None, *, is_any: bool = False) -> Event:
    """The event of a file that is named, or the only one that waits for an approval; WrongUse where that is unclear.

    One that is approved already is refused, unless `is_any`.
    """
    found = [stands for stands in standings(project) if stands.event.file.path == path]
    if not found:
        files = [file.path for file in project.agreements]
        raise WrongUse(f"{path} is no agreement file of this project", suggestion(path, files, "agreement files"))
    if which is None:
        return _only(path, [stands for stands in found if stands.state is not ApprovalState.APPROVED])
    named = [stands for stands in found if which in (stands.event.key, str(stands.event.ordinal))]
    if len(named) != 1:
        keys = ", ".join(stands.event.key for stands in found)
        problem = f"{path} has no event {which!r}" if not named else f"{which!r} names {len(named)} events of {path}"
        raise WrongUse(problem, f"its events are {keys}")
    if named[0].state is ApprovalState.APPROVED and not is_any:
        by = ", ".join(file.person for file, verdict in named[0].signatures if not verdict.why)
        raise WrongUse(f"{named[0].event.key} is approved already, by {by}", "there is nothing to do")
    return named[0].event


def _only(path: str, open_: list[Stands]) -> Event:
    waiting = [stands for stands in open_ if stands.state is not ApprovalState.NOT_REQUIRED] or open_
    if not waiting:
        raise WrongUse(f"every event of {path} is approved already", "there is nothing to do")
    if len(waiting) > 1:
        keys = ", ".join(stands.event.key for stands in waiting)
        raise WrongUse(f"{len(waiting)} events of {path} have no approval", f"name one with --event: {keys}")
    return waiting[0].event


def prepared(project: Project, event: Event, person: str | None, keys: Iterable[Path]) -> Signing:
    """Who signs with which of the keys; WrongUse with the reason where nobody here may approve the event."""
    known = {line.public_key: line.person for line in project.signers}
    seen = {key: public_key_of(key) for key in keys}
    people = {person} if person else set(known.values())
    usable = {key: public for key, public in seen.items() if known.get(public) in people}
    if not usable:
        raise _no_key(seen.values(), known, person)
    refusals = {}
    for key, public in usable.items():
        signer = known[public]
        refusal = refuse_key(keys_in_files(project), signer, public, event.event.decided_on)
        refusal = refusal or refuse_signer(standing_in_files(project), signer, event.asked)
        if refusal is None:
            return Signing(event, signer, key)
        refusals[signer] = refusal
    signer, (why, hint) = next(iter(refusals.items()))
    raise WrongUse(f"{signer} may not approve {event.key}: {why}", hint)


def approve(project: Project, root: Path, signing: Signing) -> Path:
    """Sign, look whether the signature counts, and write it beside the agreements."""
    content = signing.event.content
    text = sign(signing.key, content)
    standing, keys = standing_in_files(project), keys_in_files(project)
    verdict = judge(text, content, signing.person, signing.event.asked, standing, keys)
    if verdict.state is not ApprovalState.APPROVED:
        raise WrongUse(f"the signature does not count: {verdict.why}", verdict.hint)
    path = root / signing.path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="ascii")
    return path


def _no_key(seen: Iterable[str], known: dict[str, str], person: str | None) -> WrongUse:
    keys = list(seen)
    if not keys:
        return WrongUse("there is no key to sign with", "name your SSH key with --key, as ~/.ssh/id_ed25519")
    if person and (owner := next((known[key] for key in keys if key in known), None)):
        return WrongUse(f"the key is {owner}'s and not {person}'s", f"sign with a key of {person}, or as {owner}")
    shown = ", ".join(fingerprint(key) for key in keys)
    line = f'{person or "<person>"} namespaces="{NAMESPACE}" {keys[0]}'
    return WrongUse(f"the key {shown} is not in {SIGNERS}", f"have this line added there: {line}")
