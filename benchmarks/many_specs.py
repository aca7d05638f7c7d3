"""A generated project folder of any number of KPI files over some facts, with the contracts of their marts."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

STAGES = ("attract", "order", "fulfil", "deliver", "support", "retain")
SLICES = ("region", "category", "channel")
_AMOUNTS = 6
_CALENDAR = "starts_on: 2014-01-01\nas_of: 2017-12-31\nzone: Europe/Copenhagen\n"
_ORGANISATION = """departments:
  sales:
    label: {en: Sales}
units:
  company:
    label: {en: Company}
    kind: company
    lead: director
roles:
  director:
    label: {en: Director}
    unit: company
governance: {from: 9900-01-01, reason: Made up; nobody is steered by it}
"""


def write_project(root: Path, kpis: int, facts: int = 50, seed: int = 1) -> None:
    """Write specs and contracts below a folder; the same numbers and seed give the same files."""
    files = {
        **people_and_stages(),
        "metrics/calendar.yml": _CALENDAR,
        **facts_and_kpis(kpis, facts, seed),
    }
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")


def facts_and_kpis(kpis: int, facts: int, seed: int, owner: str = "director") -> dict[str, str]:
    """The fact and KPI files, and the contracts of the marts, by their paths."""
    chance = random.Random(seed)
    contracts = "version: 2\nmodels:\n" + "".join(_contract(number) for number in range(facts))
    files = {"models/marts/_generated.yml": contracts}
    files |= {f"metrics/facts/{_fact(number)}.yml": _fact_file(number) for number in range(facts)}
    for number in range(kpis):
        stage = STAGES[number % len(STAGES)]
        text = _kpi_file(chance, number, stage, number % facts)
        files[kpi_path(number).as_posix()] = text.replace("director", owner)
    return files


def mart_models(facts: int, rows: int) -> dict[str, str]:
    """SQL that makes up the rows of the marts over four years, by the paths of the models."""
    text = "select row_id, cast(date '2014-01-01' + cast(row_id % 1461 as integer) as date) as happened_on, "
    text += "cast(date '2014-01-09' + cast(row_id % 1461 as integer) as date) as paid_on, "
    text += "'Customer ' || cast(row_id % 5000 as varchar) as customer, "
    members = zip(SLICES, (12, 8, 4), strict=True)
    text += "".join(f"'{n.title()} ' || cast(row_id * 7 // 3 % {count} as varchar) as {n}, " for n, count in members)
    text += ", ".join(
        f"cast(row_id * {number + 3} % 1000 as decimal(18, 2)) as amount_{number}" for number in range(_AMOUNTS)
    )
    sql = f"{text}\nfrom range({rows}) as numbers(row_id)\n"
    return {f"models/marts/fct_{_fact(number)}.sql": sql for number in range(facts)}


def people_and_stages() -> dict[str, str]:
    """The files of a project that its KPIs only name: settings, organisation and customer chain."""
    stages = "".join(f"  - stage: {name}\n    label: {{en: {name}}}\n    question: What next?\n" for name in STAGES)
    return {
        "kpiledger.yml": "build: build\n",
        "metrics/chain.yml": f"stages:\n{stages}",
        "metrics/organisation.yml": _ORGANISATION,
    }


def kpi_path(number: int) -> Path:
    """Where a KPI's file lies."""
    return Path("metrics/kpis", STAGES[number % len(STAGES)], f"{_kpi(number)}.yml")


def _fact(number: int) -> str:
    return f"fact_{number:03d}"


def _kpi(number: int) -> str:
    return f"figure_{number:05d}"


def _columns() -> Iterator[tuple[str, str]]:
    yield from (("row_id", "bigint"), ("happened_on", "date"), ("paid_on", "date"), ("customer", "varchar"))
    yield from ((name, "varchar") for name in SLICES)
    yield from ((f"amount_{number}", "decimal(18, 2)") for number in range(_AMOUNTS))


def _contract(number: int) -> str:
    columns = "".join(f"      - name: {name}\n        data_type: {kind}\n" for name, kind in _columns())
    return f"  - name: fct_{_fact(number)}\n    columns:\n{columns}"


def _fact_file(number: int) -> str:
    name = _fact(number)
    sums = "".join(
        f"  {name}_amount_{one}:\n    agg: sum\n    expr: amount_{one}\n    description: Amount {one}.\n"
        for one in range(_AMOUNTS)
    )
    return f"""fact: {name}
model: fct_{name}
description: What happened in process {number}. One row per event.
key: [row_id]
time: happened_on
times: [paid_on]
source: [erp]
dimensions:
  region: {{column: region, members: 12}}
  category: {{column: category, members: 8}}
  channel: {{column: channel, members: 4}}
measures:
{sums}  {name}_rows:
    agg: count
    description: The number of events.
  {name}_customers:
    agg: count_distinct
    expr: customer
    description: The number of customers.
"""


def _kpi_file(chance: random.Random, number: int, stage: str, fact: int) -> str:
    name, counter = _kpi(number), _kpi(max(0, number - 1) if number else 1)
    slices = ", ".join(sorted(chance.sample(SLICES, 2)))
    spans = "period" if number % 6 == 4 else "period, year_to_date, rolling_12"  # cumulative KPIs cover their own days
    return f"""kpi: {name}
label: {{en: Figure {number}, da: Tal {number}}}
description: What figure {number} says about process {fact}, by the day it happened.
owner: director
department: sales
chain_stage: {stage}
timing: lagging
effect: outcome
aspect: quality
level: team
direction: increase
unit: ratio
cadence: month
grains: [month, quarter, year]
spans: [{spans}]
slices: [{slices}]
counter_kpis: [{counter}]
versions:
{_versions(chance, number, _fact(fact))}"""


def _versions(chance: random.Random, number: int, fact: str) -> str:
    """One version, and of every tenth KPI a second one."""
    first = _version(1, "2014-01-01", "2015-12-31" if number % 10 == 0 else "", _formula(chance, number, fact))
    return first + (_version(2, "2016-01-01", "", _formula(chance, number, fact)) if number % 10 == 0 else "")


def _version(number: int, start: str, end: str, formula: str) -> str:
    until = f"    valid_to: {end}\n" if end else ""
    change = "    change: {reason: as agreed, requested_by: director}\n"
    return f"  - version: {number}\n    valid_from: {start}\n{until}{change}    formula: {formula}\n"


def _formula(chance: random.Random, number: int, fact: str) -> str:
    measure, other = (f"{fact}_amount_{one}" for one in chance.sample(range(_AMOUNTS), 2))
    where = chance.choice((
        f"region = 'Region {chance.randrange(12)}'",
        f"category in ('Category {chance.randrange(8)}', 'Category {chance.randrange(8)}')",
        f"channel = 'Channel {chance.randrange(4)}' and amount_0 >= {chance.randrange(1000)}",
    ))  # fmt: skip
    derived = f'inputs: {{part: {{measure: {measure}, where: "{where}"}}, whole: {{measure: {other}}}}}'
    return (
        f"{{type: simple, measure: {measure}, where: \"{where}\"}}",
        f"{{type: ratio, numerator: {measure}, denominator: {other}}}",
        f"{{type: ratio, numerator: {{measure: {measure}, where: \"{where}\"}}, denominator: {measure}}}",
        f"{{type: derived, expr: part / whole, {derived}}}",
        f"{{type: cumulative, measure: {measure}, window: 3 months, where: \"{where}\"}}",
        f"{{type: simple, measure: {fact}_{'customers' if number % 12 == 5 else 'rows'}, where: \"{where}\"}}",
    )[number % 6]  # fmt: skip
