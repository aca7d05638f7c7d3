"""Objectives, check-ins and who works below whom, as the rows of schema `recorded`.

`kpi.fct_objective` and `kpi.fct_roll_up` are made from them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from kpiledger.ledger.entry import Entry
from kpiledger.ledger.store import Ledger
from kpiledger.objectives.check_ins import check_ins
from kpiledger.objectives.signing import unsigned
from kpiledger.project import Project
from kpiledger.specs.objective import KeyResult, Objective, ObjectiveFile
from kpiledger.warehouse import Table

_AMOUNT = "decimal(38,10)"
# Deeper than any organisation is.
_FAR = 1_000
KEY_RESULT = {
    "year": "integer",
    **dict.fromkeys(
        (
            "objective", "objective_label", "unit", "owner", "parent", "key_result", "says", "kpi", "slice", "member",
            "agreement",
        ),
        "varchar",
    ),
    "since_on": "date", "by_on": "date", "grain": "varchar", "start_value": _AMOUNT, "target_value": _AMOUNT,
    "has_pilot": "boolean", "widened_on": "date", "is_signed": "boolean", "unsigned": "varchar",
}  # fmt: skip
CHECK_IN = {
    "year": "integer", "key_result": "varchar", "checked_in_on": "date", "checked_in_by": "varchar",
    "confidence": "decimal(9,6)", "note": "varchar", "seq": "integer", "recorded_at": "timestamp",
}  # fmt: skip
HOLDER_ABOVE = {"holder": "varchar", "above": "varchar", "distance": "integer"}
ROLLS_UP = {"kpi": "varchar", "team_kpi": "varchar"}


def objective_tables(project: Project) -> list[Table]:
    """What the files say; check-ins are in the ledger, and their table is empty here."""
    return [
        Table("key_result", KEY_RESULT, list(_key_results(project))),
        Table("check_in", CHECK_IN, []),
        Table("holder_above", HOLDER_ABOVE, list(_holders_above(project))),
        Table("rolls_up", ROLLS_UP, [(name, kpi.rolls_up_to or name) for name, kpi in sorted(project.kpis.items())]),
    ]


def check_in_table(ledger: Ledger, entries: Sequence[Entry]) -> Table:
    """Every check-in, as the ledger has it."""
    return Table("check_in", CHECK_IN, [
        (
            one.said.year, one.said.key_result, one.said.on, one.said.by, one.said.confidence, one.said.note, one.seq,
            one.recorded_at.replace(tzinfo=None),
        )
        for one in check_ins(ledger, entries)
    ])  # fmt: skip


def _key_results(project: Project) -> Iterator[tuple[object, ...]]:
    for file in project.objectives:
        since = project.calendar.reckoning.first_of_year(file.year)
        for objective in file.objectives:
            for result in objective.key_results:
                yield _key_result(project, file, objective, result, since)


def _key_result(
    project: Project, file: ObjectiveFile, objective: Objective, result: KeyResult, since: date
) -> tuple[object, ...]:
    figure, missing = result.target, unsigned(project, file, objective)
    return (
        file.year, objective.id, objective.label_in(project.calendar.language), objective.unit, objective.owner,
        objective.parent, result.id, " ".join(result.says.split()), result.kpi, result.slice_name, result.member,
        result.agreement, since, figure and figure.by, figure and figure.grain, figure and figure.start,
        figure and figure.to, objective.pilot is not None, objective.pilot and objective.pilot.widened_on,
        not missing, ", ".join(missing) or None,
    )  # fmt: skip


def _holders_above(project: Project) -> Iterator[tuple[str, str, int]]:
    """For each holder of an agreement the units above it, the nearest first; a role is in its unit, a person in those
    of the roles held.
    """
    organisation = project.organisation
    for holder in sorted({file.holder for file in project.agreements}):
        if holder in organisation.units:
            begins = [organisation.units[holder].parent]
        elif holder in organisation.roles:
            begins = [organisation.roles[holder].unit]
        else:
            begins = [role.unit for name, role in organisation.roles.items() if holder in organisation.holding(name)]
        nearest: dict[str, int] = {}
        for unit in begins:
            distance = 1
            while unit is not None and unit in organisation.units and distance < nearest.get(unit, _FAR):
                nearest[unit] = distance
                unit, distance = organisation.units[unit].parent, distance + 1
        yield from ((holder, above, distance) for above, distance in nearest.items())
