"""What the warehouse is told of KPIs: their versions, what those are derived from, and which are on their way out."""

from datetime import date
from decimal import Decimal

import duckdb
import pytest
from ledger_builders import NOW, agreed, clock, event, kpi, project, recorded, target, version

from kpiledger.errors import BrokenWorld
from kpiledger.folding import agreement_version_rows, fold, target_period_rows
from kpiledger.ledger.store import Ledger
from kpiledger.projected import not_published, projected_rows
from kpiledger.projection import AGREEMENT_VERSION, SCORING, TARGET_PERIOD, recorded_tables
from kpiledger.publishing import table_hashes
from kpiledger.recording import record, recorded_definitions
from kpiledger.warehouse import Table, lay_tables

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


def test_the_marks_of_the_scores_are_told_to_the_warehouse(tmp_path):
    assert rows(tmp_path, [kpi()])["scoring"] == [dict(zip(SCORING, (Decimal("0.5"), 1, Decimal("1.2")), strict=True))]


def published(path, later=(), targets=None):
    """The tables of a publication as the fold makes them, without some columns."""
    versions = fold(recorded(agreed(*(targets or [target()]))))
    tables = [
        ("dim_agreement_version", AGREEMENT_VERSION, agreement_version_rows(versions)),
        ("fct_kpi_target", TARGET_PERIOD, target_period_rows(versions)),
    ]
    lay_tables(path, "kpi", [
        Table(
            name,
            {column: kind for column, kind in columns.items() if column not in (*later, "period_end")},
            [
                [getattr(row, column) for column in columns if column not in (*later, "period_end")]
                for row in made
            ],
        )
        for name, columns, made in tables
    ])  # fmt: skip
    return [*tables[0][2], *tables[1][2]]


def test_a_publication_gives_back_what_was_folded(tmp_path):
    expected = published(tmp_path / "warehouse.duckdb")
    assert projected_rows(tmp_path / "warehouse.duckdb") == expected


def test_a_version_names_the_trigger_that_its_reason_answers():
    reason = {"kind": "external_shock", "text": "The market fell", "trigger": "market_falls@2017-05"}
    amended = event("amended", target(value="9")) | {"reason": reason}
    first, second = agreement_version_rows(fold(recorded(agreed(target()), amended)))
    assert (first.fired_trigger, second.fired_trigger) == (None, "market_falls@2017-05")


def test_a_publication_of_before_trials_and_approvals_says_that_everything_binds(tmp_path):
    later = ["is_pilot", "is_binding", "approval_state", "approval_seq", "approval_recorded_at"]
    later += ["upper_value", "within_value", "commit_value", "amber_share", "amber_outside_by"]
    later += ["reference", "reference_times"]
    expected = published(tmp_path / "warehouse.duckdb", later)
    assert projected_rows(tmp_path / "warehouse.duckdb") == expected
    assert set(table_hashes(tmp_path / "warehouse.duckdb")) == {"dim_agreement_version", "fct_kpi_target"}


def test_columns_that_a_table_did_not_have_yet_are_said_to_be_absent_and_not_to_be_empty(tmp_path):
    expected = published(tmp_path / "warehouse.duckdb", ["named_version", "fired_trigger"])
    rows = projected_rows(tmp_path / "warehouse.duckdb")
    assert not_published(rows) == ("fired_trigger", "named_version")
    assert not_published(expected) == ()
    agreed, *promised = rows
    assert (agreed.fired_trigger, {row.named_version for row in promised}) == ("not published", {"not published"})


def test_a_table_without_one_of_its_first_columns_is_said_to_be_of_another_version(tmp_path):
    published(tmp_path / "warehouse.duckdb", ["target_value"])
    with pytest.raises(BrokenWorld, match=r"was made by another version: .*target_value"):
        projected_rows(tmp_path / "warehouse.duckdb")


def test_a_figure_that_follows_from_data_is_not_held_against_the_ledger(tmp_path):
    path = tmp_path / "warehouse.duckdb"
    published(path)
    with duckdb.connect(str(path)) as connection:
        connection.execute("update kpi.fct_kpi_target set reference = 'same_period_last_year', amber_share = 0.9")
        connection.execute("update kpi.fct_kpi_target set target_value = 5, amber_value = 4.5")
    targets = projected_rows(path)[1:]
    assert {(row.target_value, row.amber_value) for row in targets} == {(None, None)}


def test_figures_of_more_places_than_a_table_keeps_are_the_same_in_both(tmp_path):
    long = "0.123456789012345"
    baseline = {"from": "2016-01", "to": "2016-12", "method": "mean", "value": long, "source": "erp"}
    relative = {"relative": {"to": "baseline", "times": "1.012345678912345"}}
    ramp = {"ramp": {"from": "0", "to": "1"}}
    expected = published(
        tmp_path / "warehouse.duckdb",
        targets=[
            target(value=relative, baseline=baseline, amber={"absolute": long}, commit="0.1", stretch="9." + long[2:]),
            target("margin", ramp, amber={"share_of_target": long}),
            target("stock", {"value": long, "within": long}, comparison="exactly", amber={"outside_by": long}),
        ],
    )
    assert projected_rows(tmp_path / "warehouse.duckdb") == expected
