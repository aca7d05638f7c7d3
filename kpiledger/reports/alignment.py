"""How is the line from vision to numbers told: as text, JSON and CSV?"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator

from kpiledger.objectives.alignment import AlignedKpi, AlignedObjective, AlignedResult, Alignment
from kpiledger.objectives.loose_ends import LooseKind
from kpiledger.objectives.standing import RollUp, Standing
from kpiledger.pages.dates import machine_period
from kpiledger.pages.formatting import MINUS, figure, percentage, rounded, style_of
from kpiledger.pages.key_results import result_line
from kpiledger.project import Project
from kpiledger.reports.known import as_json, in_one_line
from kpiledger.vocabulary import Grain

COLUMNS = (
    "year", "kind", "objective", "key_result", "kpi", "agreement", "holder", "part", "status", "progress",
    "confidence", "checked_in_on", "told",
)  # fmt: skip


# In which column the name of a loose end stands.
_LOOSE_AT = {
    LooseKind.OBJECTIVE_WITHOUT_KPI: "objective",
    LooseKind.UNSIGNED: "objective",
    LooseKind.RESULT_WITHOUT_TARGET: "key_result",
    LooseKind.NO_CHECK_IN: "key_result",
    LooseKind.KPI_WITHOUT_OBJECTIVE: "kpi",
    LooseKind.HOLDER_WITHOUT_OBJECTIVE: "holder",
}


def render_text(found: Alignment, project: Project) -> str:
    """The line for people; figures in the units of their KPIs, as pages write them."""
    lines = [f"{found.year}, as of {found.as_of_on}", f"vision   {found.vision}", f"mission  {found.mission}"]
    lines.append(f"values   {'; '.join(found.values)}")
    for one in found.objectives:
        lines += ["", *_objective(project, one)]
    lines += ["", "loose ends" if found.loose_ends else "no loose ends"]
    lines += [f"  {end.kind:<24}  {end.name}: {end.told}" for end in found.loose_ends]
    if found.roll_ups:
        lines += ["", "what is below, held against what is above"]
        lines += [f"  {roll_up_told(project, one)}" for one in found.roll_ups]
    return "\n".join(lines)


def render_json(found: Alignment) -> str:
    """The line for programs."""
    return json.dumps(as_json(found), ensure_ascii=False, indent=2)


def render_csv(found: Alignment) -> str:
    """One row for each objective, key result, target and loose end."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows({"year": found.year, **row} for row in _rows(found))
    return text.getvalue()


def _objective(project: Project, one: AlignedObjective) -> Iterator[str]:
    above = f", below {one.parent}" if one.parent else ""
    yield f"{one.objective}  {one.label}"
    yield f"  of {one.unit}, owned by {one.owner}{above}"
    yield f"  {one.purpose}"
    if one.is_pilot:
        yield f"  a trial in {', '.join(one.areas)}: shown, and binding nobody"
    yield f"  signed by {', '.join(one.signed) or 'nobody'}" + _missing(one.unsigned)
    for result in one.results:
        yield from _result(project, result)
    for kpi in one.kpis:
        yield f"  {kpi.kpi} {kpi.how}, {_held(kpi)}"


def _missing(roles: Iterable[str]) -> str:
    told = ", ".join(roles)
    return f", not by {told}" if told else ""


def _result(project: Project, one: AlignedResult) -> Iterator[str]:
    part = "" if one.part == "all" else f" of {one.part}"
    by = f"promised by {one.holder} in {one.agreement}" if one.agreement else "by its own figure"
    yield f"  {one.key_result}: {one.says}"
    yield f"    {one.kpi}{part}, {by}: {standing_told(project, one)}"
    yield f"    {said_told(one.standing)}"


def standing_told(project: Project, one: AlignedResult) -> str:
    """How a key result stands, in words: in its last finished period, in the periods before, and on its way so far."""
    standing = one.standing
    if standing.status is None:
        return "no run has computed it yet"
    if standing.period_start is None or standing.grain is None:
        return standing.status
    line = result_line(project, one)
    period = machine_period(standing.period_start, Grain(standing.grain), project.calendar.reckoning)
    of = "of the target so far" if one.agreement else "of the way"
    parts = [
        f"{standing.status} in {period} with {line.actual.full} against {line.wanted}",
        *([line.met] if line.met else []),
        *([f"{line.progress.full} {of}"] if standing.progress is not None else []),
    ]
    return _plain("; ".join(parts))


def said_told(one: Standing) -> str:
    """What was said of a key result last, in words."""
    if one.confidence is None:
        return "nobody checked in"
    note = f": {in_one_line(one.note)}" if one.note else ""
    return f"{_plain(percentage(one.confidence).full)} sure, said {one.checked_in_by} on {one.checked_in_on}{note}"


def roll_up_told(project: Project, one: RollUp) -> str:
    """Whether the targets below one add up to it, in words."""
    below = f"{one.below_count} {'target' if one.below_count == 1 else 'targets'} below"
    head = f"{one.kpi} of {one.holder}" + ("" if one.slice == "all" else f" ({one.member})")
    if one.target_below is None:
        return f"{head}, {below}: {one.adding}"
    style = rounded(style_of(project.kpis[one.kpi]), one.target_value)
    told = f"{figure(one.target_below, style).full} against {figure(one.target_value, style).full}"
    sums = f"{figure(one.actual_below, style).full} of {figure(one.actual, style).full}"
    figures = "" if one.actual_below is None else f"; figures {sums}"
    return _plain(f"{head} from {one.period_start}, {below}: {one.adding}, {told}{figures}")


def _plain(text: str) -> str:
    """A text of a page for a terminal, where a line may break anywhere and a hyphen is a minus."""
    return text.replace("\u00a0", " ").replace(MINUS, "-")


def _held(kpi: AlignedKpi) -> str:
    held = dict.fromkeys(one.holder if one.part == "all" else f"{one.holder} ({one.part})" for one in kpi.held)
    return f"held by {', '.join(held)}" if held else "held by nobody"


def _rows(found: Alignment) -> Iterator[dict[str, object]]:
    for one in found.objectives:
        told = f"{one.label}: {one.purpose}"
        yield {"kind": "objective", "objective": one.objective, "holder": one.unit, "told": told}
        for result in one.results:
            standing = result.standing
            yield {
                "kind": "key_result", "objective": one.objective, "key_result": result.key_result,
                "kpi": result.kpi, "agreement": result.agreement, "holder": result.holder, "part": result.part,
                "status": standing.status, "progress": standing.progress, "confidence": standing.confidence,
                "checked_in_on": standing.checked_in_on, "told": result.says,
            }  # fmt: skip
        for kpi in one.kpis:
            yield {"kind": kpi.how, "objective": one.objective, "kpi": kpi.kpi, "told": _held(kpi)}
            for held in kpi.held:
                yield {
                    "kind": "target", "objective": one.objective, "kpi": kpi.kpi, "agreement": held.agreement,
                    "holder": held.holder, "part": held.part,
                }  # fmt: skip
    for end in found.loose_ends:
        yield {"kind": end.kind.value, _LOOSE_AT[end.kind]: end.name, "told": end.told}
