"""The customer chain: the stages a customer passes, the first axis of every overview."""

from __future__ import annotations

from pydantic import Field

from kpiledger.specs.base import Name, Spec, SpecFile


class ChainStage(Spec):
    """A stage that a customer passes."""

    stage: Name
    label: dict[str, str] = Field(min_length=1)
    question: str


class Chain(SpecFile):
    """The stages a customer passes, from question to satisfaction: the first axis of every overview."""

    stages: tuple[ChainStage, ...] = Field(min_length=1)
