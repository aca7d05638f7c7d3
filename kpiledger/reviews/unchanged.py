"""Which KPIs were neither changed nor looked at for long, so that somebody should ask whether they are still right?

How long that is says the limit `most_months_unreviewed` of organisation.yml. A new version, a `reviewed` of the KPI's
file and a decision on the item each count as a look at it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from kpiledger.periods import add_months
from kpiledger.reviews.item import Answer, Known, ReviewItem, Subject, review_item
from kpiledger.specs.kpi import Kpi, KpiVersion
from kpiledger.vocabulary import ReviewKind

_TO_ANSWER = timedelta(days=30)


def unchanged_kpis(known: Known) -> Iterator[ReviewItem]:
    """An item for each time that a KPI in use came up for review, by KPI and day."""
    for kpi in (known.project.kpis[name] for name in sorted(known.project.kpis)):
        begun = [version for version in kpi.versions if version.valid_from <= known.as_of]
        if not (kpi.deprecated and kpi.deprecated.on <= known.as_of):
            for version, following in zip(begun, [*begun[1:], None], strict=False):
                yield from _of_version(known, kpi, version, following)


def _of_version(known: Known, kpi: Kpi, version: KpiVersion, following: KpiVersion | None) -> Iterator[ReviewItem]:
    """The items while a version was the newest, each begun by the last look at it."""
    governance = known.project.organisation.governance
    months = int(known.project.organisation.thresholds.most_months_unreviewed.value)
    seq = known.definitions[kpi.kpi, version.version].seq
    since: date | None = max(version.valid_from, governance.start) if governance else version.valid_from
    while since is not None and (opened := add_months(since, months)) <= known.as_of:
        if following is not None and following.valid_from <= opened:
            return
        if kpi.reviewed and since < kpi.reviewed.on <= opened:
            since = kpi.reviewed.on
            continue
        name = f"{ReviewKind.UNCHANGED}/{kpi.kpi}/{opened:%Y-%m}"
        answer = _answer(known, kpi, name, opened, following)
        said = (
            f"{kpi.label_in(known.project.calendar.language)} is as it was on {since}: does it still say what matters?"
        )
        days = (opened, opened + _TO_ANSWER, None)
        subject = Subject(kpi=kpi.kpi)
        yield review_item(name, ReviewKind.UNCHANGED, subject, (said, kpi.owner), days, (seq, answer), known.as_of)
        since = answer.on if answer and answer.on > since else None


def _answer(known: Known, kpi: Kpi, name: str, opened: date, following: KpiVersion | None) -> Answer | None:
    """What came first after it was due: a decision, a review that its file tells of, or a new version."""
    found = [known.decided(name)]
    if kpi.reviewed and kpi.reviewed.on > opened:
        found.append(Answer(kpi.reviewed.on, None))
    if following is not None:
        found.append(Answer(following.valid_from, known.definitions[kpi.kpi, following.version].seq))
    return min((one for one in found if one), key=lambda one: one.on, default=None)
