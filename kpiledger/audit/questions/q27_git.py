"""Question 27: does git match the ledger, and which recorded commits were rewritten?

Looked at is every definition, agreement event, approval and key, at the commit that it was recorded from.
"""

from __future__ import annotations

from collections.abc import Iterator

from kpiledger.audit.answer import Answer, Asked, Question
from kpiledger.audit.standing import tree_facts
from kpiledger.git_check import GitFinding, GitReport, GitState, ask_of_git
from kpiledger.recording.differing import shown

COLUMNS = ("git", "entry", "key", "commit", "found_in", "place", "recorded", "found", "said")
_SAID = {
    GitState.SAME: "their commit is in the present history and holds what was recorded",
    GitState.MOVED: "their commit is not in the present history, another one holds what was recorded",
    GitState.EDITED: "their commit holds what was recorded, and a later one said otherwise",
    GitState.UNCOMMITTED: "recorded from files that no commit held",
    GitState.UNREADABLE: "their commit has a format that this version cannot read",
    GitState.NOT_LOOKED_AT: "the clone is shallow and does not have their commit",
    GitState.DIFFERENT: "their commit does not hold what was recorded",
    GitState.REWRITTEN: "their commit is not in the present history, and nothing there holds what was recorded",
}
_NO_DAMAGE = (GitState.EDITED, GitState.MOVED, GitState.UNCOMMITTED, GitState.UNREADABLE, GitState.NOT_LOOKED_AT)
_NOTES = (
    "same is counted and not listed. A definition is held against the KPI's own file and its facts; the calendar and "
    "the KPIs it is derived from are held against the files of today by `kpi verify`. Git is where people edit, and no "
    "evidence: where it tells another story than the ledger, the ledger is what was recorded.",
)


def answer(asked: Asked) -> Answer:
    """A row for each difference, and one for each entry that git cannot vouch for."""
    index = asked.index()
    names = [name for name in (asked.words.get("agreement"), asked.words.get("kpi")) if name]
    report = ask_of_git(asked.settings.root, asked.ledger, index, asked.settings.build, names, tells_same=False)
    facts = {"head": report.head, **tree_facts(index)}
    if report.not_looked_at is not None:
        return Answer(COLUMNS, (), (f"git was not looked at: {report.not_looked_at}",), facts=facts)
    worst_first = [*report.problems, *report.of(*_NO_DAMAGE)]
    rows = [row for finding in worst_first for row in _rows(finding)]
    notes = (*_NOTES, *report.kept)
    counts = {state.value: count for state, count in report.counts.items()}
    return Answer(COLUMNS, rows, tuple(_summary(report)), notes, not report.problems, {**counts, **facts})


def _summary(report: GitReport) -> Iterator[str]:
    counts = report.counts
    yield f"{sum(counts.values())} definitions, agreement events, approvals and keys were recorded from files"
    for state, count in counts.items():
        if count:
            yield f"{count} {state}: {_SAID[state]}"


def _rows(finding: GitFinding) -> Iterator[tuple[object, ...]]:
    entry = (finding.state.value, finding.seq, finding.key, finding.commit, finding.found_in)
    if not finding.changes:
        yield (*entry, None, None, None, finding.said)
    for place, old, new in finding.changes:
        yield (*entry, place, shown(old), shown(new), finding.said)


QUESTION = Question(27, "Does git match the ledger; rewritten refs", answer, takes=("agreement", "kpi"))
