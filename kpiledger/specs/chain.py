"""The customer chain: the stages a customer passes, the first axis of every overview."""

from __future__ import annotations

from pydantic import Field

from kpiledger.specs.base import Language, Name, Spec, SpecFile


class ChainStage(Spec):
    """A stage that a customer passes."""

    stage: Name
    """The id of the stage, and the name of its folder below `metrics/kpis/`."""
    label: dict[Language, str] = Field(min_length=1)
    """The name for readers, by language."""
    question: str
    """What the customer asks at this stage, in the customer's words. A KPI that helps to answer no stage's question
    belongs nowhere.
    """


class Chain(SpecFile):
    """The stages a customer passes, from question to satisfaction: the first axis of every overview."""

    stages: tuple[ChainStage, ...] = Field(min_length=1)
    """The stages in the order that a customer passes them; overviews show KPIs in this order."""
