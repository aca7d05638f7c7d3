"""Commands on what is written: check, compile, show, reference."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from importlib import import_module

import click

from kpiledger import compile_cache, compiled_files
from kpiledger.checking import check_against_published, check_folder
from kpiledger.commands.world import OUTPUT, World, color, in_project
from kpiledger.compiling import compile_project, explained, standalone_query
from kpiledger.errors import BrokenWorld, RunStopped, WrongUse
from kpiledger.finding import Finding, has_errors, in_order
from kpiledger.nearest import suggestion
from kpiledger.project import Project
from kpiledger.recorded_waivers import with_recorded
from kpiledger.recording.rewriting import past_rewritten_since
from kpiledger.reports.explaining import explained as explained_code
from kpiledger.reports.findings import findings_json, findings_text


@click.command()
@click.option("--explain", metavar="CODE", help="Say what a code stands for, why, and what to do; check nothing.")
@OUTPUT
@in_project
def check(world: World, output: str, explain: str | None) -> None:
    """Show every problem in the specs, with file, line and hint."""
    if explain is not None:
        click.echo(explained_code(explain))
        return
    project, findings = check_folder(world.root, asked_on=datetime.now(UTC).date())
    if project is not None:
        findings = _with_ledger(world, project, findings)
        findings = in_order([*findings, *check_against_published(project, world.settings.warehouse)])
    click.echo(findings_json(findings) if output == "json" else findings_text(findings, color=color()))
    sys.exit(1 if has_errors(findings) else 0)


def _with_ledger(world: World, project: Project, findings: list[Finding]) -> list[Finding]:
    """What the ledger knows too; where it cannot be read that is said, and `kpi run` stops."""
    try:
        return [*with_recorded(project, world.ledger, findings), *past_rewritten_since(project, world.ledger)]
    except BrokenWorld as problem:
        click.echo(f"earlier waivers and policies were not looked at: {problem.message}", err=True)
        return findings


@click.command(name="compile")
@click.option("--check", "only_check", is_flag=True, help="Write nothing; exit with 1 if models/kpis/ is stale.")
@click.option("--explain", is_flag=True, help="Write nothing; say in which form each fact is computed, and why.")
@in_project
def compile_command(world: World, only_check: bool, explain: bool) -> None:
    """Write the dbt models of models/kpis/ from the specs."""
    if explain:
        for line in explained(world.project(), world.settings.dialect):
            click.echo(line)
        return
    digest = compile_cache.read_digest(world.settings)
    unchanged = compile_cache.current_files(world.settings, digest)
    if unchanged is not None:
        click.echo(f"{unchanged} files, all current")
        return
    files = compile_project(world.project(), world.settings.dialect)
    difference = compiled_files.compare(world.root, files) if only_check else compiled_files.write(world.root, files)
    for word, names in (
        ("missing", difference.missing),
        ("changed", difference.changed),
        ("removed", difference.orphaned),
    ):
        for name in names:
            click.echo(f"{word if only_check or word != 'missing' else 'new'}  {compiled_files.FOLDER / name}")
    if only_check and difference:
        raise RunStopped("models/kpis/ is not what metrics/ says", "run `kpi compile` and commit the result")
    if not only_check:
        compile_cache.remember(world.settings, digest, files)
    click.echo(f"{len(files)} files, {'all current' if not difference else 'now current'}")


@click.command()
@click.argument("name", metavar="KPI")
@click.option("--sql", is_flag=True, help="Print the calculation as one stand-alone query on the warehouse.")
@click.option("--version", "number", type=int, help="With --sql: a version of the definition.")
@in_project
def show(world: World, name: str, sql: bool, number: int | None) -> None:
    """Print a KPI's definition, or its calculation as a query."""
    project = world.project()
    found = project.kpis.get(name)
    if found is None:
        raise WrongUse(f"there is no KPI {name!r}", suggestion(name, project.kpis, "KPIs"))
    if number is not None and not sql:
        raise WrongUse("--version belongs to --sql", "the definition that is printed holds every version")
    if not sql:
        click.echo((world.root / found.path).read_text(encoding="utf-8").rstrip())
        return
    versions = {version.version: version for version in found.versions}
    chosen = versions.get(max(versions) if number is None else number)
    if chosen is None:
        raise WrongUse(f"{name} has no version {number}", f"its versions are {', '.join(map(str, versions))}")
    click.echo(standalone_query(project, found, chosen, world.settings.dialect), nl=False)


@click.command()
@click.option("--check", "only_check", is_flag=True, help="Write nothing; exit with 1 if a page or schema is stale.")
@in_project
def reference(world: World, only_check: bool) -> None:
    """Write docs/reference/ for readers and schemas/ for editors, from the code."""
    made = import_module("kpiledger.reference.files")  # knows the tables of the checks, and what they load
    files = made.reference_files(world.root, click.get_current_context().find_root().command)
    behind = made.stale(world.root, files) if only_check else made.write(world.root, files)
    for name in behind:
        click.echo(f"{'stale' if only_check else 'written'}  {name}")
    if only_check and behind:
        raise RunStopped("docs/reference/ or schemas/ is not what the code says", "run `kpi reference` and commit it")
    click.echo(f"{len(files)} files, {'now' if behind else 'all'} current")
