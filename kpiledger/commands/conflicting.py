"""The command conflicts: which KPIs work against each other, and what both sides could share."""

from __future__ import annotations

import click

from kpiledger.commands.auditing import FORMS
from kpiledger.commands.world import World, in_project
from kpiledger.conflicts.table import conflicts_in
from kpiledger.conflicts.telling import csv_of, json_of, text_of
from kpiledger.errors import WrongUse


@click.command()
@click.option("--kpi", "name", help="Only those that concern this KPI.")
@click.option("--department", help="Only those that concern this department.")
@FORMS
@in_project
def conflicts(world: World, name: str | None, department: str | None, output: str) -> None:
    """KPIs that work against each other: declared, in formulas, targets and weights, and as seen in figures."""
    project = world.project()
    if name is not None and name not in project.kpis:
        raise WrongUse(f"there is no KPI `{name}`", f"the KPIs are {', '.join(sorted(project.kpis))}")
    departments = project.organisation.departments
    if department is not None and department not in departments:
        raise WrongUse(f"there is no department `{department}`", f"the departments are {', '.join(departments)}")
    found = conflicts_in(project, world.settings.warehouse).only(name, department)
    click.echo({"text": text_of, "json": json_of, "csv": csv_of}[output](found))
