"""How does an agreement event read as the content of an entry, and back?

People's ids, and texts about people, are left plain here; `with_commitments` puts commitments in
their place, `subjects.resolve` the values back. Versions of KPIs are in `definitions`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from kpiledger.folding import RecordedEvent
from kpiledger.ledger.canonical import plain
from kpiledger.ledger.entry import Entry
from kpiledger.ledger.schema import EntryKind
from kpiledger.ledger.store import Ledger, read_entries
from kpiledger.ledger.subjects import commit_subject, commit_text, holder_name, resolving
from kpiledger.specs.agreement import AgreementEvent
from kpiledger.vocabulary import EventKind

KIND_OF_EVENT = {
    EventKind.AGREED: EntryKind.AGREEMENT_AGREED,
    EventKind.AMENDED: EntryKind.AGREEMENT_AMENDED,
    EventKind.RETIRED: EntryKind.AGREEMENT_RETIRED,
}
EVENT_OF_KIND = {entry: event for event, entry in KIND_OF_EVENT.items()}
# Keys that came after the first entries were recorded: an entry has them only where they say something.
_LATER = frozenset(
    "commit outside_by pilot post_mortem ramp relative trigger triggers upper upper_by_period within".split()
)


def agreement_content(holder: str, event: AgreementEvent) -> dict[str, Any]:
    """An agreement event; its kind is the entry's and not repeated."""
    content: dict[str, Any] = {**_without_unset(plain(event)), "holder": plain(holder)}
    del content["event"]
    return content


def _without_unset(value: Any) -> Any:
    """A value without the later keys that say nothing, so that an event recorded before them reads as it did."""
    if isinstance(value, list):
        return [_without_unset(item) for item in value]
    if isinstance(value, dict):
        said = {key: item for key, item in value.items() if item not in (None, []) or key not in _LATER}
        return {key: _without_unset(item) for key, item in said.items()}
    return value


def with_commitments(ledger: Ledger, content: dict[str, Any], people: Iterable[str]) -> dict[str, Any]:
    """The content with a commitment for each person, and for the texts of a person's own agreement."""
    known = frozenset(people)

    def person(value: str) -> Any:
        return dict(commit_subject(ledger, value)) if value in known else value

    if "change" in content:
        change = content["change"]
        return {**content, "change": {**change, "requested_by": person(change["requested_by"])}}
    holder = content["holder"]
    private = {name: person(content[name]) for name in ("holder", "proposed_by", "approved_by")}
    if "triggers" in content:
        private["triggers"] = [{**trigger, "asks": person(trigger["asks"])} for trigger in content["triggers"]]
    if holder not in known:
        return {**content, **private}

    def text(value: str) -> Any:
        return dict(commit_text(ledger, value, holder))

    reason = {**content["reason"], "text": text(content["reason"]["text"])}
    targets = [_without_texts(target, text) for target in content["targets"]]
    if "triggers" in private:
        private["triggers"] = [{**trigger, "says": text(trigger["says"])} for trigger in private["triggers"]]
    return {**content, **private, "reason": reason, "targets": targets}


def _without_texts(target: dict[str, Any], text: Any) -> dict[str, Any]:
    baseline = target["baseline"]
    if baseline is None:
        return target
    exclude = [{**month, "reason": text(month["reason"])} for month in baseline["exclude"]]
    return {**target, "baseline": {**baseline, "exclude": exclude}}


def recorded_events(ledger: Ledger, entries: Iterable[Entry] | None = None) -> tuple[RecordedEvent, ...]:
    """Every agreement event that the ledger holds, read back as the spec it came from, to be folded."""
    held = read_entries(ledger) if entries is None else entries
    values_of = resolving(ledger)
    return tuple(_recorded_event(values_of, entry) for entry in held if entry.kind in EVENT_OF_KIND)


def _recorded_event(values_of: Callable[[Any], Any], entry: Entry) -> RecordedEvent:
    content = dict(values_of(entry.content) if entry.has_commitments else entry.content)
    # Two erased people who were held to the same KPI still have a row each.
    holder = holder_name(content.pop("holder"))
    event = AgreementEvent.model_validate({**content, "event": EVENT_OF_KIND[entry.kind].value})
    return RecordedEvent(entry.seq, entry.recorded_at, entry.key, holder, event, entry.commit, entry.entry_hash)
