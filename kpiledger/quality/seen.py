"""How the rows of a table are seen: with the columns of their parent, in a source as in the warehouse.

Queries are chains of named relations; the table itself is left open until the last step fills it in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlglot import exp

from kpiledger.errors import BrokenWorld
from kpiledger.quality.conditions import col
from kpiledger.specs.expectation import CheckedTable

SEEN, PARENT = "seen", "parent"
OPEN_TABLE = "table_to_be_filled_in"
Chain = list[tuple[str, Any]]


@dataclass(frozen=True, slots=True)
class Relation:
    """A table that can be read from inside a source's session, and its key column.

    `is_temporary` tells a table that the session made for itself, of another source's rows.
    """

    name: str
    key: str
    is_temporary: bool = False


def seen_query(
    table: CheckedTable, name: str, relations: Mapping[str, Relation], wanted: Sequence[str], dialect: str
) -> str:
    """The wanted columns of every row of a table, seen with its parent's columns.

    `name` is the table to read: the source's own, or the staging model made of it.
    """
    query = with_chain(exp.select(*map(col, wanted)).from_(SEEN), seen_chain(table, relations))
    return rendered(query, name, dialect)


def relation_of(model: str, relations: Mapping[str, Relation]) -> Relation:
    """Where a model can be read; BrokenWorld when no source that answered gives it."""
    if model not in relations:
        raise BrokenWorld(
            f"the table behind {model} could not be read", "see whether its own source answers and describes it"
        )
    return relations[model]


def models_needed(table: CheckedTable) -> set[str]:
    """The models of other tables that a table's rules and reconciliation read."""
    named = {rule.check.exists_in.model for rule in table.rules if rule.check.exists_in}
    return named | ({table.parent.model} if table.parent else set())


def seen_chain(table: CheckedTable, relations: Mapping[str, Relation]) -> Chain:
    """The relation `seen` over the open table, and what it needs before it."""
    if table.parent is None:
        return [(SEEN, exp.select("*").from_(named_table(OPEN_TABLE)))]
    above = relation_of(table.parent.model, relations)
    # One row per key, whatever the source holds: a duplicate parent must not multiply its children.
    one_each = [exp.alias_(exp.Min(this=col(name)), name, quoted=True) for name in table.parent.columns]
    key = exp.alias_(col(above.key), "parent_key")
    parent = exp.select(key, *one_each).from_(named_table(above.name)).group_by(col(above.key))
    same = exp.EQ(this=exp.column("parent_key", PARENT), expression=exp.column(table.parent.link, "own", quoted=True))
    borrowed = [exp.column(name, PARENT, quoted=True) for name in table.parent.columns]
    own = exp.select("own.*", *borrowed).from_(exp.alias_(named_table(OPEN_TABLE), "own", table=True))
    return [(PARENT, parent), (SEEN, own.join(PARENT, on=same, join_type="left"))]


def named_table(name: str) -> Any:
    """A table by its name, quoted."""
    return exp.Table(this=exp.to_identifier(name, quoted=True))


def with_chain(query: Any, chain: Chain) -> Any:
    """A query with the relations that it reads, in order."""
    for name, relation in chain:
        query = query.with_(name, as_=relation)
    return query


def rendered(query: Any, table: str, dialect: str) -> str:
    """The SQL of a query, with the open table filled in."""
    named = query.copy()
    for place in named.find_all(exp.Table):
        if place.name == OPEN_TABLE:
            place.set("this", exp.to_identifier(table, quoted=True))
    return str(named.sql(dialect=dialect, normalize_functions="lower", comments=False))
