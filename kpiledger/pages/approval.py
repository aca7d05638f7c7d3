"""How an agreement version stands with those who may approve it, in words, and what does not count because of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from kpiledger.pages.dates import day_text, moment_text
from kpiledger.pages.provenance import person_text
from kpiledger.pages.queries import AgreementVersionRow, ScorecardRow
from kpiledger.pages.series import Series
from kpiledger.pages.statuses import WORDS
from kpiledger.project import Project
from kpiledger.vocabulary import ApprovalState, Status

APPROVAL_WORDS = {
    ApprovalState.APPROVED: "Approved",
    ApprovalState.UNAPPROVED: "Not approved",
    ApprovalState.VOID: "Approval void",
    ApprovalState.REFUSED: "Approval refused",
    ApprovalState.NOT_REQUIRED: "No approval needed",
}
_COUNTS = (ApprovalState.APPROVED, ApprovalState.NOT_REQUIRED)


@dataclass(frozen=True, slots=True)
class Standing:
    """What a badge says of a series: its status, or why its target does not count. `shape` names the icon."""

    shape: str
    word: str


PILOT = Standing("pilot", "Pilot, not binding")


@dataclass(frozen=True, slots=True)
class Agreed:
    """The agreement version behind a target: why, who, whether it is approved, and where the ledger holds it."""

    name: str
    number: int
    event: str
    state: ApprovalState
    word: str
    is_pilot: bool
    reason_kind: str
    reason_text: str
    evidence: str | None
    proposed_by: str
    approved_by: str
    decided_on: str
    valid_from: str
    recorded_at: str
    seq: int
    entry_hash: str
    approval_seq: int | None
    approval_recorded_at: str
    commit: str | None
    fired_trigger: str | None

    @property
    def counts(self) -> bool:
        """Whether its targets bind: it is no pilot, and approved where that is required."""
        return self.state in _COUNTS and not self.is_pilot

    @property
    def anchor(self) -> str:
        """The place of the version on a page."""
        return f"agreement-{self.name}-{self.number}"

    @property
    def entry(self) -> str:
        """The first digits of the entry's hash."""
        return self.entry_hash[:10]


def agreed(project: Project, version: AgreementVersionRow) -> Agreed:
    """An agreement version as pages show it."""
    state = ApprovalState(version.approval_state)
    recorded = version.approval_recorded_at
    return Agreed(
        name=version.agreement,
        number=version.agreement_version,
        event=version.event,
        state=state,
        word=APPROVAL_WORDS[state],
        is_pilot=version.is_pilot,
        reason_kind=version.reason_kind.replace("_", " "),
        reason_text=version.reason_text,
        evidence=version.evidence,
        proposed_by=person_text(project, version.proposed_by),
        approved_by=person_text(project, version.approved_by),
        decided_on=day_text(version.decided_on),
        valid_from=day_text(version.valid_from),
        recorded_at=moment_text(version.recorded_at),
        seq=version.seq,
        entry_hash=version.entry_hash,
        approval_seq=version.approval_seq,
        approval_recorded_at=moment_text(recorded) if recorded else "",
        commit=version.commit_id[:7] if version.commit_id else None,
        fired_trigger=version.fired_trigger,
    )


def uncounted(row: ScorecardRow) -> Standing | None:
    """Why the target of a row does not count: it waits for an approval, or is a pilot; None where it does."""
    if row.target_value is None:
        return None
    state = ApprovalState(row.approval_state or ApprovalState.NOT_REQUIRED)
    if state not in _COUNTS:
        return Standing(state.value, APPROVAL_WORDS[state])
    return PILOT if row.is_pilot else None


def standing(series: Series) -> Standing:
    """A series at a glance: a target without the approval it needs has no status, and says so; a pilot has one."""
    return standing_of(series.newest) if series.newest else Standing(series.status.value, WORDS[series.status])


def standing_of(row: ScorecardRow) -> Standing:
    """A period at a glance."""
    why = uncounted(row)
    status = Status(row.status)
    return Standing(status.value, WORDS[status]) if why is None or why == PILOT else why


def aside(series: Iterable[Series]) -> tuple[tuple[str, int, str], ...]:
    """Targets that are shown and count for nothing, as (shape, count, word): pilots, and what is not approved."""
    reasons = Counter(why for one in series if one.newest and (why := uncounted(one.newest)))
    pilots_last = sorted(reasons, key=lambda why: (why == PILOT, why.word))
    return tuple((why.shape, reasons[why], why.word) for why in pilots_last)
