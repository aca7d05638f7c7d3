"""A made company whose agreements lie in git: which commits were made, and what was recorded from each.

A file for each holder and year, agreed before its year and amended over time, several files a commit; one event
in twenty is signed in a commit of its own. The same number gives the same story.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from kpiledger.ledger.definitions import definition_content
from kpiledger.ledger.schema import EntryKind
from kpiledger.loading.events import read_tree
from kpiledger.loading.shape import shaped
from kpiledger.project import Project
from kpiledger.specs.base import SpecFile
from kpiledger.specs.calendar import Calendar
from kpiledger.specs.chain import Chain
from kpiledger.specs.fact import Fact
from kpiledger.specs.kpi import Kpi
from kpiledger.specs.organisation import Organisation

YEARS = range(2005, 2025)
_FIRST = datetime(2004, 10, 1, 8, tzinfo=UTC)
_PER_HOLDER_AND_YEAR = 2.4  # entries, approvals among them
_DEPARTMENTS = 40
_FILES_A_COMMIT = (1, 1, 1, 2, 2, 3, 4)
_REASONS = ("scope_change", "external_shock", "resource_change", "mid_year_review", "rebaseline", "correction")
_FACT = """fact: order_line
model: fct_order_line
description: The lines of orders. One row per order line.
key: [order_line_id]
time: ordered_on
source: [erp]
dimensions:
  region: region
measures:
  amount:
    agg: sum
    expr: sales_amount
"""

_Spec = TypeVar("_Spec", bound=SpecFile)

Recorded = tuple[EntryKind, str, dict[str, Any]]


@dataclass(frozen=True)
class Commit:
    """When, the files it writes by path, and the entries that the nightly run records from it."""

    at: datetime
    files: dict[str, str]
    recorded: tuple[Recorded, ...]


@dataclass
class _Agreement:
    """The file of a holder and year so far."""

    holder: str
    department: str
    year: int
    text: str
    events: int = 0

    @property
    def name(self) -> str:
        return f"{self.holder}_{self.year}"

    @property
    def path(self) -> str:
        return f"metrics/agreements/{self.year}/{self.department}/{self.holder}.yml"


def story(entries: int) -> Iterator[Commit]:
    """The commits of the company, until so many entries are recorded from them or a few more."""
    kpis, count = max(5, min(500, entries // 200)), 0
    for commit in _commits(entries, kpis):
        yield commit
        count += len(commit.recorded)
        if count >= entries:
            return


def _commits(entries: int, kpis: int) -> Iterator[Commit]:
    yield _definitions(kpis)
    chance = random.Random(1)
    holders = max(2, round(entries / _PER_HOLDER_AND_YEAR / len(YEARS)))
    open_files: dict[tuple[int, int], _Agreement] = {}
    for year in range(YEARS[0], YEARS[-1] + 5):
        events = sorted(_events(year, holders))
        begun = 0
        while begun < len(events):
            taken = events[begun : begun + chance.choice(_FILES_A_COMMIT)]
            begun += len(taken)
            touched = {}
            recorded = [_event(open_files, touched, at, year, holder, kpis) for at, holder in taken]
            yield Commit(taken[-1][0], {one.path: one.text for one in touched.values()}, tuple(recorded))
            signed = [one for one in recorded if chance.random() < 0.05]
            if signed:
                yield _approvals(taken[-1][0] + timedelta(minutes=5), signed)


def _events(year: int, holders: int) -> Iterator[tuple[datetime, int]]:
    """When each holder agreed on its year, and amended it."""
    for holder in range(holders):
        chance = random.Random(f"{year}/{holder}")
        at = datetime(year - 1, 12, 1, tzinfo=UTC) + timedelta(minutes=chance.randrange(40_000))
        yield at, holder
        for _ in range(chance.choice((0, 0, 1, 1, 1, 2, 3))):
            at += timedelta(days=30, minutes=chance.randrange(60 * 24 * 60))
            yield at, holder


def _event(
    open_files: dict[tuple[int, int], _Agreement],
    touched: dict[str, _Agreement],
    at: datetime,
    year: int,
    holder: int,
    kpis: int,
) -> Recorded:
    name = f"team_{holder:05d}"
    file = open_files.setdefault(
        (year, holder), _Agreement(name, f"department_{holder % _DEPARTMENTS:02d}", year, f"holder: {name}\nevents:\n")
    )
    chance = random.Random(f"{file.name}/{file.events}")
    content = _content(file, at, chance, kpis)
    kind = EntryKind.AGREEMENT_AMENDED if file.events else EntryKind.AGREEMENT_AGREED
    file.text += _event_text(kind.value.partition(".")[2], content)
    file.events += 1
    touched[file.path] = file
    return kind, f"{file.name}/{file.events}", content


def _content(file: _Agreement, at: datetime, chance: random.Random, kpis: int) -> dict[str, Any]:
    """An event as the ledger records it."""
    promised = random.Random(f"{file.holder}/{file.year // 4}").sample(range(kpis), min(kpis, 4))
    first = f"{file.year}-01-01" if not file.events else f"{file.year}-{min(12, max(2, at.month)):02d}-01"
    why = chance.choice(_REASONS) if file.events else "annual_agreement"
    return {
        "agreement": file.name,
        "decided_on": (at - timedelta(days=chance.randrange(1, 9))).date().isoformat(),
        "valid_from": first,
        "valid_to": None if file.events else f"{file.year}-12-31",
        "reason": {"kind": why, "text": f"As discussed on {at:%d %B}, {why.replace('_', ' ')}", "evidence": None},
        "proposed_by": "head_of_sales",
        "approved_by": f"director_{chance.randrange(20):02d}",
        "targets": [_target(number, chance, file.year) for number in promised[: 2 if file.events else 4]],
        "holder": file.holder,
    }


def _target(number: int, chance: random.Random, year: int) -> dict[str, Any]:
    has_seasons, level = number % 4 == 0, 1000 * (number + 1)
    months = {f"{year}-{month:02d}": str(level + chance.randrange(level)) for month in range(1, 13)}
    return {
        "kpi": f"figure_{number:04d}",
        "slice": {"region": f"Region {number % 7}"} if number % 4 == 1 else {},
        "weight": "0.2",
        "influence": None,
        "target": {
            "grain": "month",
            "comparison": "at_least" if number % 5 else "at_most",
            "value": None if has_seasons else str(level + chance.randrange(level)),
            "by_period": months if has_seasons else None,
        },
        "amber": {"share_of_target": "0.95", "absolute": None} if number % 2 else None,
        "stretch": None,
        "baseline": None,
    }


def _event_text(event: str, content: dict[str, Any]) -> str:
    """An event as a person writes it: what says nothing is left out."""
    lines = [f"  - event: {event}"]
    for key in ("agreement", "decided_on", "valid_from", "valid_to", "reason", "proposed_by", "approved_by"):
        if content[key] is not None:
            lines.append(f"    {key}: {_inline(content[key])}")
    lines.append("    targets:")
    for target in content["targets"]:
        said = {key: value for key, value in target.items() if value not in (None, {})}
        marks = ["      - ", *["        "] * len(said)]
        lines += [f"{mark}{key}: {_inline(value)}" for mark, (key, value) in zip(marks, said.items(), strict=False)]
    return "\n".join(lines) + "\n"


def _inline(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_inline(item)}" for key, item in value.items() if item is not None) + "}"
    is_plain = (str(value)[0].isalpha() and "," not in value) or value.count("-") == 2 or value.startswith("0.")
    return str(value) if is_plain else json.dumps(value)


def _approvals(at: datetime, events: list[Recorded]) -> Commit:
    files, recorded = {}, []
    for _, key, _ in events:
        signature = f"-----BEGIN SSH SIGNATURE-----\n{key.encode().hex()}\n-----END SSH SIGNATURE-----\n"
        files[f"metrics/approvals/{key}.director.sig"] = signature
        content = {
            "event": key,
            "event_seq": "1",
            "event_hash": "0" * 64,
            "content_hash": "0" * 64,
            "role": "cfo",
            "signer": {"commitment": "1" * 64},
            "fingerprint": "SHA256:abc",
            "signature": signature,
        }
        recorded.append((EntryKind.APPROVAL_RECORDED, f"{key}/1", content))
    return Commit(at, files, tuple(recorded))


def _definitions(kpis: int) -> Commit:
    files, recorded = {"metrics/facts/order_line.yml": _FACT}, []
    fact = _read("order_line.yml", _FACT, Fact)
    for number in range(kpis):
        name = f"figure_{number:04d}"
        files[f"metrics/kpis/order/{name}.yml"] = _kpi_text(name)
        kpi = _read(f"{name}.yml", _kpi_text(name), Kpi)
        content = definition_content(_project_of(fact), kpi, kpi.versions[0])
        recorded.append((EntryKind.DEFINITION_RECORDED, f"{name}/1", content))
    return Commit(_FIRST, files, tuple(recorded))


def _read(path: str, text: str, model: type[_Spec]) -> _Spec:
    spec, findings = shaped(read_tree(path, text.encode()), model)
    if spec is None:
        raise ValueError(f"{path}: {findings}")
    return spec


def _project_of(fact: Fact) -> Project:
    return Project(
        root=Path(),
        calendar=Calendar(starts_on=date(2000, 1, 1), zone="UTC"),
        organisation=Organisation(departments={}, units={}, roles={}),
        chain=Chain.model_construct(stages=()),
        facts={fact.fact: fact},
        kpis={},
        agreements=(),
        expectations={},
    )


def _kpi_text(name: str) -> str:
    return f"""kpi: {name}
label: {{en: {name}}}
description: What customers pay, by order date.
owner: finance_controller
department: finance
chain_stage: order
timing: lagging
effect: outcome
aspect: quantity
level: team
direction: increase
unit: currency
currency: USD
cadence: month
grains: [month, quarter, year]
spans: [period]
slices: [region]
versions:
  - version: 1
    valid_from: 2005-01-01
    change: {{reason: first definition, requested_by: finance_controller}}
    formula: {{type: simple, measure: amount}}
"""
