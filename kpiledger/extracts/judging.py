"""Is an extract fit to be used? Held against what is declared, what the source said, and the extract before it."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from kpiledger.extracts.arrived import Arrived, Found
from kpiledger.extracts.history import History
from kpiledger.extracts.manifest import Manifest
from kpiledger.extracts.problem import Problem
from kpiledger.extracts.snapshot import Answer
from kpiledger.specs.expectation import CheckedTable
from kpiledger.specs.extracting import Extract

_ACCEPT = 'if it is right, say why: `kpi extract {source} --accept "..."`'


def columns_fit(source: str, table: CheckedTable, asked: Extract, answer: Answer) -> Iterator[Problem]:
    """Declared columns that the source does not have (any more)."""
    missing = [name for name in asked.columns if name not in answer.source_columns]
    if missing:
        yield Problem(
            source, table.table, "lost columns",
            f"no {', '.join(missing)} among {', '.join(answer.source_columns)}",
            "every column of `extract.columns`",
            f"mend expectations/{source}.yml and the staging model if the source was changed on purpose",
        )  # fmt: skip


def types_fit(source: str, table: CheckedTable, asked: Extract, answer: Answer, before: Manifest) -> Iterator[Problem]:
    """Columns that the source declares with another type than when the last extract was taken."""
    for name in asked.columns:
        now, then = answer.source_columns.get(name), before.source_columns.get(name)
        if now and then and now != then:
            yield Problem(
                source, table.table, "changed a type", f"{name} as {now}", f"{then} as in extract {before.extract_id}",
                _ACCEPT.format(source=source),
            )  # fmt: skip


def rows_fit(source: str, table: CheckedTable, arrived: Arrived, row_count: int, answer: Answer) -> Iterator[Problem]:
    """Rows lost on the way, empty and repeated keys, and values that do not read as declared."""
    if row_count != answer.row_count:
        yield Problem(
            source, table.table, "is partial", f"{row_count} rows",
            f"the {answer.row_count} rows that the source counts",
            "run again; if it stays so, look at the connection and at who writes to the table meanwhile",
        )  # fmt: skip
    for name, found in arrived.unreadable().items():
        yield Problem(
            source, table.table, "cannot be read", f"{found.count} values of {name}: {_examples(found)}",
            f"{arrived.columns[name]}, held exactly",
            "mend the values at the source, or declare the column as varchar and read it in the staging model",
        )  # fmt: skip
    key = ", ".join(table.key)
    empty = arrived.empty_keys(table.key)
    if empty:
        yield Problem(
            source, table.table, "has rows without key", f"{empty} rows with an empty {key}", "a key in every row",
            "mend the rows at the source",
        )  # fmt: skip


def keys_fit(source: str, table: CheckedTable, arrived: Arrived) -> Iterator[Problem]:
    """Keys that stand more than once; asked only of rows that read as declared."""
    repeated = arrived.repeated_keys(table.key)
    if repeated:
        counted = "1 key" if repeated.count == 1 else f"{repeated.count} keys"
        yield Problem(
            source, table.table, "has duplicates", f"{counted} more than once: {_examples(repeated)}",
            f"each {', '.join(table.key)} once", "mend the rows at the source",
        )  # fmt: skip


def size_fits(source: str, table: CheckedTable, asked: Extract, row_count: int, known: History) -> Iterator[Problem]:
    """No row at all, or fewer than may be gone since the last extract and the published one."""
    before = max(known.before, key=lambda one: one.row_count, default=None)
    if row_count == 0 and not asked.may_be_empty:
        yield Problem(
            source, table.table, "is empty", "no row", "at least one row",
            "look whether the source was just loaded; write `may_be_empty: true` if no row is fine",
        )  # fmt: skip
    elif before and row_count < before.row_count * (1 - Decimal(asked.may_shrink)):
        allowed = f" less {float(asked.may_shrink * 100):g} %" if asked.may_shrink else ""
        yield Problem(
            source, table.table, "has shrunk", f"{row_count} rows",
            f"at least the {before.row_count} of {before.told}{allowed}",
            f"{_ACCEPT.format(source=source)}; where rows may always go, write `may_shrink`",
        )  # fmt: skip


def _examples(found: Found) -> str:
    more = f" and {found.count - len(found.examples)} more" if found.count > len(found.examples) else ""
    return f"{', '.join(found.examples)}{more}"
