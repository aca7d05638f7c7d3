"""The page of conflicts: where KPIs work against each other along the customer chain and between departments."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from kpiledger.conflicts.conflict import Basis, Conflict, Conflicts
from kpiledger.conflicts.telling import figures_told
from kpiledger.pages.provenance import in_language, person_text
from kpiledger.project import Project

# The height of a stage's line and the width that an arc over one stage takes; arcs over more are wider.
LINE, STEP = 44, 30
_WORDS = {
    Basis.DECLARED: "Declared",
    Basis.STRUCTURE: "By their formulas",
    Basis.TARGETS: "By their targets",
    Basis.WEIGHTS: "By their weights",
    Basis.FIGURES: "Seen in figures",
}
_WHOLE = "Company"


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason to think that a pair works against each other."""

    basis: str
    says: str


@dataclass(frozen=True, slots=True)
class Pair:
    """Two KPIs with every reason, who is held to them, and what both sides share or could."""

    anchor: str
    title: str
    place: str
    reasons: tuple[Reason, ...]
    held: tuple[tuple[str, str], ...]
    together: str
    shared: str
    suggestion: str


@dataclass(frozen=True, slots=True)
class StageLine:
    """A stage of the chain on the map."""

    label: str
    y: int
    within: int


@dataclass(frozen=True, slots=True)
class Arc:
    """The pairs between two stages, as a curve at the right of their lines."""

    path: str
    width: int
    said: str


@dataclass(frozen=True, slots=True)
class ConflictMap:
    """The customer chain with an arc for each two stages that work against each other."""

    stages: tuple[StageLine, ...]
    arcs: tuple[Arc, ...]
    height: int
    width: int


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """A department with the number of pairs against each department up to itself; the first such pair's anchor."""

    label: str
    cells: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class ConflictsPage:
    """The page."""

    count: int
    apart_count: int
    chain: ConflictMap
    departments: tuple[str, ...]
    matrix: tuple[MatrixRow, ...]
    pairs: tuple[Pair, ...]
    notes: tuple[str, ...]


def conflicts_page(project: Project, found: Conflicts) -> ConflictsPage:
    """The view of every conflict that was found."""
    by_pair = [(pair, list(ones)) for pair, ones in groupby(found.found, key=lambda one: one.pair)]
    pairs = tuple(_pair(project, pair, ones) for pair, ones in by_pair)
    departments = _departments(project, found.found)
    return ConflictsPage(
        count=len(pairs),
        apart_count=sum(not any(one.held_together_by or one.shared_kpis for one in ones) for _, ones in by_pair),
        chain=_chain(project, [ones for _, ones in by_pair]),
        departments=tuple(departments.values()),
        matrix=_matrix(departments, [ones for _, ones in by_pair]),
        pairs=pairs,
        notes=tuple(figures_told(found)),
    )


def _pair(project: Project, pair: tuple[str, str], ones: Sequence[Conflict]) -> Pair:
    first = ones[0]
    kpis = tuple(dict.fromkeys((first.kpi, first.other_kpi)))
    named = {kpi: in_language(project, project.kpis[kpi].label) for kpi in kpis}
    concerned = dict.fromkeys((one.department, one.other_department) for one in ones)
    places = dict.fromkeys(_department(project, one) for both in concerned for one in both)
    is_one_number = first.kpi == first.other_kpi  # then the sentence names both holders
    held = () if is_one_number else ((named[first.kpi], first.holders), (named[first.other_kpi], first.other_holders))
    return Pair(
        anchor="-".join(pair),
        title=" and ".join(named.values()),
        place=", ".join(places),
        reasons=tuple(Reason(_WORDS[one.basis], _with_labels(project, one, named)) for one in ones),
        held=tuple((kpi, ", ".join(_holder(project, one) for one in holders)) for kpi, holders in held if holders),
        together=", ".join(_holder(project, one) for one in first.held_together_by),
        shared=", ".join(in_language(project, project.kpis[kpi].label) for kpi in first.shared_kpis),
        suggestion=next((_suggested(project, one) for one in ones if one.suggestion), ""),
    )


def _with_labels(project: Project, one: Conflict, named: Mapping[str, str]) -> str:
    """The sentence with KPIs, units and roles by what people call them."""
    holders = {_id(told) for told in (*one.holders, *one.other_holders)}
    labels = {**{holder: person_text(project, holder) for holder in holders}, **named}
    words = "|".join(sorted(map(re.escape, labels), key=len, reverse=True))
    # What stands in backticks is a measure, which may be called as a KPI is.
    told = re.sub(rf"(?<![`\w])({words})(?![`\w])", lambda found: labels[found[1]], one.says)
    return re.sub("`(.*?)`", "\u201c\\1\u201d", told)


def _suggested(project: Project, one: Conflict) -> str:
    names = {kpi for kpi in (one.kpi, one.other_kpi, one.suggested_kpi) if kpi}
    labels = {kpi: in_language(project, project.kpis[kpi].label) for kpi in names}
    words = "|".join(sorted(map(re.escape, labels), key=len, reverse=True))
    text = re.sub(rf"\b({words})\b", lambda found: labels[found[1]], one.suggestion or "")
    return text[:1].upper() + text[1:] + "."


def _holder(project: Project, told: str) -> str:
    """A holder by its label, with the weights after it."""
    holder = _id(told)
    return person_text(project, holder) + told.removeprefix(holder)


def _id(told: str) -> str:
    return told.partition(" ")[0]


def _department(project: Project, department: str | None) -> str:
    known = project.organisation.departments.get(department or "")
    return in_language(project, known.label) if known else _WHOLE


def _departments(project: Project, conflicts: Iterable[Conflict]) -> dict[str | None, str]:
    """Those that some conflict concerns, in the order of the organisation, the company last."""
    concerned = {one for conflict in conflicts for one in (conflict.department, conflict.other_department)}
    order = [*project.organisation.departments, None]
    return {department: _department(project, department) for department in order if department in concerned}


def _matrix(departments: Mapping[str | None, str], pairs: Sequence[Sequence[Conflict]]) -> tuple[MatrixRow, ...]:
    cells: dict[frozenset[str | None], list[str]] = {}
    for ones in pairs:
        between = {frozenset((one.department, one.other_department)): "-".join(one.pair) for one in ones}
        for both, anchor in between.items():
            cells.setdefault(both, []).append(anchor)
    names = list(departments)
    return tuple(
        MatrixRow(
            departments[one],
            tuple(
                (len(anchors), anchors[0] if anchors else "")
                for anchors in (cells.get(frozenset((one, other)), []) for other in names[: at + 1])
            ),
        )
        for at, one in enumerate(names)
    )


def _chain(project: Project, pairs: Sequence[Sequence[Conflict]]) -> ConflictMap:
    stages = {stage.stage: at for at, stage in enumerate(project.chain.stages)}
    labels = [in_language(project, stage.label) for stage in project.chain.stages]
    counts: dict[tuple[int, int], int] = {}
    for ones in pairs:
        at, other = sorted((stages[ones[0].chain_stage], stages[ones[0].other_chain_stage]))
        counts[at, other] = counts.get((at, other), 0) + 1
    return ConflictMap(
        stages=tuple(
            StageLine(label, LINE // 2 + LINE * at, counts.get((at, at), 0)) for at, label in enumerate(labels)
        ),
        arcs=tuple(_arc(labels, at, other, count) for (at, other), count in sorted(counts.items()) if at != other),
        height=LINE * len(labels),
        width=STEP * len(labels),
    )


def _arc(labels: Sequence[str], at: int, other: int, count: int) -> Arc:
    top, bottom = LINE // 2 + LINE * at, LINE // 2 + LINE * other
    reach = STEP * (other - at)
    said = f"{labels[at]} and {labels[other]}: {count} pair{'s' if count > 1 else ''}"
    return Arc(f"M0 {top}C{reach} {top} {reach} {bottom} 0 {bottom}", min(2 * count, 10), said)
