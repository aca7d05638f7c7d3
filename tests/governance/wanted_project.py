"""What the tests of objectives share: the small project of the findings, with objectives for 2017."""

from __future__ import annotations

import shutil
from pathlib import Path

from kpiledger.checking import check_folder
from kpiledger.project import Project

BASE = Path(__file__).parents[1] / "findings/base"
OBJECTIVES = """\
year: 2017
vision: Every garden is as its owner dreamt it
mission: We sell plants that live
values: [We keep our word, We say it early]
objectives:
  - id: profitable_growth
    label: {en: Growth that pays}
    owner: cfo
    purpose: What we earn pays the next greenhouse
    unit: company
    signed_by: [{role: cfo, signed_on: 2016-12-15}]
    key_results:
      - {id: more_sold, says: West sells more, kpi: revenue, slice: {region: West}, agreement: sales_west_2017}
      - id: margin_kept
        says: The margin rises to 13 percent
        kpi: gross_margin
        target: {from: "0.11", to: "0.13", by: 2017-12-31, grain: month}
"""
SELLERS = """\
  - id: sellers_who_lead
    label: {en: Sellers who lead}
    owner: finance_controller
    purpose: Who sees the own figures asks better questions
    unit: sales_west
    parent: profitable_growth
    pilot:
      areas: [{unit: sales_west, valid_from: 2017-04-01, purpose: Do they look at all?}]
      widened_on: 2017-10-01
    key_results:
      - {id: seen, says: The margin is seen, kpi: gross_margin, agreement: sales_west_2017}
      - {id: shipped, says: More is shipped, kpi: orders_shipped}
"""


def wanted_project(
    folder: Path, objectives: str = OBJECTIVES, *, swaps: dict[str, tuple[str, str]] | None = None
) -> Project:
    """The project in a folder, with texts of its files swapped for others."""
    shutil.copytree(BASE, folder, dirs_exist_ok=True)
    file = folder / "metrics/objectives/2017.yml"
    file.parent.mkdir(exist_ok=True)
    file.write_text(objectives, encoding="utf-8")
    for path, (old, new) in (swaps or {}).items():
        text = (folder / path).read_text(encoding="utf-8")
        assert text.count(old) == 1
        (folder / path).write_text(text.replace(old, new), encoding="utf-8")
    project, findings = check_folder(folder)
    assert project is not None
    assert [finding for finding in findings if finding.severity == "error"] == []
    return project
