"""Questions 9, 12 and 30 to 32 on the demo's three years; what they say of it is counted again from the files."""

from __future__ import annotations

import re

import pytest

from tests.audit.conftest import EXPECTED, ROOT

# The name of the ledger's own key is made with it; every ledger has another.
_OWN = re.compile(r"kpiledger\.\w+/[0-9a-f]{16}(\+[0-9a-f]{8})?|subjects/[0-9a-f]{12}")


def masked(text):
    """Columns are as wide as what stands in them: the table is told by its cells."""
    return re.sub(r" {2,}", "  ", re.sub(r"-{3,}", "---", _OWN.sub("<own>", text)))


@pytest.mark.parametrize(
    ("name", "number", "words"),
    [
        ("q09_demo", 9, {}),
        ("q12_demo", 12, {}),
        ("q30_demo", 30, {"person": "p_1002"}),
        ("q31_demo", 31, {"person": "p_1002"}),
        ("q32_demo", 32, {}),
    ],
)
def test_the_answer_on_the_demo(audit_world, golden, name, number, words):
    lines = masked(audit_world.text(number, **words)).splitlines()
    # Whether an index was made already depends on which question was asked first.
    kept = [line for line in lines if "made anew" not in line]
    golden(EXPECTED / f"{name}.txt", "\n".join(kept) + "\n")


def test_the_lines_that_name_a_person_are_those_that_a_search_finds(audit_world):
    rows = audit_world.rows(30, person="p_1002")
    found = {row["place"] for row in rows if row["store"] == "files"}
    metrics = audit_world.settings.root / "metrics"
    by_hand = {
        f"{path.relative_to(metrics.parent).as_posix()}:{number}"
        for path in metrics.rglob("*")
        if path.is_file()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if "p_1002" in line
    }
    named_after = {f"{path.relative_to(metrics.parent).as_posix()}:1" for path in metrics.rglob("*p_1002*")}
    assert found == by_hand | named_after


def test_who_may_approve_is_what_the_policy_says(audit_world):
    rows = [row for row in audit_world.rows(12) if row["may"] == "approve targets"]
    policy = (ROOT / "metrics/approvers/authority.yml").read_text(encoding="utf-8")
    roles = set(re.findall(r"- role: (\w+)\n    units", policy))
    assert {row["role"] for row in rows} == roles


def test_holders_of_too_many_kpis_are_those_counted_from_the_files(audit_world):
    told = {row["holder"] for row in audit_world.rows(9) if row["lacks"] == "focus"}
    # Every agreement of the demo lasts a year, so what a holder is held to in one file is held at once.
    crowded = {
        file.holder
        for file in audit_world.project.agreements
        if len({target.kpi for event in file.events for target in event.targets})
        > (8 if file.holder == "company" else 5)
    }
    assert told == crowded


def test_each_entry_with_a_commitment_of_a_person_is_told(audit_world):
    rows = audit_world.rows(30, person="p_1002")
    told = {row["place"] for row in rows if row["store"] == "ledger"}
    own = [
        path.stem
        for path in audit_world.ledger.subjects.glob("*.json")
        if '"p_1002"' in path.read_text(encoding="utf-8")
    ]
    lines = (audit_world.ledger.directory / "entries.jsonl").read_text(encoding="utf-8").splitlines()
    assert own
    assert told == {f"entry {seq}" for seq, line in enumerate(lines, 1) if any(one in line for one in own)}
