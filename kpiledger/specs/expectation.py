"""An expectations file: how one source system must be filled in, and how it must agree with us."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from kpiledger.specs.base import Name, Spec, SpecFile, written
from kpiledger.specs.checks import RegistrationRule
from kpiledger.specs.extracting import Drop, Extract
from kpiledger.specs.reconciling import Reconcile
from kpiledger.specs.spot_check import SpotCheck
from kpiledger.specs.written import Duration, ModelName


class Entered(StrEnum):
    """How what a source holds comes about."""

    OPERATIONAL = "operational"
    """By the work itself: orders, shipments, tickets."""
    WEB = "web"
    """Measured on web pages and in apps."""
    MANUAL = "manual"
    """Registered by hand for the KPI, as in a spreadsheet. Marked wherever a KPI is shown that depends on it."""
    SURVEY = "survey"
    """Asked of people, as customer satisfaction or an audit. Marked wherever a KPI is shown that depends on it."""
    WAREHOUSE = "warehouse"
    """Taken from another data warehouse, which has it from elsewhere."""


class Freshness(Spec):
    """How old the youngest row may be on the as-of date."""

    column: Name
    """The date or timestamp that tells a row's age."""
    within: Duration
    """The greatest age of the youngest row on the as-of date."""


class Parent(Spec):
    """A table whose columns a row is seen with, as an order's date for its lines.

    `model` names a checked table, of this or of another source system, with a key of one column; `link` is
    the column here that holds that key.
    """

    model: ModelName
    """The staging model of the parent, which has a key of one column."""
    link: Name
    """The column of this table that holds the parent's key."""
    columns: tuple[Name, ...] = Field(min_length=1)
    """The parent's columns that rules and totals may then name. None may be a column that the table has itself."""


class CheckedTable(Spec):
    """One table of the source system and the staging model made of it.

    `period`, `team`, conditions and checks may name columns of the table or of its parent.
    """

    table: Name
    """The table's name in the source system."""
    model: ModelName
    """The staging model made of it; its columns are named as the table's."""
    key: tuple[Name, ...] = Field(min_length=1)
    """The columns that tell one row from another."""
    period: Name | None = None
    """The date that says which month a row belongs to, for totals by month and for the to-do list."""
    team: Name | None = None
    """The column that says whose row it is, so that a team can be given its own list."""
    parent: Parent | None = None
    """A table whose columns are seen with each row."""
    extract: Extract | None = None
    """What `kpi extract` takes of the table and keeps. Without it another tool loads the table, and only the checks are
    ours.
    """
    drop: Drop | None = None
    """The files that hold the table, where the source is a folder that it drops files into."""
    freshness: Freshness | None = None
    """How old the youngest row may be. Without it age is not checked."""
    rules: tuple[RegistrationRule, ...] = ()
    """How rows must be entered."""
    reconcile: Reconcile | None = None
    """How the table must agree with its staging model in the warehouse. Without it the two are not compared."""
    spot_check: SpotCheck | None = None
    """Which sample of rows is compared with the source system by a person. Without it none is drawn."""


_VARIABLE = r"^[A-Z][A-Z0-9_]*$"
EnvironmentVariable = Annotated[
    str,
    Field(pattern=_VARIABLE),
    written("environment variable", "The name of an environment variable, in capitals.", _VARIABLE, ("CRM_URL",)),
]


class Expectations(SpecFile):
    """What is expected of one source system; `connection` names the environment variable of its URL."""

    source: Name
    """The name of the source system, the same as the file's. Facts name it in `source`."""
    connection: EnvironmentVariable
    """The name of the environment variable with the SQLAlchemy URL of the system. The URL itself, with its
    password, never stands in a file.
    """
    owner: Name
    """Who answers for how data is entered there: a role, unit, person or department."""
    entered: Entered = Entered.OPERATIONAL
    """How its data comes about. `manual` and `survey` are marked beside the numbers; audit question 17 lists them."""
    tables: tuple[CheckedTable, ...] = Field(min_length=1)
    """The tables that are checked."""

    @property
    def is_by_hand(self) -> bool:
        """Whether people fill it in for the numbers' sake."""
        return self.entered in (Entered.MANUAL, Entered.SURVEY)

    @property
    def drops(self) -> dict[str, CheckedTable]:
        """The tables that are read from dropped files, by name."""
        return {table.table: table for table in self.tables if table.drop is not None}
