"""What the warehouse is told of KPIs: their versions, what those are derived from, and which are on their way out."""

from datetime import date

from ledger_builders import NOW, clock, kpi, project, version

from kpiledger.ledger.store import Ledger
from kpiledger.projection import recorded_tables
from kpiledger.recording import record, recorded_definitions

RATIO = {"type": "ratio", "numerator": "sales", "denominator": "lines"}
DOUBLE = {"type": "derived", "expr": "sold * 2", "inputs": {"sold": {"kpi": "revenue"}}}


def rows(tmp_path, kpis):
    """The rows of each table by its name, each row by column."""
    specs, ledger = project(kpis=kpis), Ledger(tmp_path / "ledger")
    record(specs, tmp_path, ledger, clock())
    tables = recorded_tables(specs, ("run", None, NOW), recorded_definitions(ledger), (), ())
    return {table.name: [dict(zip(table.columns, row, strict=True)) for row in table.rows] for table in tables}


def test_each_version_says_which_versions_of_its_inputs_count_on_which_days(tmp_path):
    versions = [version(valid_to="2016-12-31"), version(2, "2017-01-01", RATIO)]
    found = rows(tmp_path, [kpi(versions=versions), kpi("double", [version(valid_from="2015-01-01", formula=DOUBLE)])])
    hashes = {(row["kpi"], row["version"]): row["definition_hash"] for row in found["kpi_version"]}
    assert [tuple(row.values()) for row in found["kpi_input"]] == [
        ("double", 1, "revenue", 1, date(2015, 1, 1), date(2016, 12, 31), hashes["revenue", 1]),
        ("double", 1, "revenue", 2, date(2017, 1, 1), None, hashes["revenue", 2]),
    ]


def test_a_version_says_for_which_periods_it_is_computed(tmp_path):
    versions = [version(valid_to="2016-12-31", computed_to="2017-06-30"), version(2, "2017-01-01", RATIO)]
    first, second = rows(tmp_path, [kpi(versions=versions)])["kpi_version"]
    assert (first["computed_from"], first["computed_to"]) == (date(2014, 1, 1), date(2017, 6, 30))
    assert (second["computed_from"], second["computed_to"]) == (date(2017, 1, 1), None)


def test_a_deprecated_kpi_says_from_when_why_and_what_replaces_it(tmp_path):
    gone = {"on": "2018-01-01", "reason": "too coarse", "replaced_by": "turnover"}
    revenue, turnover = rows(tmp_path, [kpi(deprecated=gone), kpi("turnover")])["kpi"]
    assert [revenue[name] for name in ("deprecated_on", "deprecated_reason", "replaced_by")] == [
        date(2018, 1, 1), "too coarse", "turnover",
    ]  # fmt: skip
    assert turnover["deprecated_on"] is None
