"""Which keys and values a spec expects at a path: read from the annotations of its models."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator
from enum import StrEnum
from functools import cache
from typing import Any

from pydantic import BaseModel

from kpiledger.specs.base import Path


def models_at(model: type[BaseModel], path: Path, value: Any) -> list[type[BaseModel]]:
    """The models that may stand at a path of a file, those whose `type` agrees with the value's first."""
    annotations: list[Any] = [model]
    for step in path:
        annotations = [inner for annotation in annotations for inner in step_into(annotation, step)]
    models = [found for annotation in annotations for found in models_in(annotation)]
    named = value.get("type") if isinstance(value, dict) else None
    fitting = [found for found in models if _type_of(found) == named]
    return fitting if named is not None and fitting else models


def keys_of(models: list[type[BaseModel]]) -> list[str]:
    """The keys that models accept, as they are written, in the order of their fields."""
    names = (field.alias or name for found in models for name, field in found.model_fields.items())
    return list(dict.fromkeys(names))


def choices_of(models: list[type[BaseModel]], key: str) -> list[str]:
    """The values that a key accepts, where they are a closed list; else none."""
    found: list[str] = []
    for model in models:
        for option in step_into(model, key):
            for part in options(option):
                if typing.get_origin(part) is typing.Literal:
                    found += typing.get_args(part)
                elif isinstance(part, type) and issubclass(part, StrEnum):
                    found += [member.value for member in part]
    return list(dict.fromkeys(found))


def step_into(annotation: Any, step: str | int) -> Iterator[Any]:
    """The annotations that may stand below a key or index of an annotation."""
    for option in options(annotation):
        origin, arguments = typing.get_origin(option), typing.get_args(option)
        if isinstance(option, type) and issubclass(option, BaseModel):
            for name, field in option.model_fields.items():
                if step == (field.alias or name):
                    yield field.annotation
        elif origin is dict:
            yield arguments[1]
        elif origin is tuple:
            yield arguments[0]


def models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    """The models among the parts of an annotation."""
    for option in options(annotation):
        if isinstance(option, type) and not typing.get_origin(option) and issubclass(option, BaseModel):
            yield option


@cache
def options(annotation: Any) -> tuple[Any, ...]:
    """The annotation without Annotated, and each part of a union."""
    origin = typing.get_origin(annotation)
    if origin is typing.Annotated:
        return options(typing.get_args(annotation)[0])
    if origin in (typing.Union, types.UnionType):
        return tuple(option for part in typing.get_args(annotation) for option in options(part))
    return (annotation,)


def _type_of(model: type[BaseModel]) -> str | None:
    field = model.model_fields.get("type")
    return typing.get_args(field.annotation)[0] if field and typing.get_args(field.annotation) else None
