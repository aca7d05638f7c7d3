"""The command `kpi`: reads the words, calls one function, prints its answer, exits 0, 1 or 2.

0 fine; 1 findings or failed checks; 2 wrong use or a broken world. Answers go to stdout, progress and
problems to stderr. Nothing imported here may load dbt, Dagster, pandas or Great Expectations.
"""

from __future__ import annotations

import gc
import sys
from pathlib import Path

import click

from kpiledger import __version__
from kpiledger.commands import (
    agreements,
    approving,
    auditing,
    evidence,
    exchange,
    ledger_schema,
    people,
    running,
    specs,
)
from kpiledger.errors import KpiledgerError, LedgerDamaged, RunStopped

# Specs live to the end of a command: looking for garbage among ten thousand of them takes a third of the loading.
_RARELY = (50_000, 20, 100)

COMMANDS: tuple[click.Command, ...] = (
    specs.check,
    specs.compile_command,
    specs.show,
    running.run,
    approving.approve,
    agreements.target,
    agreements.history,
    agreements.verify,
    ledger_schema.ledger_schema,
    ledger_schema.ledger_move,
    auditing.audit,
    auditing.changes,
    evidence.evidence,
    people.held,
    people.erase,
    people.retention_command,
    people.informed,
    running.pages,
    specs.reference,
    running.demo_sources,
    approving.demo_history,
    exchange.export,
    exchange.import_group,
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--project", "root", type=click.Path(file_okay=False, path_type=Path), default=".", help="The project's folder."
)
@click.version_option(__version__, prog_name="kpi")
@click.pass_context
def kpi(context: click.Context, root: Path) -> None:
    """KPIs as code: definitions, agreements and numbers that can later be proved."""
    context.obj = root


for command in COMMANDS:
    kpi.add_command(command)


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


if __name__ == "__main__":
    main()
