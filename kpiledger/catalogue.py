"""Does a warehouse hold what its run made, and nothing else?

A function planted in the catalogue changes every later number, a view over a file changes when the file does,
and a table that no model makes would be published as ours. What stands in neither dbt's manifest nor the
tables that the run itself lays is a stranger.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from pathlib import Path

import sqlglot
from sqlglot import exp

from kpiledger.warehouse import open_reader, rows_of

# Whatever stands in these schemas is laid by the run before dbt builds, and its tables are laid one by one.
_LAID_SCHEMAS = frozenset({"recorded"})
# Tables of schema `kpi` that the run writes itself, beside the models.
LAID_TABLES = frozenset(
    {
        "kpi.dim_extract",
        "kpi.fct_check_group",
        "kpi.fct_check_result",
        "kpi.fct_decision",
        "kpi.fct_conflict",
        "kpi.fct_reconciliation",
        "kpi.fct_registration_issue",
        "kpi.fct_restatement",
        "kpi.fct_review_due",
        "kpi.fct_spot_check",
        "kpi.fct_trigger_fired",
    }
)
_RELATIONS = """
select table_schema || '.' || table_name as name, table_type = 'VIEW' as is_view
from information_schema.tables
where table_catalog = current_database()
order by name
"""
_PLANTED = """
select 'the function ' || schema_name || '.' || function_name as name
from duckdb_functions() where not internal and database_name = current_database()
union
select 'the sequence ' || schema_name || '.' || sequence_name
from duckdb_sequences() where database_name = current_database()
union
select 'the type ' || schema_name || '.' || type_name
from duckdb_types() where not internal and database_name = current_database()
order by name
"""
_VIEWS = """
select schema_name || '.' || view_name as name, sql
from duckdb_views() where not internal and database_name = current_database()
order by name
"""


def made_by_dbt(manifest: Path) -> dict[str, bool]:
    """The relations that dbt's manifest says it makes, as `schema.name`, each with whether it is a view."""
    nodes = json.loads(manifest.read_text(encoding="utf-8"))["nodes"].values()
    return {
        f"{node['schema']}.{node['alias']}": node["config"]["materialized"] == "view"
        for node in nodes
        if node["resource_type"] in ("model", "seed") and node["config"]["materialized"] != "ephemeral"
    }


def strangers(warehouse: Path, manifest: Path) -> list[str]:
    """What a warehouse holds that nobody made, or lacks that somebody must have, in words; empty when all is well."""
    made = made_by_dbt(manifest)
    with open_reader(warehouse) as connection:
        there = {row["name"]: row["is_view"] for row in rows_of(connection, _RELATIONS)}
        planted = [str(row["name"]) for row in rows_of(connection, _PLANTED)]
        views = [(str(row["name"]), str(row["sql"])) for row in rows_of(connection, _VIEWS)]
    unknown = [
        f"the {'view' if is_view else 'table'} {name}"
        for name, is_view in there.items()
        if made.get(name, is_view) != is_view or (name not in made and not _is_laid(name, is_view))
    ]
    missing = [f"no {'view' if is_view else 'table'} {name}" for name, is_view in made.items() if name not in there]
    outside = [
        f"the view {name}, which reads {read}"
        for name, sql in views
        for read in _read_outside(sql, there, warehouse.stem)
    ]
    return [*planted, *unknown, *outside, *sorted(missing)]


def _is_laid(name: str, is_view: bool) -> bool:
    return not is_view and (name in LAID_TABLES or name.partition(".")[0] in _LAID_SCHEMAS)


def _read_outside(sql: str, there: Collection[str], own: str) -> list[str]:
    """What a view reads beside the tables of its warehouse `own`: files, functions, other databases."""
    tree = sqlglot.parse_one(sql, read="duckdb")
    named = {expression.alias for expression in tree.find_all(exp.CTE)}
    read = (table for table in tree.find_all(exp.Table) if table.db or table.name not in named)
    outside = (table for table in read if table.catalog not in ("", own) or f"{table.db}.{table.name}" not in there)
    return sorted({table.sql(dialect="duckdb") for table in outside})
