"""What the warehouse is told of KPIs: their versions, what those are derived from, and which are on their way out."""

from datetime import date
from decimal import Decimal

import duckdb
import pytest
from ledger_builders import NOW, agreed, agreements, clock, event, kpi, project, recorded, target, version

from kpiledger.errors import BrokenWorld
from kpiledger.folding import agreement_version_rows, fold
from kpiledger.ledger.contents import recorded_events
from kpiledger.ledger.store import Ledger, read_entries
from kpiledger.periods import COMMON
from kpiledger.projected import compared, expected_tables
from kpiledger.projection import SCORING, recorded_tables
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


NOT_PUBLISHED = ("period_end",)


def published(path, later=(), targets=None):
    """The tables of a publication as the fold makes them, without some columns; and what is expected of them."""
    ledger = Ledger(path.parent / "ledger")
    record(project(agreements(agreed(*(targets or [target()])))), path.parent, ledger, clock())
    entries = read_entries(ledger)
    events = recorded_events(ledger, entries)
    tables = expected_tables(ledger, entries, events, COMMON)[:2]
    laid = []
    for table in tables:
        kept = [name for name in table.columns if name not in (*later, *NOT_PUBLISHED)]
        rows = [[dict(zip(table.columns, row, strict=True))[name] for name in kept] for row in table.rows]
        laid.append(Table(table.name, {name: table.columns[name] for name in kept}, rows))
    lay_tables(path, "kpi", laid)
    return lambda: compared(path, ledger, entries, events)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "warehouse.duckdb"


def test_a_publication_says_what_was_folded(path):
    found = published(path)()
    assert (found.differences, found.unsaid) == ((), ())
    assert found.rows > 12


def test_a_version_names_the_trigger_that_its_reason_answers():
    reason = {"kind": "external_shock", "text": "The market fell", "trigger": "market_falls@2017-05"}
    amended = event("amended", target(value="9")) | {"reason": reason}
    first, second = agreement_version_rows(fold(recorded(agreed(target()), amended)))
    assert (first.fired_trigger, second.fired_trigger) == (None, "market_falls@2017-05")


def test_a_publication_of_before_trials_and_approvals_says_that_everything_binds(path):
    later = ["is_pilot", "is_binding", "approval_state", "approval_seq", "approval_recorded_at", "is_pending"]
    later += ["upper_value", "within_value", "commit_value", "amber_share", "amber_outside_by"]
    later += ["reference", "reference_times"]
    found = published(path, later)()
    assert (found.differences, found.unsaid) == ((), ())
    assert set(table_hashes(path)) == {"dim_agreement_version", "fct_kpi_target"}


def test_a_publication_of_before_trials_does_not_say_what_a_trial_would(path):
    pilot = agreed(target(value="9")) | {"pilot": True}
    ledger = Ledger(path.parent / "ledger")
    record(project(agreements(pilot)), path.parent, ledger, clock())
    entries = read_entries(ledger)
    events = recorded_events(ledger, entries)
    table = expected_tables(ledger, entries, events, COMMON)[0]
    columns = {name: kind for name, kind in table.columns.items() if name != "is_pilot"}
    rows = [[value for name, value in zip(table.columns, row, strict=True) if name in columns] for row in table.rows]
    targets = expected_tables(ledger, entries, events, COMMON)[1]
    lay_tables(path, "kpi", [Table(table.name, columns, rows), targets])
    found = compared(path, ledger, entries, events).differences
    assert [(one.table, one.apart) for one in found] == [("dim_agreement_version", ("is_pilot",))] * 2


def test_columns_that_a_table_did_not_have_yet_are_said_to_be_absent_and_not_to_be_empty(path):
    found = published(path, ["named_version", "fired_trigger"])()
    assert (found.differences, found.unsaid) == ((), ("fired_trigger", "named_version"))


def test_a_table_without_one_of_its_first_columns_is_said_to_be_of_another_version(path):
    look = published(path, ["target_value"])
    with pytest.raises(BrokenWorld, match=r"was made by another version: .*target_value"):
        look()


def test_a_figure_that_follows_from_data_is_not_held_against_the_ledger(path):
    last_year = {"relative": {"to": "same_period_last_year", "times": "1.1"}}
    look = published(path, targets=[target(value=last_year, amber={"share_of_target": "0.9"})])
    assert look().differences == ()
    with duckdb.connect(str(path)) as connection:
        connection.execute("update kpi.fct_kpi_target set target_value = 5, amber_value = 4.5")
    assert look().differences == ()
    with duckdb.connect(str(path)) as connection:
        connection.execute("update kpi.fct_kpi_target set reference_times = 2 where rowid = 0")
    assert [one.apart for one in look().differences] == [("reference_times",)] * 2


def test_figures_of_more_places_than_a_table_keeps_are_the_same_in_both(path):
    long = "0.123456789012345"
    baseline = {"from": "2016-01", "to": "2016-12", "method": "mean", "value": long, "source": "erp"}
    relative = {"relative": {"to": "baseline", "times": "1.012345678912345"}}
    ramp = {"ramp": {"from": "0", "to": "1"}}
    targets = [
        target(value=relative, baseline=baseline, amber={"absolute": long}, commit="0.1", stretch="9." + long[2:]),
        target("margin", ramp, amber={"share_of_target": long}),
        target("stock", {"value": long, "within": long}, comparison="exactly", amber={"outside_by": long}),
    ]
    assert published(path, targets=targets)().differences == ()
