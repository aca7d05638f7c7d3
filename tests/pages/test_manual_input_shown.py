"""A KPI that depends on what people fill in for its sake says so beside its number, and question 17 lists it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from made_project import made_project

from kpiledger.audit.questions.q17_by_hand import _sources
from kpiledger.pages.notes import data_note, sources_of
from kpiledger.pages.queries import CheckRow
from kpiledger.project import Project
from kpiledger.specs.expectation import Expectations
from kpiledger.specs.kpi import Kpi


def entering(root: Path, how: str) -> tuple[Project, Kpi, str]:
    """A project whose first source comes about in this way, and a KPI that depends on it."""
    made = made_project(root)
    kpi = next(one for one in made.kpis.values() if sources_of(made, one))
    source = sources_of(made, kpi)[0]
    tables = [{"table": "answer", "model": "stg_answer", "key": ["answer_id"]}]
    said = {"source": source, "connection": "A_URL", "owner": "sales_operations", "tables": tables, "entered": how}
    return replace(made, expectations={source: Expectations.model_validate(said)}), kpi, source


@pytest.mark.parametrize(("how", "told"), [("manual", "entered by hand"), ("survey", "from a survey")])
def test_manual_input_stands_beside_the_number_and_in_question_17(tmp_path: Path, how: str, told: str) -> None:
    made, kpi, source = entering(tmp_path, how)
    note = data_note(made, kpi, [])
    assert note is not None
    assert (note.text, note.source) == (f"{source}: {told}", source)
    asked: Any = SimpleNamespace(project=lambda: made)
    ((kind, name, said, *_),) = _sources(asked)
    assert (kind, name) == ("source by hand", source)
    assert str(said).startswith(f"{how}, answered for by sales_operations; KPIs: ")
    assert kpi.kpi in str(said)


@pytest.mark.parametrize("how", ["operational", "web", "warehouse"])
def test_what_comes_about_by_the_work_itself_needs_no_mark(tmp_path: Path, how: str) -> None:
    made, kpi, _ = entering(tmp_path, how)
    assert data_note(made, kpi, []) is None
    asked: Any = SimpleNamespace(project=lambda: made)
    assert list(_sources(asked)) == []


def test_what_checks_say_stands_behind_it(tmp_path: Path) -> None:
    made, kpi, source = entering(tmp_path, "manual")
    failed = CheckRow(**{**dict.fromkeys(CheckRow.__dataclass_fields__), "source": source, "outcome": "failed"})
    note = data_note(made, kpi, [failed])
    assert note is not None
    assert note.text == f"{source}: entered by hand; {source}: 1 check failed"
