"""The command `kpi`: reads the words, calls one function, prints its answer, exits 0, 1 or 2.

0 fine; 1 findings or failed checks; 2 wrong use or a broken world. Answers go to stdout, progress and
problems to stderr. A command is imported when it is called, and none may load dbt, Dagster, pandas or Great
Expectations before it needs them.
"""

from __future__ import annotations

import gc
import sys
from importlib import import_module
from pathlib import Path

import click

from kpiledger import __version__
from kpiledger.errors import Answered, KpiledgerError, LedgerDamaged, RunStopped
from kpiledger.full_disk import full_disk

# Specs live to the end of a command: looking for garbage among ten thousand of them takes a third of the loading.
_RARELY = (50_000, 20, 100)

# Where each command lies below kpiledger.commands, and its sentence: help is shown without importing any of them.
COMMANDS: dict[str, tuple[str, str]] = {
    "check": ("specs.check", "Show every problem in the specs, with file, line and hint."),
    "compile": ("specs.compile_command", "Write the dbt models of models/kpis/ from the specs."),
    "show": ("specs.show", "Print a KPI's definition, or its calculation as a query."),
    "extract": (
        "extracting.extract",
        "Take a retained extract of each source's tables, and keep it only where it is fit.",
    ),
    "run": ("running.run", "The main job, start to finish: record, build, check, publish."),
    "approve": ("approving.approve", "Sign an agreement event with your SSH key, so that it counts."),
    "target": ("agreements.target", "What was promised for a KPI, by which agreement, why, and when we knew."),
    "trace": (
        "tracing.trace",
        "From a number to its definition, agreement, run, extracts, checks, and the rows of the sources behind it.",
    ),
    "history": ("agreements.history", "Every version of an agreement, or of all agreements on a KPI."),
    "verify": (
        "verifying.verify",
        "Hold the ledger's bytes against its tree, its checkpoint, the files and the warehouse.",
    ),
    "ledger-schema": (
        "ledger_schema.ledger_schema",
        "Print the SQL that lays the ledger's tables in PostgreSQL, for an administrator to read and run.",
    ),
    "ledger-move": (
        "ledger_schema.ledger_move",
        "Print the SQL that moves the project's ledger of files into PostgreSQL, where its schema is laid.",
    ),
    "close": ("closing.close", "Freeze the figures of a month, quarter or year as they are published."),
    "reopen": ("closing.reopen", "Open a closed period again, so that its figures are as computed now."),
    "restate": ("closing.restate", "Accept what is computed now in the place of what was closed; both stay seen."),
    "override": ("closing.override", "Let a check fail for a period, by a recorded decision."),
    "audit": ("auditing.audit", "Answer one of an auditor's questions, by its number."),
    "changes": ("auditing.changes", "Every change of a target that was recorded between two days: question 3."),
    "evidence": ("evidence.evidence", "Proofs and bundles that are checked without this program."),
    "spot-check": (
        "spot_checking.spot_check",
        "Sampled rows held against the source system: draw, sheet, compare, record, report.",
    ),
    "conflicts": (
        "conflicting.conflicts",
        "KPIs that work against each other: declared, in formulas, targets and weights, and as seen in figures.",
    ),
    "alignment": (
        "objectives.alignment",
        "The line from vision to objectives, key results, KPIs and targets, with its loose ends.",
    ),
    "checkin": (
        "objectives.checkin",
        "Note how sure somebody is that a key result will be reached; without one, list those that are overdue.",
    ),
    "brief": (
        "conversation.brief",
        "One page for the conversation with a holder: what to ask, how targets went, what was decided and what waits.",
    ),
    "decide": ("conversation.decide", "Note a decision of the conversation in the ledger."),
    "held": ("people.held", "Everything held about a person: ledger, side store, warehouse, pages, files."),
    "erase": ("people.erase", "Erase a person everywhere: the ledger forgets the values and still verifies."),
    "retention": (
        "people.retention_command",
        "What about people has been kept long enough, by `retention:` in kpiledger.yml.",
    ),
    "informed": ("people.informed", "Record that a person was told of the KPIs they are held to."),
    "pages": ("running.pages", "Render the pages of the published warehouse anew."),
    "reference": ("specs.reference", "Write docs/reference/ for readers and schemas/ for editors, from the code."),
    "demo-sources": ("running.demo_sources", "Make the demo's source systems (SQLite) from the seeds."),
    "demo-history": (
        "approving.demo_history",
        "Write the demo's ledger as if its three years had been recorded day by day.",
    ),
    "export": ("exchange.export", "Tell another tool of the KPIs, as far as it is exactly true."),
    "import": ("exchange.import_group", "Take facts and KPIs from another tool, as far as they are exactly ours."),
}
_TOLD = {name: click.Command(name, help=sentence) for name, (_, sentence) in COMMANDS.items()}


class _Loading(click.Group):
    """A group that imports a command when it is called."""

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command itself."""
        if cmd_name not in COMMANDS:
            return None
        module, name = COMMANDS[cmd_name][0].split(".")
        found = getattr(import_module(f"kpiledger.commands.{module}"), name)
        assert isinstance(found, click.Command)
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Their names and sentences."""
        click.Group(commands=_TOLD).format_commands(ctx, formatter)


@click.group(cls=_Loading, commands=_TOLD, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--project", "root", type=click.Path(file_okay=False, path_type=Path), default=".", help="The project's folder."
)
@click.version_option(__version__, prog_name="kpi")
@click.pass_context
def kpi(context: click.Context, root: Path) -> None:
    """KPIs as code: definitions, agreements and numbers that can later be proved."""
    context.obj = root


def main() -> None:
    """Run the command; a problem becomes its sentence, its hint and an exit code."""
    gc.set_threshold(*_RARELY)
    try:
        kpi.main(standalone_mode=False)
    except Answered as answered:
        answered.leave()
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
    except Exception as problem:
        full = full_disk(problem, (Path.cwd(),))
        if full:
            click.echo(f"kpi: {full}", err=True)
            sys.exit(2)
        if not isinstance(problem, OSError):
            raise
        click.echo(f"kpi: {problem}\n  hint: check that the file is there and that this account may use it", err=True)
        sys.exit(2)


if __name__ == "__main__":
    main()
