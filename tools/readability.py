"""How readable is the SQL that a project compiles to, and that `kpi show --sql` prints? Counted, not judged.

    python -m tools.readability [FOLDER ...]        the demo company, or other projects

A row for each kind of model: lines (median and most), the widest line, how deep selects are nested (CTEs are one
deep), numbered aliases, and aggregates without a GROUP BY that names its columns.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import sqlglot
from sqlglot import exp
from sqlglot.tokens import TokenType

from kpiledger.checking import check_folder
from kpiledger.compiling import compile_project, standalone_query
from kpiledger.compiling.dialects import Dialect
from kpiledger.project import Project

_REF = re.compile(r"\{\{ ref\('(\w+)'\)(?:\.include\(database=false\))? \}\}")
_SOURCE = re.compile(r"\{\{ source\('(\w+)', '(\w+)'\) \}\}")
# Names that a program gives where a person would say what the thing holds: t1, cte_2, subq_13, a1.
_NUMBERED = re.compile(r"(?:t|cte|alias|sub|subq|subquery|query|part|col|column|expr|_|[a-z])_?\d+")
_QUOTED = re.compile(r"'[^']*'|--[^\n]*")


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader meets in one text of SQL."""

    lines: int
    widest: int
    depth: int
    numbered: tuple[str, ...]
    ungrouped: int
    unsaid: int
    is_lower: bool


def reading(text: str, dialect: Dialect = Dialect.DUCKDB) -> Reading:
    """The measures of one model or query."""
    sql = plain(text)
    tree = sqlglot.parse_one(sql, read=dialect.value)
    return Reading(
        lines=len(text.splitlines()),
        widest=max(map(len, text.splitlines())),
        depth=max(map(_depth, tree.find_all(exp.Select))),
        numbered=tuple(sorted({name for name in _names(tree) if _NUMBERED.fullmatch(name)})),
        ungrouped=sum(not _is_grouped(select) for select in tree.find_all(exp.Select)),
        unsaid=_named_things(tree) - _said(sql, dialect),
        is_lower=(bare := _QUOTED.sub("", sql)) == bare.lower(),
    )


def plain(text: str) -> str:
    """The SQL with the names of tables in the place of dbt's references."""
    return _SOURCE.sub(r"\1.\2", _REF.sub(r"\1", text))


def compiled_readings(project: Project, dialect: Dialect = Dialect.DUCKDB) -> dict[str, Reading]:
    """File name -> measures of every compiled model."""
    files = compile_project(project, dialect)
    return {name: reading(text, dialect) for name, text in files.items() if name.endswith(".sql")}


def shown_readings(project: Project, dialect: Dialect = Dialect.DUCKDB) -> dict[str, Reading]:
    """`kpi, version` -> measures of what `kpi show KPI --sql` prints."""
    return {
        f"{kpi.kpi}, {version.version}": reading(standalone_query(project, kpi, version, dialect), dialect)
        for _, kpi in sorted(project.kpis.items())
        for version in kpi.versions
    }


def _depth(select: exp.Expr) -> int:
    """1 for a select of a CTE or the outermost one; more within the FROM, WHERE or columns of another."""
    depth, node = 1, select.parent
    while node is not None and not isinstance(node, exp.CTE):
        depth += isinstance(node, exp.Select)
        node = node.parent
    return depth


def _names(tree: exp.Expr) -> Iterator[str]:
    return (node.alias for node in tree.find_all(exp.CTE, exp.Alias, exp.Table) if node.alias)


def _is_grouped(select: exp.Expr) -> bool:
    """Whether columns beside aggregates stand in a GROUP BY by name."""
    items = [item for item in select.expressions if not item.find(exp.Window)]
    if not any(item.find(exp.AggFunc) for item in items):
        return True
    others = [item for item in items if not item.find(exp.AggFunc) and item.find(exp.Column)]
    group = select.args.get("group")
    if group is None:
        return not others
    by_name = not any(isinstance(by, exp.Literal) for by in group.expressions)
    return by_name and not group.args.get("all")


def _named_things(tree: exp.Expr) -> int:
    """How often something is given a name, which AS should stand before."""
    named = len(list(tree.find_all(exp.CTE, exp.Alias)))
    return named + sum(bool(table.alias) for table in tree.find_all(exp.Table))


def _said(sql: str, dialect: Dialect) -> int:
    tokens = sqlglot.tokenize(sql, read=dialect.value)
    casts = sum(token.text == "cast" for token in tokens)  # whose type has an AS of its own
    return sum(token.token_type is TokenType.ALIAS for token in tokens) - casts


def _kinds(readings: Mapping[str, Reading]) -> dict[str, list[Reading]]:
    """By the kind of model: what its name begins with."""
    kinds: dict[str, list[Reading]] = {}
    for name, one in readings.items():
        kind = next((f"{kind}*" for kind in ("agg_", "measured_", "kpi_") if name.startswith(kind)), name)
        kinds.setdefault(kind, []).append(one)
    return kinds


def table(project: Project) -> Iterator[str]:
    """The lines of the report on a project."""
    rows = {**_kinds(compiled_readings(project)), "kpi show --sql": list(shown_readings(project).values())}
    yield f"{'':24}{'files':>6}{'median':>8}{'most':>6}{'widest':>8}{'depth':>7}{'numbered':>10}{'ungrouped':>11}"
    for kind, found in rows.items():
        sizes = [one.lines for one in found]
        flaws = f"{sum(len(one.numbered) for one in found):>10}{sum(one.ungrouped for one in found):>11}"
        widths = f"{max(one.widest for one in found):>8}{max(one.depth for one in found):>7}"
        yield f"{kind:24}{len(found):>6}{median(sizes):>8.0f}{max(sizes):>6}{widths}{flaws}"


def main(folders: Iterable[str]) -> int:
    """Print the report for each folder."""
    for folder in folders:
        project, findings = check_folder(Path(folder))
        if project is None:
            print(f"{folder}: {len(findings)} findings, nothing compiled")
            return 1
        print(f"{folder}: {len(project.facts)} facts, {len(project.kpis)} KPIs")
        print("\n".join(table(project)))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:] or ["."]))
