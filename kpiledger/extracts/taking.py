"""Takes new extracts of the source systems: all tables of a source as of one moment, kept only where they are fit.

A source with a problem keeps its extracts as they were; a table whose rows are the same makes no new extract.
"""

from __future__ import annotations

import shutil
from collections.abc import Collection, Mapping
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from kpiledger.errors import BrokenWorld, WrongUse
from kpiledger.extracts.declared import extracted_tables
from kpiledger.extracts.one_table import Taken, Taking, extract_of_table
from kpiledger.extracts.problem import Problem, stop_on
from kpiledger.extracts.snapshot import as_of_one_moment
from kpiledger.extracts.store import keep, make_current, prune, table_folder
from kpiledger.project import Project
from kpiledger.quality.session import open_source
from kpiledger.sources.connecting import connection_url, lacking_demo_sources
from kpiledger.sources.drops import told
from kpiledger.specs.expectation import Expectations


def take_extracts(
    project: Project,
    taking: Taking,
    environ: Mapping[str, str],
    demo_sources: Path,
    only: Collection[str] = (),
) -> list[Taken]:
    """Take an extract of each table of the sources named, or of all; RunStopped with every problem of all of them."""
    sources = list(dict.fromkeys(one.source for one, _, _ in extracted_tables(project)))
    unknown = [name for name in only if name not in sources]
    if unknown:
        raise WrongUse(
            f"nothing is extracted from {', '.join(unknown)}",
            f"sources with `extract` in expectations/ are {', '.join(sources) or 'none yet'}",
        )
    chosen = [project.expectations[name] for name in sources if not only or name in only]
    lacking = lacking_demo_sources(chosen, environ, demo_sources)
    if lacking:
        raise BrokenWorld(
            f"the demo's source systems are not there: {', '.join(lacking)}",
            "make them with `kpi demo-sources`; for a system of your own set the variable that its file in "
            "expectations/ names",
        )
    taken: list[Taken] = []
    problems: list[Problem] = []
    for one in chosen:
        url = connection_url(one.source, environ, project.root, one.connection, demo_sources)
        found = _of_source(one, url, taking)
        problems += [item for item in found if isinstance(item, Problem)]
        taken += [item for item in found if isinstance(item, Taken)]
    stop_on(problems)
    return taken


def _of_source(one: Expectations, url: str, taking: Taking) -> list[Taken | Problem]:
    """The extracts of a source, made current together; or what is wrong, and then none is."""
    aside = taking.extracts / f".{one.source}.next"
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    found: list[Taken | Problem] = []
    try:
        with open_source(one.source, url, one.drops) as session, as_of_one_moment(session) as connection:
            for table in one.tables:
                if table.extract is not None:
                    found += extract_of_table(session, connection, table, table.extract, taking, aside)
    except SQLAlchemyError as problem:
        reason = told(getattr(problem, "orig", None) or problem)
        found.append(Problem(one.source, "", "broke off", reason, "every row", "mend the source and run again"))
    except BrokenWorld as problem:
        reason = problem.message.removeprefix(f"the source {one.source} cannot be reached: ")
        found.append(Problem(one.source, "", "cannot be reached", reason, "an answer", problem.hint))
    if any(isinstance(item, Problem) for item in found):
        shutil.rmtree(aside)
        return [item for item in found if isinstance(item, Problem)]
    for item in found:
        if isinstance(item, Taken):
            _keep(item, taking, aside)
    shutil.rmtree(aside)
    return found


def _keep(item: Taken, taking: Taking, aside: Path) -> None:
    manifest = item.manifest
    if item.is_new:
        table_folder(taking.extracts, manifest.source, manifest.table).mkdir(parents=True, exist_ok=True)
        keep(taking.extracts, manifest, aside / f"{manifest.table}.parquet")
        make_current(taking.extracts, manifest)
    prune(taking.extracts, manifest.source, manifest.table, taking.kept)
