"""What does a code of a finding stand for, why, and where does one read on?"""

from __future__ import annotations

import textwrap

from kpiledger.errors import WrongUse
from kpiledger.loading.codes import CODES
from kpiledger.nearest import nearest
from kpiledger.rules.governance import LESSONS
from kpiledger.rules.governance.rule import Lesson

RULES_PAGE = "docs/rules/README.md"
FINDINGS_PAGE = "docs/reference/findings.md"
_WIDTH = 100
# From the first to the last code, where a guide tells what they are about; the others are told by the reference alone.
GUIDES: tuple[tuple[str, str, str], ...] = (
    ("KPI030", "KPI031", "docs/guide/versions.md"),
    ("KPI040", "KPI046", "docs/guide/kpi-language.md"),
    ("KPI050", "KPI059", "docs/guide/agreements.md"),
    ("KPI070", "KPI072", "docs/guide/registration-rules.md"),
    ("KPI080", "KPI084", "docs/guide/agreements.md"),
    ("KPI090", "KPI092", "docs/guide/recorded-contents.md"),
    ("KPI093", "KPI093", "docs/guide/personal-data.md"),
    ("KPI100", "KPI105", "docs/guide/kpi-language.md"),
    ("KPI110", "KPI114", "docs/guide/versions.md"),
    ("KPI120", "KPI127", "docs/guide/kpi-language.md"),
    ("KPI130", "KPI131", "docs/guide/incremental.md"),
    ("KPI140", "KPI145", "docs/guide/agreements.md"),
    ("KPI150", "KPI155", "docs/guide/approvals.md"),
    ("KPI160", "KPI161", "docs/guide/personal-data.md"),
    ("KPI162", "KPI165", "docs/guide/approvals.md"),
    ("KPI170", "KPI174", "docs/guide/sources.md"),
    ("KPI178", "KPI181", "docs/guide/registration-rules.md"),
    ("KPI185", "KPI188", "docs/guide/spot-checks.md"),
    ("KPI192", "KPI192", "docs/guide/agreements.md"),
    ("KPI193", "KPI193", "docs/guide/approvals.md"),
    ("KPI194", "KPI194", "docs/guide/registration-rules.md"),
)


def explained(asked: str) -> str:
    """The explanation of a code, for a terminal; WrongUse with the nearest where there is no such code."""
    code = asked.upper()
    if code not in CODES:
        near = nearest(asked, [known.lower() for known in CODES])
        hint = f"did you mean {near.upper()}?" if near else f"{FINDINGS_PAGE} lists them"
        raise WrongUse(f"there is no code {asked!r}", hint)
    lesson = LESSONS.get(code)
    if lesson is None:
        guides = [page for first, last, page in GUIDES if first <= code <= last]
        return "\n".join([f"{code}: it holds when {CODES[code]}", *_places(FINDINGS_PAGE, code, guides)])
    parts = [_wrapped(text) for text in (f"{code}: {lesson.rule}", *_parts(lesson))]
    return "\n\n".join([*parts, *_places(RULES_PAGE, code, [])])


def _parts(lesson: Lesson) -> list[str]:
    limits = [
        f"Limit: `{name}` below `thresholds:` of metrics/organisation.yml; without it {value:f}"
        for name, value in lesson.limits
    ]
    return [f"For example: {lesson.example}", f"Why: {lesson.why}", f"Remedy: {lesson.remedy}", *limits]


def _places(page: str, code: str, guides: list[str]) -> list[str]:
    return [f"  see {place}" for place in (f"{page}#{code.lower()}", *guides)]


def _wrapped(text: str) -> str:
    return textwrap.fill(text, _WIDTH, break_on_hyphens=False, break_long_words=False)
