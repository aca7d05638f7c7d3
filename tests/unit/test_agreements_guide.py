"""The guide to agreements: its examples are read as they stand, and it names the findings that there are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from kpiledger.loading.codes import CODES
from kpiledger.specs.agreement import AgreedTarget
from kpiledger.specs.organisation import Scoring
from kpiledger.vocabulary import Comparison

GUIDE = (Path(__file__).parents[2] / "docs/guide/agreements.md").read_text(encoding="utf-8")
EXAMPLES = [yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)]
TARGETS = [target for example in EXAMPLES if isinstance(example, list) for target in example]


@pytest.mark.parametrize("shown", TARGETS, ids=[f"{target['kpi']}-{index}" for index, target in enumerate(TARGETS)])
def test_each_example_of_a_target_is_one(shown: dict[str, object]) -> None:
    AgreedTarget.model_validate(shown)


def test_the_examples_show_every_comparison_and_every_form() -> None:
    assert {target["target"]["comparison"] for target in TARGETS} == set(Comparison)
    assert {"value", "by_period", "ramp", "relative"} <= {key for target in TARGETS for key in target["target"]}


def test_the_example_of_scoring_is_one_and_the_marks_named_are_those_without_it() -> None:
    (example,) = [example["scoring"] for example in EXAMPLES if "scoring" in example]
    Scoring.model_validate(example)
    told = dict(re.findall(r"`(at_\w+)` \(([0-9.]+)\)", GUIDE))
    assert {name: str(getattr(Scoring(), name)) for name in told} == told
    assert set(told) == {"at_commit", "at_target", "at_stretch"}


def test_every_code_that_it_names_is_known() -> None:
    named = set(re.findall(r"KPI[0-9]{3}", GUIDE))
    assert named <= set(CODES)
    assert {code for code in CODES if "KPI140" <= code <= "KPI149"} <= named
