"""What did the tables that facts read hold when they were published? A hash of each, whatever the order of its rows.

A row is written as a text that no other row has, and SHA-256 of it kept to 128 bits: enough that nobody finds another
row for it. The hash of a table is over its columns and over those of its rows, sorted. So equal content gives equal
hashes, and a row that is changed, added or taken away gives another. DuckDB sorts a sixteenth of them at a time where
there are many: 10,000,000 rows need some hundred megabytes.
"""

from __future__ import annotations

from collections.abc import Collection
from hashlib import sha256
from pathlib import Path

from duckdb import DuckDBPyConnection

from kpiledger.project import Project
from kpiledger.recorded_waivers import said_of_waivers
from kpiledger.rule_hashes import rule_hashes
from kpiledger.specs.fact import Fact
from kpiledger.warehouse import open_reader

_WHERE = "select table_schema from information_schema.tables where table_name = ? and table_catalog = current_catalog()"
_COLUMNS = """
    select column_name, data_type from information_schema.columns
    where table_name = ? and table_schema = ? and table_catalog = current_catalog() order by ordinal_position
"""
# A text may hold whatever is put between columns, so its length stands before it. Of these types none can.
_PLAIN = tuple("BIGINT BOOLEAN DATE DECIMAL DOUBLE FLOAT HUGEINT INTEGER SMALLINT TIME TINYINT".split())
_DIGITS = "0123456789abcdef"
_AT_ONCE = 1_000_000
_PART = """
    select sha256(list_sort(list(digest))::varchar) from row_digest
    where digest between '{digit}0000000-0000-0000-0000-000000000000' and '{digit}fffffff-ffff-ffff-ffff-ffffffffffff'
"""
_PARTS = """
    select left(digest::varchar, 1) as part, sha256(list_sort(list(digest))::varchar) from row_digest group by part
"""


def said_of_inputs(path: Path, project: Project) -> dict[str, object]:
    """What `run.published` says of what the figures rest on: marts, rules, waivers; left out where there is none."""
    with open_reader(path) as warehouse:
        marts = mart_hashes(warehouse, project)
    said = {"marts": marts, "rules": rule_hashes(project), "waivers": said_of_waivers(project)}
    return {name: found for name, found in said.items() if found}


def mart_hashes(warehouse: DuckDBPyConnection, project: Project) -> dict[str, str]:
    """The hash of each model that facts take rows or attributes from, by its name, as far as it is there."""
    found = ((model, mart_hash(warehouse, model)) for model in marts_of(project.facts.values()))
    return {model: digest for model, digest in found if digest is not None}


def marts_of(facts: Collection[Fact]) -> list[str]:
    """The models that facts take rows or attributes from, by name."""
    through = (one.through for fact in facts for one in fact.dimensions.values() if one.through)
    return sorted({*(fact.model for fact in facts), *through})


def mart_hash(warehouse: DuckDBPyConnection, model: str) -> str | None:
    """The hash of a model's table; None where it is not there."""
    there = warehouse.execute(_WHERE, [model]).fetchone()
    if there is None:
        return None
    schema = there[0]
    columns = warehouse.execute(_COLUMNS, [model, schema]).fetchall()
    row = ", ".join(_said(name, kind) for name, kind in columns)
    warehouse.execute(f"""
        create or replace temp table row_digest as
        select left(sha256(concat_ws(chr(31), {row})), 32)::uuid as digest from "{schema}"."{model}"
    """)
    parts = _parts(warehouse)
    warehouse.execute("drop table row_digest")
    whole = [*(f"{name} {kind}" for name, kind in columns), *(f"{part} {parts[part]}" for part in sorted(parts))]
    return sha256("\n".join(whole).encode()).hexdigest()


def _parts(warehouse: DuckDBPyConnection) -> dict[str, str]:
    """The hash of the rows whose digests begin with each hexadecimal digit, where there are any."""
    ((count,),) = warehouse.execute("select count(*) from row_digest").fetchall()
    if count <= _AT_ONCE:
        return dict(warehouse.execute(_PARTS).fetchall())
    found = ((digit, warehouse.execute(_PART.format(digit=digit)).fetchall()[0][0]) for digit in _DIGITS)
    return {digit: digest for digit, digest in found if digest is not None}


def _said(name: str, kind: str) -> str:
    column = '"' + name.replace('"', '""') + '"'
    text = f"cast({column} as varchar)"
    if not kind.startswith(_PLAIN) or kind.endswith("]"):
        text = f"length({text}) || ':' || {text}"
    return f"coalesce({text}, '-')" if text.startswith("length") else f"coalesce({text}, '')"
