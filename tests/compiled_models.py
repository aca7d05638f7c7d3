"""Run compiled models in DuckDB without dbt: references become table names, each model a table."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from graphlib import TopologicalSorter

import duckdb

_REF = re.compile(r"\{\{ ref\('(\w+)'\) \}\}")
_CONFIG = re.compile(r"\{\{ config\(.*?\) \}\}")
_SOURCE = re.compile(r"\{\{ source\('\w+', '(\w+)'\) \}\}")


def plain_sql(text: str) -> str:
    """A model's SQL with the names of tables in the place of its references, and without its settings."""
    return _SOURCE.sub(r"\1", _REF.sub(r"\1", _CONFIG.sub("", text)))


def in_order(files: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Model name and SQL of the compiled models, each after those it reads."""
    models = {name.removesuffix(".sql"): text for name, text in files.items() if name.endswith(".sql")}
    needs = {name: [one for one in _REF.findall(text) if one in models] for name, text in models.items()}
    for name in TopologicalSorter(needs).static_order():
        yield name, plain_sql(models[name])


def build(connection: duckdb.DuckDBPyConnection, files: Mapping[str, str]) -> None:
    """Make a table of each compiled model; the facts, dimensions and `run_context` are there already."""
    for name, sql in in_order(files):
        connection.execute(f"create table {name} as {sql}")
