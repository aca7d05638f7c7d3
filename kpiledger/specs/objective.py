"""The objectives file of a year: what a company is for, what it wants, and by which numbers that is seen."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import Field, model_validator

from kpiledger.specs.base import Language, Name, Spec, SpecFile
from kpiledger.vocabulary import Grain


class OwnFigure(Spec):
    """How far a key result goes, where no agreement says it: from a figure to a figure by a day."""

    start: Decimal = Field(alias="from")
    """Where it began, in the unit of the KPI. Put it in quotes."""
    to: Decimal
    """What is wanted, in the unit of the KPI; another figure than `from`."""
    by: date
    """The day by which it is wanted: the last day of a period of its grain."""
    grain: Grain
    """The length of the periods whose figure counts. The KPI must be computed for it."""

    @model_validator(mode="after")
    def _leads_somewhere(self) -> OwnFigure:
        if self.start == self.to:
            raise ValueError("`from` and `to` are the same, and nothing would be reached; write another figure")
        return self


class KeyResult(Spec):
    """A number by which an objective is seen to be reached. What is done for it stands elsewhere: it is a result."""

    id: Name
    """The id of the key result, once in the file. KPIs name it in `supports`, `kpi checkin` by it."""
    says: str = Field(min_length=1)
    """The result in words, for a reader who knows no KPI."""
    kpi: Name
    """The KPI that measures it."""
    slice: Annotated[dict[Name, str], Field(json_schema_extra={"maxProperties": 1})] = {}
    """The part of it: one slice of the KPI and one member, as `{region: West}`. Without it, the whole."""
    agreement: Name | None = None
    """The agreement whose target for this KPI and slice is the figure wanted. It or `target`; with neither, the key
    result has no target, which is a warning.
    """
    target: OwnFigure | None = None
    """The figure wanted, where no agreement promises it."""

    @model_validator(mode="after")
    def _fitting(self) -> KeyResult:
        if self.agreement is not None and self.target is not None:
            raise ValueError("a key result takes its figure from an `agreement` or gives a `target`; write just one")
        if len(self.slice) > 1:
            raise ValueError(f"a key result names at most one slice, found {len(self.slice)}; write one for each")
        return self

    @property
    def slice_name(self) -> str:
        """The dimension it is cut by, `all` for none."""
        return next(iter(self.slice), "all")

    @property
    def member(self) -> str:
        """The member of the slice, `all` for the whole."""
        return next(iter(self.slice.values()), "all")


class PilotArea(Spec):
    """A unit that tries an objective before it holds everywhere."""

    unit: Name
    """The unit that tries it."""
    valid_from: date
    """The first day of the trial there."""
    purpose: str = Field(min_length=1)
    """What is to be learned there."""


class Pilot(Spec):
    """That an objective is tried in some units first: its numbers are shown, and bind nobody."""

    areas: tuple[PilotArea, ...] = Field(min_length=1)
    """The units that try it, in the order they began; widening it is adding a line."""
    widened_on: date | None = None
    """The day from which it holds everywhere and is no trial any more. Without it, it still is one."""


class Signed(Spec):
    """That somebody put their name to an objective."""

    role: Name
    """The role that signed. Who held it on the day is in organisation.yml."""
    signed_on: date
    """The day of the signature."""


class Objective(Spec):
    """What is wanted, by whom and why, and the results by which it is seen."""

    id: Name
    """The id of the objective, once in the file. It keeps its id in the file of another year. KPIs name it in
    `objective`.
    """
    label: dict[Language, str] = Field(min_length=1)
    """The name for readers, by language."""
    owner: Name
    """The role that answers for it."""
    purpose: str = Field(min_length=1)
    """Why it is wanted, in a sentence or two."""
    unit: Name
    """The unit whose objective it is: the company, a department or a team."""
    parent: Name | None = None
    """The objective above that it helps to reach. Objectives of the company have none."""
    pilot: Pilot | None = None
    """The units that try it before it holds everywhere. Without it, it holds everywhere from the start."""
    signed_by: tuple[Signed, ...] = ()
    """Who put their name to it. Its owner and the leads of all units that hold its targets or try it should; who has
    not yet is shown.
    """
    key_results: tuple[KeyResult, ...] = Field(min_length=1)
    """Two to five results, each a number; `least_key_results` and `most_key_results` of organisation.yml move that."""

    def label_in(self, language: str) -> str:
        """The label in a language, else in English, else the first one given."""
        return self.label.get(language) or self.label.get("en") or next(iter(self.label.values()))

    def is_pilot_on(self, day: date) -> bool:
        """Whether it is a trial on a day."""
        return self.pilot is not None and (self.pilot.widened_on is None or day < self.pilot.widened_on)


class ObjectiveFile(SpecFile):
    """The line of a year, from vision to numbers."""

    year: Annotated[int, Field(ge=1900, le=9999)]
    """The year, the same as the file's name."""
    vision: str = Field(min_length=1)
    """What the world of the customers looks like when all is reached."""
    mission: str = Field(min_length=1)
    """What the company is there for."""
    values: tuple[str, ...] = Field(min_length=1)
    """What it holds on to on the way."""
    objectives: tuple[Objective, ...] = Field(min_length=1)
    """What is wanted this year, the company's first."""
