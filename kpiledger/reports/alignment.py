"""How is the line from vision to numbers told: as text, JSON and CSV?"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from decimal import Decimal

from kpiledger.objectives.alignment import AlignedKpi, AlignedObjective, AlignedResult, Alignment
from kpiledger.objectives.loose_ends import LooseKind
from kpiledger.objectives.standing import RollUp, Standing
from kpiledger.reports.known import as_json, figure, in_one_line

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


_COMPARED = {"at_least": "at least ", "at_most": "at most ", "between": "between ", "exactly": "exactly "}


def render_text(found: Alignment) -> str:
    """The line for people."""
    lines = [f"{found.year}, as of {found.as_of_on}", f"vision   {found.vision}", f"mission  {found.mission}"]
    lines.append(f"values   {'; '.join(found.values)}")
    for one in found.objectives:
        lines += ["", *_objective(one)]
    lines += ["", "loose ends" if found.loose_ends else "no loose ends"]
    lines += [f"  {end.kind:<24}  {end.name}: {end.told}" for end in found.loose_ends]
    if found.roll_ups:
        lines += ["", "what is below, held against what is above"]
        lines += [f"  {roll_up_told(one)}" for one in found.roll_ups]
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


def _objective(one: AlignedObjective) -> Iterator[str]:
    above = f", below {one.parent}" if one.parent else ""
    yield f"{one.objective}  {one.label}"
    yield f"  of {one.unit}, owned by {one.owner}{above}"
    yield f"  {one.purpose}"
    if one.is_pilot:
        yield f"  a trial in {', '.join(one.areas)}: shown, and binding nobody"
    yield f"  signed by {', '.join(one.signed) or 'nobody'}" + _missing(one.unsigned)
    for result in one.results:
        yield from _result(result)
    for kpi in one.kpis:
        yield f"  {kpi.kpi} {kpi.how}, {_held(kpi)}"


def _missing(roles: Iterable[str]) -> str:
    told = ", ".join(roles)
    return f", not by {told}" if told else ""


def _result(one: AlignedResult) -> Iterator[str]:
    part = "" if one.part == "all" else f" of {one.part}"
    by = f"promised by {one.holder} in {one.agreement}" if one.agreement else "by its own figure"
    yield f"  {one.key_result}: {one.says}"
    yield f"    {one.kpi}{part}, {by}: {standing_told(one.standing)}"
    yield f"    {said_told(one.standing)}"


def standing_told(one: Standing) -> str:
    """How a key result stands, in words."""
    if one.status is None:
        return "no run has computed it yet"
    if one.period_start is None:
        return one.status
    progress = "" if one.progress is None else f", {_percent(one.progress)} of the way"
    met = f", met in {one.met_count} of {one.judged_count}" if one.judged_count > 1 else ""
    return f"{one.status} with {_figure(one.actual)} against {_wanted(one)}{met}{progress}"


def said_told(one: Standing) -> str:
    """What was said of a key result last, in words."""
    if one.confidence is None:
        return "nobody checked in"
    note = f": {in_one_line(one.note)}" if one.note else ""
    return f"{_percent(one.confidence)} sure, said {one.checked_in_by} on {one.checked_in_on}{note}"


def roll_up_told(one: RollUp) -> str:
    """Whether the targets below one add up to it, in words."""
    below = f"{one.below_count} {'target' if one.below_count == 1 else 'targets'} below"
    head = f"{one.kpi} of {one.holder}" + ("" if one.slice == "all" else f" ({one.member})")
    if one.target_below is None:
        return f"{head}, {below}: {one.adding}"
    told = f"{_figure(one.target_below)} against {_figure(one.target_value)}"
    figures = "" if one.actual_below is None else f"; figures {_figure(one.actual_below)} of {_figure(one.actual)}"
    return f"{head} from {one.period_start}, {below}: {one.adding}, {told}{figures}"


def _wanted(one: Standing) -> str:
    words = _COMPARED.get(one.comparison or "", "")
    upper = f" and {_figure(one.upper_value)}" if one.upper_value is not None else ""
    return f"{words}{_figure(one.target_value)}{upper}"


def _figure(value: Decimal | None) -> str:
    return figure(None if value is None else round(value, 4))


def _held(kpi: AlignedKpi) -> str:
    held = dict.fromkeys(one.holder if one.part == "all" else f"{one.holder} ({one.part})" for one in kpi.held)
    return f"held by {', '.join(held)}" if held else "held by nobody"


def _percent(share: Decimal) -> str:
    return f"{share:.0%}"


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
