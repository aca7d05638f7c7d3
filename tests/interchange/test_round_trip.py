"""What is exported and imported again is what it was: in the demo, and in random projects."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings

from kpiledger.interchange.spec_text import spec_path, spec_text
from kpiledger.loading import load_project
from kpiledger.loading.events import read_tree
from kpiledger.loading.shape import shaped
from kpiledger.project import Project
from kpiledger.specs.fact import Fact
from kpiledger.specs.formula import kpis_in
from kpiledger.specs.kpi import Kpi
from tests.demo import ROOT
from tests.interchange.shops import export_and_import
from tests.oracle import generate_projects
from tests.oracle.company import Company, project


def emptied(whole: Project) -> Project:
    """The project without its facts and KPIs."""
    return replace(whole, facts={}, kpis={})


def assert_back(whole: Project, folder: Path) -> None:
    """What is exported comes back, and nothing else; what is left out is missing, and nothing else."""
    exported, imported = export_and_import(whole, folder, emptied(whole))
    left_out = {told.name for told in exported.left_out}
    # An older version may be made of a KPI that is left out: its own file could not come back without that one.
    for _ in whole.kpis:
        left_out |= {name for name, kpi in whole.kpis.items() if left_out & _made_of(kpi)}
    said = whole.kpis.keys() - left_out
    assert {told.name for told in imported.left_out} == left_out - {told.name for told in exported.left_out}
    assert {name: one.model_dump() for name, one in imported.kpis.items()} == {
        name: whole.kpis[name].model_dump() for name in said
    }
    for name, fact in imported.facts.items():
        assert fact.model_dump() == whole.facts[name].model_dump()
    needed = {fact.fact for name in said for fact, _ in whole.measured_by(whole.kpis[name])}
    assert needed <= imported.facts.keys()


def _made_of(kpi: Kpi) -> set[str]:
    return {name for version in kpi.versions for name in kpis_in(version.formula).values()}


@pytest.fixture(scope="module")
def demo() -> Project:
    found, _ = load_project(ROOT)
    assert found is not None
    return found


def test_the_demo_comes_back(demo: Project, tmp_path: Path) -> None:
    assert_back(demo, tmp_path)


@settings(max_examples=25, derandomize=True, database=None)
@given(company=generate_projects.companies_with_calendars(), kpis=generate_projects.kpis_of_all_kinds(6))
def test_random_projects_come_back(company: Company, kpis: list[Kpi], tmp_path_factory: pytest.TempPathFactory) -> None:
    assert_back(project(kpis, company.calendar), tmp_path_factory.mktemp("exported"))


def test_the_text_of_a_spec_reads_as_the_spec(demo: Project) -> None:
    specs: list[tuple[type[Fact | Kpi], Fact | Kpi]] = [(Fact, one) for one in demo.facts.values()]
    for model, spec in [*specs, *((Kpi, one) for one in demo.kpis.values())]:
        tree = read_tree(spec_path(spec), spec_text(spec).encode())
        found, problems = shaped(tree, model)
        assert [*tree.findings, *problems] == []
        assert found is not None
        assert found.model_dump() == spec.model_dump()


def test_a_spec_is_written_as_a_person_would(demo: Project) -> None:
    spec = demo.kpis["gross_margin"]
    file = [line for line in (ROOT / spec.path).read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    assert spec_text(spec).splitlines() == file


@pytest.mark.parametrize(
    "text", ["no", "1e5", "0x10", "12:30", "2017-01-01", "a: b", "# a", "- a", "", " a ", "'", '"', "null", "a,b", "é"]
)
def test_a_text_that_yaml_could_take_for_something_else_is_quoted(demo: Project, text: str) -> None:
    spec = demo.kpis["gross_margin"].model_copy(update={"label": {"en": text}, "description": f"{text}."})
    found, problems = shaped(read_tree(spec_path(spec), spec_text(spec).encode()), Kpi)
    assert problems == []
    assert found is not None
    assert (found.label, found.description) == ({"en": text}, f"{text}.")
