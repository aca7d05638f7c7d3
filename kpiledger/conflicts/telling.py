"""How the conflicts are told: as text for people, as JSON and CSV for machines."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import asdict, fields
from itertools import groupby

from kpiledger.conflicts.conflict import Basis, Conflict, Conflicts
from kpiledger.conflicts.movements import FALSE_DISCOVERY_RATE, MONTHS_NEEDED

_WHOLE = "the company"


def text_of(found: Conflicts) -> str:
    """Each pair of KPIs with what is known of it, then what the figures could say at all."""
    pairs = groupby(found.found, key=lambda one: one.pair)
    return "\n".join([*(line for pair, ones in pairs for line in _pair(pair, list(ones))), *figures_told(found)])


def json_of(found: Conflicts) -> str:
    """The same for a machine; the keys are the columns of fct_conflict."""
    told = {
        "conflicts": [asdict(one) for one in found.found],
        "pairs_tested": found.pairs_tested,
        "too_short": list(found.too_short),
        "false_discovery_rate": FALSE_DISCOVERY_RATE,
    }
    return json.dumps(told, indent=2, ensure_ascii=False)


def csv_of(found: Conflicts) -> str:
    """A line for each conflict."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    names = [field.name for field in fields(Conflict)]
    writer.writerow(names)
    for one in found.found:
        values = (getattr(one, name) for name in names)
        writer.writerow([", ".join(value) if isinstance(value, tuple) else value for value in values])
    return out.getvalue().rstrip("\n")


def figures_told(found: Conflicts) -> Iterator[str]:
    """How many pairs were compared over time, and which KPIs could not be."""
    if found.pairs_tested:
        named = sum(one.basis is Basis.FIGURES for one in found.found)
        yield (
            f"Over time: {found.pairs_tested} pairs compared, {named} moved against each other at a false-discovery "
            f"rate of {FALSE_DISCOVERY_RATE:.0%}; seen together is not shown to be a cause."
        )
    if found.too_short:
        yield f"Too little to compare (under {MONTHS_NEEDED} months, or hardly moving): {', '.join(found.too_short)}."
    if not found.found and not found.pairs_tested:
        yield "No conflict is declared or in the formulas, and there are no figures yet: `kpi run` makes them."


def _pair(pair: tuple[str, str], ones: list[Conflict]) -> Iterator[str]:
    yield " and ".join(dict.fromkeys(pair))
    first = ones[0]
    if first.is_between_departments:
        yield f"  between {first.department or _WHOLE} and {first.other_department or _WHOLE}"
    for one in ones:
        yield f"  {one.basis.value}: {one.says}"
    yield from dict.fromkeys(line for one in ones for line in _held(one))
    yield ""


def _held(one: Conflict) -> Iterator[str]:
    if one.held_together_by:
        yield f"  held together by {', '.join(one.held_together_by)}"
    elif one.shared_kpis:
        yield f"  both departments share {', '.join(one.shared_kpis)}"
    elif one.suggestion:
        yield f"  to share: {one.suggestion}"
