"""A tree to a spec, or findings that say at which place the tree does not have the spec's shape."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from kpiledger.finding import Finding, Position, Severity
from kpiledger.loading.exact import inexact
from kpiledger.loading.expected import expected, fitting_hint, quoted
from kpiledger.loading.keys import choices_of, keys_of, models_at
from kpiledger.loading.tree import KEY, Tree
from kpiledger.nearest import nearest, suggestion
from kpiledger.specs.base import Path, SpecFile

_Spec = TypeVar("_Spec", bound=SpecFile)


def shaped(tree: Tree, model: type[_Spec]) -> tuple[_Spec | None, list[Finding]]:
    """The spec that a whole tree says, with the place of each value, or why it says none."""
    if not tree.is_whole:
        return None, []
    silent = {path: wanted for path, wanted in inexact(model, tree.value) if path not in tree.refused}
    findings = [_wrong(tree, path, wanted, hint) for path, (wanted, hint) in silent.items()]
    try:
        spec = model.model_validate(tree.value)
    except ValidationError as problem:
        told = tree.refused | set(silent)
        return None, findings + list(_findings(tree, model, problem.errors(include_url=False), told))
    spec.located(tree.source.path, tree.places)
    return (spec if not tree.findings and not findings else None), findings


def _findings(
    tree: Tree, model: type[SpecFile], errors: Iterable[ErrorDetails], told: Collection[Path]
) -> Iterable[Finding]:
    by_place: dict[tuple[Path, str], list[ErrorDetails]] = {}
    for error in errors:
        path, rest = _path_in(tree.value, error["loc"])
        if any(path[: len(place)] == place for place in told) or _is_echo(error):
            continue
        by_place.setdefault((path, _family(error, rest)), []).append(error)
    for (path, family), group in by_place.items():
        finding = _FAMILIES[family](tree, model, path, group)
        if finding is not None:
            yield finding


def _is_echo(error: ErrorDetails) -> bool:
    """Whether pydantic misses an entry only because the entry itself is wrong, which it tells beside."""
    return error["type"] == "too_short" and len(error["input"]) >= error["ctx"]["min_length"]


def _family(error: ErrorDetails, rest: tuple[str | int, ...]) -> str:
    if error["type"] in ("missing", "union_tag_not_found"):
        return "missing"
    if error["type"] == "extra_forbidden":
        return "extra"
    if rest[-1:] == (KEY,):
        return "key"
    return "value"


def _path_in(value: Any, location: tuple[str | int, ...]) -> tuple[Path, tuple[str | int, ...]]:
    """The part of pydantic's location that is in the file, and the names it gives to branches of a union."""
    path: list[str | int] = []
    rest: list[str | int] = []
    for step in location:
        is_there = step in value if isinstance(value, dict) else isinstance(value, list) and step != KEY
        if is_there and (isinstance(value, dict) or isinstance(step, int)):
            value = value[step]
            path.append(step)
        else:
            rest.append(step)
    return tuple(path), tuple(rest)


def _value_at(value: Any, path: Path) -> Any:
    for step in path:
        value = value[step]
    return value


def _error(rule: str, position: Position, message: str, hint: str) -> Finding:
    return Finding(rule, Severity.ERROR, position, message, hint)


def _extra(tree: Tree, model: type[SpecFile], path: Path, group: list[ErrorDetails]) -> Finding:
    value = _value_at(tree.value, path[:-1])
    known = keys_of(models_at(model, path[:-1], value))
    free = [key for key in known if key not in value]
    hint = suggestion(str(path[-1]), free or known, "other keys here")
    return _error("KPI010", tree.places[(*path, KEY)], f"the key `{path[-1]}` is not known here", hint)


def _missing(tree: Tree, model: type[SpecFile], path: Path, group: list[ErrorDetails]) -> Finding | None:
    value = _value_at(tree.value, path)
    known = keys_of(models_at(model, path, value))
    typos = [key for key in value if key not in known] if isinstance(value, dict) else []
    names = ["type" if error["type"] == "union_tag_not_found" else str(error["loc"][-1]) for error in group]
    names = [name for name in names if not any(nearest(typo, known) == name for typo in typos)]
    if not names:
        return None  # the unknown key is told, with this one as its suggestion
    wanted = ", ".join(f"`{name}`" for name in names)
    message = f"the key {wanted} is missing" if len(names) == 1 else f"the keys {wanted} are missing"
    hint = "add " + " and ".join(f"`{name}: {_choices(model, path, value, name)}`" for name in names)
    return _error("KPI011", tree.places[path], message, hint)


def _choices(model: type[SpecFile], path: Path, value: Any, name: str) -> str:
    return " | ".join(choices_of(models_at(model, path, value), name)) or "..."


def _key(tree: Tree, model: type[SpecFile], path: Path, group: list[ErrorDetails]) -> Finding:
    message, hint = fitting_hint(group[0], "write the key as the others of its kind")
    return _error("KPI012", tree.places.get((*path, KEY), tree.places[path]), message, hint)


def _value(tree: Tree, model: type[SpecFile], path: Path, group: list[ErrorDetails]) -> Finding | None:
    value = _value_at(tree.value, path)
    if isinstance(value, dict):
        group = [error for error in group if error["type"] != "literal_error"]  # the other branch of the union
    if not group:
        return None
    if group[0]["type"] == "union_tag_invalid":
        path, value = (*path, "type"), value.get("type")
    if group[0]["type"] == "value_error":
        keys = keys_of(models_at(model, path, value))
        message, hint = fitting_hint(group[0], f"its keys are {', '.join(keys)}" if keys else "")
        return _error("KPI013" if isinstance(value, dict) else "KPI012", tree.places[path], message, hint)
    wanted, hint = expected(group, value)
    return _wrong(tree, path, wanted, hint)


def _wrong(tree: Tree, path: Path, wanted: str, hint: str) -> Finding:
    value = _value_at(tree.value, path)
    subject = next((f"`{step}`" for step in reversed(path) if isinstance(step, str)), "the file")
    if path and isinstance(path[-1], int):
        subject = f"an entry of {subject}"
    if value is None:
        hint = "write it after the colon, or delete the key if it may be missing"
    return _error("KPI012", tree.places[path], f"{subject} is {quoted(value)}, expected {wanted}", hint)


_FAMILIES = {"extra": _extra, "missing": _missing, "key": _key, "value": _value}
