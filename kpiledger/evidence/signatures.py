"""How do recorded approvals become files that ssh-keygen checks: signature, signed bytes and allowed signers?

Signers are named by their commitments, so that the bundle holds no person's id. A signature over an event that
names a person is in it only where personal values are: the signed bytes name the person.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from shlex import quote
from typing import Any

from kpiledger.approvals.signed_content import signed_bytes
from kpiledger.ledger.canonical import instant
from kpiledger.ledger.contents import EVENT_OF_KIND
from kpiledger.ledger.entry import Entry
from kpiledger.ledger.schema import EntryKind
from kpiledger.ledger.subjects import commitments_by_place
from kpiledger.specs.signing import NAMESPACE

_SIGNERS = "approvals/allowed_signers"


def approval_files(entries: Iterable[Entry], plain: Callable[[Any], Any] | None) -> Mapping[str, bytes]:
    """The files of every recorded approval; `plain` gives personal values, None where they do not leave the house."""
    files: dict[str, bytes] = {}
    events: dict[str, Entry] = {}
    keys: dict[tuple[str, str], str] = {}
    commands: list[str] = []
    for entry in entries:
        if entry.kind in EVENT_OF_KIND:
            events[entry.entry_hash] = entry
        elif entry.kind is EntryKind.KEY_ADDED:
            keys[entry.content["person"]["commitment"], entry.content["fingerprint"]] = _signer(entry)
        elif entry.kind is EntryKind.APPROVAL_RECORDED:
            made, command = _approval(entry, events.get(entry.content["event_hash"]), plain)
            files |= made
            commands.append(command)
    if not commands:
        return {}
    files[_SIGNERS] = "".join(f"{line}\n" for line in keys.values()).encode()
    files["approvals/check.sh"] = _script(commands).encode()
    return files


def _approval(entry: Entry, event: Entry | None, plain: Callable[[Any], Any] | None) -> tuple[Mapping[str, bytes], str]:
    """The files of one approval, and the line of the script that checks it."""
    content = entry.content
    name = f"{content['event'].replace('/', '-')}-entry-{entry.seq}"
    if event is None:
        return {}, f"# entry {entry.seq} names an event that is not recorded"
    if plain is None and [*commitments_by_place(event.content), *commitments_by_place(content["signature"])]:
        return {}, f"# entry {entry.seq} approves what names a person; a bundle with personal values has it"
    resolved = plain or _as_it_is
    signed, signature = signed_bytes(resolved, event), resolved(content["signature"])
    if signed is None:
        return {}, f"# entry {entry.seq} approves what named a person who was erased"
    # As judged here: by the keys that counted when the day of the decision began.
    day = event.content["decided_on"].replace("-", "")
    command = f"check {quote(name)} {content['signer']['commitment']} {quote(day)}000000Z"
    return {f"approvals/{name}.sig": signature.encode(), f"approvals/{name}.json": signed}, command


def _as_it_is(value: Any) -> Any:
    return value


def _signer(entry: Entry) -> str:
    """A key as a line of allowed_signers, with its person's commitment as the principal."""
    content = entry.content
    options = [f'namespaces="{NAMESPACE}"', *_spans(content)]
    return f"{content['person']['commitment']} {','.join(options)} {content['public_key']}"


def _spans(content: Mapping[str, Any]) -> Iterator[str]:
    for name, key in (("valid-after", "valid_after"), ("valid-before", "valid_before")):
        if content[key] is not None:
            yield f'{name}="{instant(content[key]):%Y%m%d%H%M%SZ}"'


def _script(commands: Iterable[str]) -> str:
    """A script that has ssh-keygen check each signature at the first moment of the day of its decision."""
    head = [
        "#!/bin/sh",
        "# Whose key signed each approval, by ssh-keygen alone. Run it in this folder: sh check.sh",
        "failed=0",
        "check() {",
        f'  ssh-keygen -Y verify -n {NAMESPACE} -f allowed_signers -I "$2" -Overify-time="$3" -s "$1.sig" \\',
        '    < "$1.json" || { echo "DOES NOT COUNT: $1"; failed=1; }',
        "}",
    ]
    return "\n".join([*head, *commands, 'exit "$failed"', ""])
