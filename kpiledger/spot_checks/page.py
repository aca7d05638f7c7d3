"""The sheet of a spot check as a page to print: one for each stratum and direction, to be filled in and signed."""

from __future__ import annotations

from functools import lru_cache

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined, Template

from kpiledger.specs.spot_check import SpotDirection
from kpiledger.spot_checks.sample import Sample
from kpiledger.spot_checks.standing import SpotCheckStanding
from kpiledger.spot_checks.words import plan_lines, verdict

_LOOK = {
    SpotDirection.WAREHOUSE_TO_SOURCE.value: (
        "Find each row in the source system. It is right if it is there and every value is the same.",
        "value in the warehouse",
    ),
    SpotDirection.SOURCE_TO_WAREHOUSE.value: (
        "Each row was drawn in the source system. Find it in the warehouse. It is right if it is there and every "
        "value is the same.",
        "value in the source",
    ),
}


def sheet_page(check: SpotCheckStanding, sample: Sample) -> str:
    """The page, whole in itself: it asks nothing of the network."""
    assert check.draw is not None
    plan = dict(zip(((part.name, part.direction) for part in check.parts), check.parts, strict=True))
    sheets = [
        {
            "part": part,
            "planned": plan[part.name, part.direction],
            "said": verdict(check, plan[part.name, part.direction]),
            "look": _LOOK[part.direction][0],
            "whose": _LOOK[part.direction][1],
        }
        for part in sample.parts
    ]
    lines = list(plan_lines(check))
    seed = check.draw.content["seed"]
    return _template().render(check=check, sample=sample, sheets=sheets, lines=lines, seed=seed)


@lru_cache(maxsize=1)
def _template() -> Template:
    # The style of the published pages: a sheet is read beside them.
    loader = ChoiceLoader([PackageLoader("kpiledger.spot_checks"), PackageLoader("kpiledger.pages")])
    environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined)
    environment.trim_blocks = environment.lstrip_blocks = True
    return environment.get_template("sheet.html.j2")
