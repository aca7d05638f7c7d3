"""What is taken from a source's table as a retained extract, and how files that a source drops are read?"""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import Field, model_validator

from kpiledger.specs.base import Name, Spec, written
from kpiledger.specs.written import Share

_COLUMN_TYPE = (
    r"^(varchar|integer|bigint|double|boolean|date|timestamp"
    r"|decimal\((?:[1-9]|[12][0-9]|3[0-8]), ?(?:[0-9]|[12][0-9]|3[0-8])\))$"
)
ColumnType = Annotated[
    str,
    Field(pattern=_COLUMN_TYPE),
    written(
        "column type",
        "The type that a source's values are read as. Money is a decimal; a code with leading zeros is a varchar.",
        _COLUMN_TYPE,
        ("varchar", "integer", "decimal(18,4)", "date", "timestamp"),
    ),
]


class Extract(Spec):
    """What is taken from a table, read as declared and never guessed."""

    columns: dict[Name, ColumnType] = Field(min_length=1)
    """The columns that are taken, each with its type. A value that its type cannot hold exactly stops the run."""
    control_totals: tuple[Name, ...] = ()
    """The columns whose sums the manifest keeps, so that the extract can be held against the source's own figures."""
    high_water_mark: Name | None = None
    """The column that grows with each row made or changed. Its highest value tells how new the extract is. Without it
    `reconcile.cut_off` is taken, where there is one.
    """
    may_shrink: Share = Decimal(0)
    """The share of the last extract's rows that may be gone from the next. 0 is for tables that only grow."""
    may_be_empty: bool = False
    """Whether no row at all is fine."""


class DropFormat(StrEnum):
    """How the files of a drop are written."""

    CSV = "csv"
    """Text with a header line."""
    PARQUET = "parquet"
    """Parquet, typed by itself."""


class DropEncoding(StrEnum):
    """How the text of a CSV file is encoded."""

    UTF_8 = "utf-8"
    """Unicode, as most systems write today."""
    UTF_16 = "utf-16"
    """Unicode, as some Windows programs write."""
    LATIN_1 = "latin-1"
    """Western European, as older systems write."""


class DecimalMark(StrEnum):
    """What parts a figure's whole from its fraction."""

    POINT = "point"
    """1234.50"""
    COMMA = "comma"
    """1234,50 or 1.234,50"""


class Drop(Spec):
    """Files that a source system leaves in a folder; the environment variable of its connection names the folder."""

    file: str = Field(min_length=1, pattern=r"^[^/\\']+$")
    """The file's name, where * stands for any text. Of several that match, the last by name is read."""
    together: bool = False
    """Whether all files that match are one table, as for a file each month."""
    format: DropFormat = DropFormat.CSV
    """How the files are written."""
    delimiter: str = Field(default=",", min_length=1, max_length=1)
    """What parts the columns of a CSV file."""
    encoding: DropEncoding = DropEncoding.UTF_8
    """How the text of a CSV file is encoded."""
    nulls: tuple[str, ...] = ("",)
    """The texts that mean nothing in a CSV file, as NA or ?."""
    dates: str | None = None
    """How dates and times are written, in the letters of strftime as `%d-%m-%Y`. Without it they are ISO dates."""
    decimals: DecimalMark = DecimalMark.POINT
    """What parts a figure's whole from its fraction."""

    @model_validator(mode="after")
    def _only_text_is_read_so(self) -> Drop:
        if self.format is DropFormat.PARQUET and set(self.model_fields_set) - {"file", "together", "format"}:
            raise ValueError("a Parquet file says itself how it is written: give file, together and format only")
        return self
