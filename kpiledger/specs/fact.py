"""A fact file: the measures and dimensions of one mart."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from kpiledger.specs.base import CoinedName, Name, Spec, SpecFile, ZoneField
from kpiledger.specs.formula import LengthField
from kpiledger.vocabulary import Aggregation


class Dimension(Spec):
    """A column to slice by: of the fact itself, or of a dimension model reached through a key column.

    `members` is about how many different values it has: the compiler plans with it.
    """

    column: Name
    """The column to slice by: of the fact, or of the model named in `through`."""
    through: Name | None = None
    """The dimension model that has the column. Its dbt YAML must test the key to be unique, or a join would count
    rows twice.
    """
    on: Name | None = None
    """The key column of that model; the fact has a column of the same name. It stands with `through`, and only
    there.
    """
    members: int | None = Field(default=None, ge=1)
    """About how many different values the dimension has. Only speed depends on it: the compiler chooses how to
    aggregate with it. A wrong figure changes no number.
    """


def _dimension(value: Any) -> Any:
    return {"column": value} if isinstance(value, str) else value


DimensionField = Annotated[Dimension, BeforeValidator(_dimension, json_schema_input_type=Name | Dimension)]


class Measure(Spec):
    """An aggregate over a fact; `expr` and `where` are portable SQL expressions over its columns.

    `time` names another date column of the fact. `last` takes for each value of `over` the row with
    the latest time at or before the end of the interval, and adds these rows up.
    """

    agg: Aggregation
    """How rows become one number."""
    expr: str | None = None
    """The column or expression that is aggregated. Only `count` goes without: it counts rows, and with an `expr`
    the rows where that is not null.
    """
    where: str | None = None
    """A condition on the fact's columns; other rows are left out of the measure. A KPI may narrow it further with a
    `where` of its own.
    """
    time: Name | None = None
    """The date column the measure goes by, where it is not the fact's `time`: orders shipped by order date. It must
    stand among the fact's `times`.
    """
    over: tuple[Name, ...] = ()
    """The keys whose last row counts, with `agg: last` and only there: `[order_id]` takes for each order its latest
    row up to the end of the interval.
    """
    percentile: float | None = Field(default=None, gt=0, lt=1)
    """Which percentile, as a share between 0 and 1, with `agg: percentile` and only there: 0.9 is the value that
    nine rows of ten do not exceed.
    """
    description: str = ""
    """What the measure says, in a sentence. It becomes the description of its column in the compiled models."""


class Incremental(Spec):
    """How late rows are told, so that only the periods they lie in are computed anew."""

    changed_at: Name
    """The timestamp or date column that the loader sets whenever it inserts or changes a row. A row without it is
    looked at in every run.
    """
    look_back: LengthField | None = None
    """Rows that changed up to so long before the newest one seen are looked at again in the next run: for loaders that
    write out of order, or set the column to less than the moment. A date without it is looked at again for its last
    day.
    """


class Fact(SpecFile):
    """One mart with a row per event or state: its key, its dates, its dimensions and measures.

    `time` and `times` are dates, or timestamps: those without a zone are read in `zone`, and all of them become
    the days of the calendar's zone.
    """

    fact: Name
    """The name of the fact, the same as the file's. Compiled models are named after it: `kpi_<fact>`. Several facts
    may read one model.
    """
    model: Name
    """The dbt model with the rows. Its YAML must name its columns: what is written here is checked against them."""
    description: str
    """What a row is and which date it goes by. End with "One row per ..."."""
    key: tuple[Name, ...] = Field(min_length=1)
    """The columns that tell one row from another. Let dbt test that they are unique: two rows with one key count
    twice.
    """
    time: Name
    """The date or timestamp that says in which period a row counts, where a measure names no other."""
    times: tuple[Name, ...] = ()
    """Further dates or timestamps that a measure may name in its `time`."""
    zone: ZoneField = "UTC"
    """The time zone of timestamps that carry none. It matters where `time` or `times` are timestamps: they become
    days of the calendar's zone. Dates are left as they are.
    """
    source: tuple[Name, ...] = Field(min_length=1)
    """The source systems the rows come from, by the names of their expectations files. A blocking rule that fails
    there stops their publication.
    """
    dimensions: dict[
        CoinedName, Annotated[Dimension, BeforeValidator(_dimension, json_schema_input_type=Name | Dimension)]
    ] = {}
    """What the fact's measures can be sliced by, by name. The short form `region: region` names a column of the
    fact. No name may be that of another column or of a measure.
    """
    measures: dict[CoinedName, Measure] = Field(min_length=1)
    """The aggregates over the fact, by name. A measure's name is unique over all facts, because KPIs name measures
    without their fact.
    """
    incremental: Incremental | None = None
    """Lets a run compute only the periods whose rows changed since the last one, as it does with late rows. Without it
    the fact is computed in full each time; the numbers are the same.
    """
