"""The command `kpi`: reads the words, calls one function, prints its answer, exits 0, 1 or 2.

0 fine; 1 findings or failed checks; 2 wrong use or a broken world. Answers go to stdout, progress and
problems to stderr. Nothing imported here may load dbt, Dagster, pandas or Great Expectations.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path

import click

from kpiledger import __version__, compile_cache, compiled_files
from kpiledger.checking import check_folder
from kpiledger.compiling import compile_project, explained, standalone_query
from kpiledger.errors import BrokenWorld, KpiledgerError, LedgerDamaged, RunStopped, WrongUse
from kpiledger.finding import has_errors
from kpiledger.interchange import told
from kpiledger.interchange.dbt import export_dbt, import_dbt
from kpiledger.interchange.given import OPTIONS
from kpiledger.ledger.store import Ledger
from kpiledger.periods import Period, Reckoning
from kpiledger.project import Project
from kpiledger.projection import projected_rows
from kpiledger.publishing import table_hashes
from kpiledger.reports import history as history_report
from kpiledger.reports import target as target_report
from kpiledger.reports import verify as verify_report
from kpiledger.reports.findings import findings_json, findings_text
from kpiledger.rerender import render_again
from kpiledger.settings import Settings, load_settings
from kpiledger.sources import FAULTS, build_demo_sources

# Specs live to the end of a command: looking for garbage among ten thousand of them takes a third of the loading.
_RARELY = (50_000, 20, 100)
OUTPUT = click.option("--output", type=click.Choice(["text", "json"]), default="text", help="How to print the answer.")


@dataclass(frozen=True)
class World:
    """Where the command runs: the project's settings."""

    settings: Settings

    @property
    def root(self) -> Path:
        """The project's root."""
        return self.settings.root

    @property
    def ledger(self) -> Ledger:
        """The project's ledger."""
        return Ledger(self.settings.ledger)

    def project(self) -> Project:
        """The checked project; RunStopped with its findings where it has errors."""
        project, findings = check_folder(self.root)
        if project is None or has_errors(findings):
            raise RunStopped(findings_text(findings, color=_color()), "mend what is found first")
        return project


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--project", "root", type=click.Path(file_okay=False, path_type=Path), default=".", help="The project's folder."
)
@click.version_option(__version__, prog_name="kpi")
@click.pass_context
def kpi(context: click.Context, root: Path) -> None:
    """KPIs as code: definitions, agreements and numbers that can later be proved."""
    context.obj = root


def in_project(function: Callable[..., None]) -> Callable[..., None]:
    """Give a command the settings of the project as its first argument."""

    @click.pass_context
    def command(context: click.Context, /, *words: object, **options: object) -> None:
        world = World(load_settings(context.obj.resolve(), os.environ))
        function(world, *words, **options)

    command.__doc__ = function.__doc__
    command.__name__ = function.__name__
    if hasattr(function, "__click_params__"):
        command.__click_params__ = function.__click_params__  # type: ignore[attr-defined]
    return command


@kpi.command()
@OUTPUT
@in_project
def check(world: World, output: str) -> None:
    """Show every problem in the specs, with file, line and hint."""
    _, findings = check_folder(world.root)
    click.echo(findings_json(findings) if output == "json" else findings_text(findings, color=_color()))
    sys.exit(1 if has_errors(findings) else 0)


@kpi.command(name="compile")
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


@kpi.command()
@click.argument("name", metavar="KPI")
@click.option("--sql", is_flag=True, help="Print the calculation as one stand-alone query on the warehouse.")
@click.option("--version", "number", type=int, help="With --sql: a version of the definition.")
@in_project
def show(world: World, name: str, sql: bool, number: int | None) -> None:
    """Print a KPI's definition, or its calculation as a query."""
    project = world.project()
    found = project.kpis.get(name)
    if found is None:
        raise WrongUse(f"there is no KPI {name!r}", f"the KPIs are {', '.join(sorted(project.kpis))}")
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


@kpi.command()
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="The day that the numbers are as of.")
@click.option("--full-refresh", is_flag=True, help="Compute everything anew, incremental facts as well.")
@in_project
def run(world: World, as_of: datetime | None, full_refresh: bool) -> None:
    """The main job, start to finish: record, build, check, publish."""
    world.settings.build.mkdir(parents=True, exist_ok=True)
    found = list(entry_points(group="kpiledger.run"))
    if not found:
        raise BrokenWorld("no orchestration is installed", "install the project with its `orchestration` package")
    execute: Callable[[Path, date | None, Callable[[str], None], bool], int] = found[0].load()
    day = as_of.date() if as_of else None
    sys.exit(execute(world.root, day, lambda line: click.echo(line, err=True), full_refresh))


@kpi.command()
@click.argument("name", metavar="KPI")
@click.option("--holder", required=True, help="The unit, role or person held to the target.")
@click.option("--period", required=True, help="As 2016-08, 2016-Q3 or 2016, and FY2016-Q3 in a fiscal year.")
@click.option("--known-at", help="A moment (UTC) as 2016-08-01 or 2016-08-01T12:00:00; what was known then.")
@OUTPUT
@in_project
def target(world: World, name: str, holder: str, period: str, known_at: str | None, output: str) -> None:
    """What was promised for a KPI, by which agreement, why, and when we knew."""
    project = world.project()
    asked = _period(period, project.calendar.reckoning)
    answer = target_report.target_answer(world.ledger, project, name, holder, asked, _moment(known_at))
    click.echo(target_report.render_json(answer) if output == "json" else target_report.render_text(answer))


@kpi.command()
@click.argument("name", metavar="KPI|AGREEMENT")
@OUTPUT
@in_project
def history(world: World, name: str, output: str) -> None:
    """Every version of an agreement, or of all agreements on a KPI."""
    found = history_report.history(world.ledger, name)
    click.echo(history_report.render_json(found) if output == "json" else history_report.render_text(found))


@kpi.command()
@OUTPUT
@in_project
def verify(world: World, output: str) -> None:
    """Hold the ledger's bytes against its tree, its checkpoint, the files and the warehouse."""
    project, findings = check_folder(world.root)
    problems = ["files: the specs have errors, `kpi check` shows them"] if has_errors(findings) else []
    rows, hashes, unseen = None, None, []
    if world.settings.warehouse.exists():
        rows, hashes = projected_rows(world.settings.warehouse), table_hashes(world.settings.warehouse)
    elif world.settings.current.is_symlink():
        problems.append(f"published tables: {world.settings.warehouse} leads nowhere")
    else:
        unseen.append(f"published tables: nothing is published in {world.settings.build}")
    checked = None if has_errors(findings) else project
    found = verify_report.verify(world.ledger, checked, rows, published=hashes, not_looked_at=unseen, problems=problems)
    click.echo(verify_report.render_json(found) if output == "json" else verify_report.render_text(found))
    sys.exit(0 if found.holds else 1)


@kpi.command()
@in_project
def pages(world: World) -> None:
    """Render the pages of the published warehouse anew."""
    report = render_again(world.project(), world.settings, datetime.now(UTC))
    click.echo(f"{len(report.paths)} pages, begin with {world.settings.pages / 'index.html'}")


@kpi.command()
@click.option("--check", "only_check", is_flag=True, help="Write nothing; exit with 1 if a page or schema is stale.")
@in_project
def reference(world: World, only_check: bool) -> None:
    """Write docs/reference/ for readers and schemas/ for editors, from the code."""
    made = import_module("kpiledger.reference.files")  # knows the tables of the checks, and what they load
    files = made.reference_files(world.root, kpi)
    behind = made.stale(world.root, files) if only_check else made.write(world.root, files)
    for name in behind:
        click.echo(f"{'stale' if only_check else 'written'}  {name}")
    if only_check and behind:
        raise RunStopped("docs/reference/ or schemas/ is not what the code says", "run `kpi reference` and commit it")
    click.echo(f"{len(files)} files, {'now' if behind else 'all'} current")


@kpi.command(name="demo-sources")
@click.option("--faults", is_flag=True, help="Put the documented faults into them.")
@in_project
def demo_sources(world: World, faults: bool) -> None:
    """Make the demo's source systems (SQLite) from the seeds."""
    for path in build_demo_sources(world.root / "seeds", world.settings.sources, faults).values():
        click.echo(str(path))
    if faults:
        click.echo(f"{len(FAULTS)} faults put in; docs/guide/faults.md lists them")


@kpi.group()
def export() -> None:
    """Tell another tool of the KPIs, as far as it is exactly true."""


@export.command(name="dbt")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Folder; build/export/dbt by default.")
@OUTPUT
@in_project
def export_to_dbt(world: World, out: Path | None, output: str) -> None:
    """Write dbt's semantic YAML, legacy and newer; what dbt cannot say is listed."""
    folder = out or world.settings.build / "export" / "dbt"
    answer = export_dbt(world.project(), folder, world.settings.dialect)
    click.echo(told.as_json(answer) if output == "json" else told.files_text(answer), nl=output == "json")
    click.echo(told.as_text(answer), err=True, nl=False)


@kpi.group(name="import")
def import_group() -> None:
    """Take facts and KPIs from another tool, as far as they are exactly ours."""


def _kpi_keys(function: Callable[..., None]) -> Callable[..., None]:
    for key, option in reversed(OPTIONS.items()):
        function = click.option(option, key, help=f"`{key}` of KPIs whose meta does not say it.")(function)
    return function


@import_group.command(name="dbt")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PATH...")
@_kpi_keys
@click.option("--source", multiple=True, help="A source system of facts whose meta does not say it; may be repeated.")
@click.option("--valid-from", type=click.DateTime(["%Y-%m-%d"]), help="First day of definitions; else the calendar's.")
@OUTPUT
@in_project
def import_from_dbt(
    world: World,
    paths: tuple[Path, ...],
    source: tuple[str, ...],
    valid_from: datetime | None,
    output: str,
    **keys: str | None,
) -> None:
    """Write facts and KPIs from dbt's legacy semantic YAML; what is not exactly ours is listed."""
    options = {key: value for key, value in keys.items() if value is not None}
    first_day = valid_from.date() if valid_from else None
    answer = import_dbt(world.root, paths, options, source, first_day, world.settings.dialect)
    if answer.findings:
        click.echo(findings_text(answer.findings, color=_color()), err=True)
    click.echo(told.as_json(answer) if output == "json" else told.files_text(answer), nl=output == "json")
    click.echo(told.as_text(answer), err=True, nl=False)
    sys.exit(1 if answer.findings or answer.left_out else 0)


def main() -> None:
    """Run the command; a problem becomes its sentence, its hint and an exit code."""
    gc.set_threshold(*_RARELY)
    try:
        kpi.main(standalone_mode=False)
    except click.exceptions.Exit as leaving:
        sys.exit(leaving.exit_code)
    except click.ClickException as wrong:
        wrong.show()
        sys.exit(2)
    except click.Abort:
        sys.exit(130)
    except (RunStopped, LedgerDamaged) as stopped:
        click.echo(str(stopped), err=True)
        sys.exit(1)
    except KpiledgerError as problem:
        click.echo(f"kpi: {problem}", err=True)
        sys.exit(2)
    except OSError as problem:
        click.echo(f"kpi: {problem}\n  hint: check that the file is there and that this account may use it", err=True)
        sys.exit(2)


def _color() -> bool:
    return sys.stdout.isatty() and "NO_COLOR" not in os.environ


def _period(text: str, reckoning: Reckoning) -> Period:
    try:
        return Period.parse(text, reckoning)
    except ValueError as problem:
        fiscal = "quarters and years are fiscal here and begin with FY; "
        raise WrongUse(str(problem), f"{fiscal if reckoning.is_fiscal else ''}a month is written 2016-08") from problem


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as problem:
        raise WrongUse(f"{text!r} is no moment", "write 2016-08-01 or 2016-08-01T12:00:00 (UTC)") from problem
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


if __name__ == "__main__":
    main()
