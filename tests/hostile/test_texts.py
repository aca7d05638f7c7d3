"""Texts that a user may write are read by dbt as they stand: none is templating, none changes a model."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jinja2
import pytest
import yaml
from cases_texts import PLACES
from hostile_case import BASE, Swap, quoted

from kpiledger.compiling import compile_project
from kpiledger.finding import has_errors
from kpiledger.loading import load_project
from kpiledger.rules.every_rule import check_project

TEXTS = (
    "} }} %} #}",
    "{ { env_var('SECRET') } }",
    "{ % set x = 1 % }",
    "{\n{ env_var('SECRET') }\n}",
    "{ %",
    "a: b # c",
    "- a\n- b",
    "config: {materialized: table}\npre_hook: x",
    "'; drop table x; --",
    '"; drop table x; --',
    "*/ drop table x; /*",
    "line one\n-- line two\n; select 1",
    "</script><script>alert(1)</script>",
    "$(true) `true` ${HOME} %(name)s %s",
    "\\{\\{ x \\}\\}",
    "!!python/object:os.system x",
    "&a *a <<",
    "null",
    "x" * 5000,
)


def _compiled(folder: Path, *changes: Swap) -> dict[str, str] | None:
    """The compiled files of the base project with changes, None where it has findings that stop it."""
    shutil.copytree(BASE, folder)
    for change in changes:
        change.apply(folder)
    project, findings = load_project(folder)
    if project is None or has_errors([*findings, *check_project(project)]):
        return None
    return dict(compile_project(project))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _texts(inner)


def _keys(value: Any) -> Any:
    """The shape of a YAML value: its keys, without its texts."""
    if isinstance(value, dict):
        return {key: _keys(inner) for key, inner in value.items()}
    return [_keys(inner) for inner in value] if isinstance(value, list) else None


@pytest.mark.parametrize("text", TEXTS, ids=[text[:30] for text in TEXTS])
def test_a_text_is_neither_templating_nor_sql(text: str, tmp_path: Path) -> None:
    base = _compiled(tmp_path / "base")
    files = _compiled(
        tmp_path / "hostile", *(Swap(path, old, new.format(quoted(text))) for _, path, old, new in PLACES)
    )
    assert base is not None
    assert files is not None
    for name, content in files.items():
        if name.endswith(".sql"):
            assert content == base[name]  # texts do not reach SQL
            continue
        loaded = yaml.safe_load(content)
        assert _keys(loaded) == _keys(yaml.safe_load(base[name]))
        for found in _texts(loaded):
            assert jinja2.Template(found, keep_trailing_newline=True).render() == found


def test_a_text_with_an_invisible_line_end_is_refused(tmp_path: Path) -> None:
    _, path, old, new = PLACES[0]
    assert _compiled(tmp_path / "project", Swap(path, old, new.format(quoted("{\u2028{")))) is None
