"""What an editor marks while a file is written: nearly all that `kpi check` says of keys, kinds and closed lists."""

from __future__ import annotations

import shutil
from pathlib import Path

import cases_shape
import pytest
from finding_case import Append, Case, Swap
from jsonschema import Draft7Validator

from kpiledger.loading.events import read_tree
from kpiledger.loading.load import load_project
from kpiledger.reference.example import as_json, examples
from kpiledger.reference.kinds import FILE_KINDS, kind_of
from kpiledger.reference.schema import schema_of

BASE = Path(__file__).parent / "base"
VALIDATORS = {kind.name: Draft7Validator(schema_of(kind.model, examples())) for kind in FILE_KINDS}
# Which key, which is missing, and of what kind a value is: what a schema is for.
OF_SHAPE = {"KPI010", "KPI011", "KPI012"}
CASES = [case for case in cases_shape.CASES if set(case.codes.split()) <= OF_SHAPE]
# The list of time zones is that of the machine, and a schema must be the same on all of them.
CANNOT_SAY = {"time_zone_not_known"}
# Which keys of one mapping go together is said too, where the spec itself demands it.
FITTING = [case for case in cases_shape.CASES if case.codes == "KPI013"]
SAID = {
    *("target_without_value", "target_of_two_forms", "between_without_upper", "exactly_without_within"),
    *("agreed_without_end", "amended_without_targets", "two_kinds_of_check", "two_slices"),
}


def problems(root: Path, path: str) -> list[str]:
    kind = kind_of(path)
    assert kind is not None, path
    tree = read_tree(path, (root / path).read_bytes())
    return [error.message for error in VALIDATORS[kind.name].iter_errors(as_json(tree.value))]


def changed(case: Case, root: Path) -> list[str]:
    """The files that a case changes, after all its changes."""
    shutil.copytree(BASE, root)
    for change in case.changes:
        change.apply(root)
    swapped = [change.path for change in case.changes if isinstance(change, (Swap, Append))]
    moved = {change.path: change.to for change in case.changes if hasattr(change, "to")}
    return [moved.get(path, path) for path in swapped]


@pytest.mark.parametrize("path", [path.relative_to(BASE).as_posix() for path in sorted(BASE.glob("[em]*/**/*.yml"))])
def test_the_schemas_accept_what_is_right(path: str) -> None:
    if kind_of(path) is not None:
        assert problems(BASE, path) == []


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_the_schemas_refuse_keys_and_values_of_a_wrong_shape(case: Case, tmp_path: Path) -> None:
    found = [
        problem for path in changed(case, tmp_path / "project") for problem in problems(tmp_path / "project", path)
    ]
    assert bool(found) != (case.name in CANNOT_SAY), found


@pytest.mark.parametrize("case", FITTING, ids=[case.name for case in FITTING])
def test_the_schemas_refuse_keys_that_do_not_go_together(case: Case, tmp_path: Path) -> None:
    found = [
        problem for path in changed(case, tmp_path / "project") for problem in problems(tmp_path / "project", path)
    ]
    assert bool(found) == (case.name in SAID), found


def test_the_schemas_refuse_nearly_every_broken_shape() -> None:
    assert len(CASES) > 50
    assert len(CANNOT_SAY & {case.name for case in CASES}) / len(CASES) < 0.05


def test_a_key_without_a_value_is_refused_though_the_loader_takes_it_as_left_out(tmp_path: Path) -> None:
    root = tmp_path / "project"
    shutil.copytree(BASE, root)
    path = "metrics/kpis/order/revenue.yml"
    (root / path).write_text(
        (root / path).read_text(encoding="utf-8").replace("currency: USD", "decimals:\ncurrency: USD")
    )
    assert load_project(root)[1] == []
    assert any("None is not of type" in problem for problem in problems(root, path))
