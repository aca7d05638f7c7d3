"""Is the demo company fit to learn from: its KPIs, its agreements, and baselines that the extracts confirm?"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from statistics import mean, median

import duckdb
import pytest

from kpiledger.loading import load_project
from kpiledger.project import Project
from kpiledger.rules.every_rule import check_project
from kpiledger.specs.agreement import AgreedTarget, AgreementEvent, AgreementFile, Baseline
from kpiledger.specs.target import Target
from kpiledger.vocabulary import Comparison, Direction, EventKind, Grain, ReasonKind, Reference

ROOT = Path(__file__).parents[2]
REGIONS = {"sales_west": "West", "sales_east": "East", "sales_central": "Central", "sales_south": "South"}
ANNUAL = (*REGIONS, "company")  # with an agreement for each of the three years
ASKED_FOR = {
    "revenue", "gross_margin", "average_discount", "active_customers", "new_customers", "average_order_value",
    "orders_shipped", "shipped_within_promise", "days_to_ship", "open_orders", "loss_line_share",
    "tickets_solved_first_time",
}  # fmt: skip

# Each KPI by month, written without the engine, from the extracts alone; {} is a condition on the region.
BY_MONTH = {
    "revenue": "select strftime(order_date, '%Y-%m'), sum(sales::decimal(18, 4)) from line where {} group by 1",
    "gross_margin": "select strftime(order_date, '%Y-%m'), sum(profit) / sum(sales) from line where {} group by 1",
    "average_discount": """
        select strftime(order_date, '%Y-%m'), 1 - sum(sales) / sum(sales / (1 - discount))
        from line where {} group by 1""",
    "loss_line_share": """
        select strftime(order_date, '%Y-%m'), count(*) filter (profit < 0) / count(*) from line where {} group by 1""",
    "active_customers": """
        select strftime(order_date, '%Y-%m'), count(distinct customer_id) from line where {} group by 1""",
    "new_customers": """
        select month, count(customer_id) from (
            select customer_id, strftime(min(order_date), '%Y-%m') as first_month from line where {} group by 1
        ) right join (select distinct strftime(order_date, '%Y-%m') as month from line) on month = first_month
        group by 1""",
    "shipped_within_promise": """
        select strftime(ship_date, '%Y-%m'), avg(case when ship_date - order_date <= case ship_mode
            when 'Same Day' then 0 when 'First Class' then 2 when 'Second Class' then 4 else 6 end
            then 1 else 0 end)
        from shipment where {} group by 1""",
    "tickets_solved_first_time": """
        select strftime(opened_at, '%Y-%m'), avg(case when contact_count = 1 then 1 else 0 end)
        from ticket where status = 'solved' and {} group by 1""",
    "hours_to_solve": """
        select strftime(opened_at, '%Y-%m'), median(epoch(solved_at - opened_at) / 3600)
        from ticket where status = 'solved' and {} group by 1""",
    "average_order_value": """
        select strftime(order_date, '%Y-%m'), sum(sales) / count(distinct order_id) from line where {} group by 1""",
    "open_orders": """
        select strftime(month, '%Y-%m'), count(*) filter (order_date <= last_day(month) and ship_date > last_day(month))
        from shipment, (select unnest(generate_series(date '2014-01-01', date '2017-12-01', interval 1 month)) as month)
        where {} group by 1""",
}


@pytest.fixture(scope="module")
def project() -> Project:
    loaded, findings = load_project(ROOT)
    assert findings == []
    assert loaded is not None
    return loaded


@pytest.fixture(scope="module")
def extracts() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute("set threads = 1")
        for path in sorted((ROOT / "seeds").glob("*/*.csv")):
            connection.execute(f"create table {path.stem} as from read_csv('{path}', header = true)")
        connection.execute("create view line as from erp_order_line join erp_order using (order_id)")
        connection.execute("create view shipment as from wms_shipment join erp_order using (order_id)")
        connection.execute("create view ticket as from desk_ticket join people_team using (team)")
        yield connection


def _events(project: Project) -> list[tuple[AgreementFile, AgreementEvent]]:
    return [(file, event) for file in project.agreements for event in file.events]


def _targets(project: Project) -> list[tuple[str, AgreementEvent, AgreedTarget]]:
    return [(file.holder, event, target) for file, event in _events(project) for target in event.targets]


def _recomputed(connection: duckdb.DuckDBPyConnection, target: AgreedTarget, baseline: Baseline) -> Decimal:
    condition = "true" if target.slice_name == "all" else f"{target.slice_name} = '{target.member}'"
    rows = connection.execute(BY_MONTH[target.kpi].format(condition)).fetchall()
    excluded = {str(exclusion.month) for exclusion in baseline.exclude}
    first, last = str(baseline.start), str(baseline.to)
    normal = [Decimal(value) for month, value in rows if first <= month <= last and month not in excluded]
    return mean(normal) if baseline.method == "mean" else median(normal)


def test_no_rule_finds_anything_in_the_demo(project: Project) -> None:
    assert check_project(project) == []


def test_every_kpi_asked_for_is_there_in_its_stage_folder(project: Project) -> None:
    assert set(project.kpis) >= ASKED_FOR
    for kpi in project.kpis.values():
        assert kpi.path == f"metrics/kpis/{kpi.chain_stage}/{kpi.kpi}.yml"


def test_every_stage_and_every_department_has_a_kpi(project: Project) -> None:
    kpis = project.kpis.values()
    assert {kpi.chain_stage for kpi in kpis} == {stage.stage for stage in project.chain.stages}
    assert {kpi.department for kpi in kpis} == set(project.organisation.departments)


def test_every_kpi_has_a_counter_kpi_and_a_label_in_four_languages(project: Project) -> None:
    for kpi in project.kpis.values():
        assert kpi.counter_kpis
        assert kpi.kpi not in kpi.counter_kpis
        assert set(kpi.label) == {"en", "da", "nb", "nl"}


def test_every_kpi_is_computed_by_month_quarter_and_year_over_the_usual_spans(project: Project) -> None:
    for kpi in project.kpis.values():
        assert kpi.grains == (Grain.MONTH, Grain.QUARTER, Grain.YEAR)
        assert set(kpi.spans) >= {"period", "year_to_date", "rolling_12"}


def test_four_teams_and_the_company_have_an_agreement_for_each_of_three_years(project: Project) -> None:
    agreed = {event.agreement for _, event in _events(project) if event.event is EventKind.AGREED}
    assert agreed >= {f"{holder}_{year}" for holder in ANNUAL for year in (2015, 2016, 2017)}


def test_a_unit_a_department_and_a_role_are_held_to_targets(project: Project) -> None:
    organisation, holders = project.organisation, {file.holder for file in project.agreements}
    kinds = {organisation.units[holder].kind for holder in holders & set(organisation.units)}
    assert kinds == {"company", "department", "team"}
    assert holders & set(organisation.roles) == {"head_of_account_management"}


def test_every_way_to_write_a_target_is_used(project: Project) -> None:
    targets = [target for _, _, target in _targets(project)]
    forms = {name for target in targets for name, value in target.target if value is not None}
    assert forms == set(Target.model_fields)
    assert {target.target.comparison for target in targets} == set(Comparison)
    assert {target.target.relative.to for target in targets if target.target.relative} == set(Reference)
    assert any(target.commit is not None and target.stretch is not None for target in targets)
    assert Decimal(0) in {target.target.value for target in targets}


def test_one_agreement_is_a_trial_and_was_retired(project: Project) -> None:
    pilots = {event.agreement for _, event in _events(project) if event.pilot}
    retired = {event.agreement for _, event in _events(project) if event.event is EventKind.RETIRED}
    assert pilots == retired == {"marketing_2017"}


def test_agreements_lie_in_the_folder_of_their_year_under_the_name_of_their_holder(project: Project) -> None:
    for file, event in _events(project):
        assert file.path == f"metrics/agreements/{event.valid_from.year}/{file.holder}.yml"
        assert event.agreement == f"{file.holder}_{event.valid_from.year}"


def test_amendments_have_six_kinds_of_reason(project: Project) -> None:
    kinds = {event.reason.kind for _, event in _events(project) if event.event is EventKind.AMENDED}
    assert kinds == {
        ReasonKind.SCOPE_CHANGE,
        ReasonKind.EXTERNAL_SHOCK,
        ReasonKind.RESOURCE_CHANGE,
        ReasonKind.REBASELINE,
        ReasonKind.MID_YEAR_REVIEW,
        ReasonKind.CORRECTION,
    }


def test_evidence_that_is_named_lies_in_the_repository(project: Project) -> None:
    named = {event.reason.evidence for _, event in _events(project)} - {None}
    written = {path.relative_to(ROOT).as_posix() for path in (ROOT / "docs/decisions").glob("2*.md")}
    assert named == written


def test_two_amendments_were_decided_after_they_hold(project: Project) -> None:
    late = [event for _, event in _events(project) if event.decided_on >= event.valid_from]
    assert {(event.agreement, event.reason.kind) for event in late} == {
        ("sales_central_2017", ReasonKind.CORRECTION),
        ("service_2017", ReasonKind.RESOURCE_CHANGE),
    }


def test_nobody_approves_an_own_proposal(project: Project) -> None:
    assert all(event.proposed_by != event.approved_by for _, event in _events(project))


def test_weights_of_an_agreement_sum_to_one_after_each_event(project: Project) -> None:
    weights: dict[str, dict[tuple[str, str], Decimal]] = {}
    for _, event in _events(project):
        held = weights.setdefault(event.agreement, {})
        for target in event.targets:
            assert target.weight is not None
            held[target.kpi, target.member] = target.weight
        assert sum(held.values()) == 1, event.agreement  # also of a trial, which is not scored


def test_teams_hold_four_or_five_kpis_of_their_region_and_the_company_at_most_eight(project: Project) -> None:
    for file, event in _events(project):
        if event.event is not EventKind.AGREED or file.holder not in ANNUAL:
            continue
        members = {(target.slice_name, target.member) for target in event.targets}
        if file.holder == "company":
            assert len(event.targets) <= 8
            assert members == {("all", "all")}
        else:
            assert 4 <= len(event.targets) <= 5
            assert members == {("region", REGIONS[file.holder])}


def test_every_agreement_mixes_leading_and_lagging_and_has_an_outcome(project: Project) -> None:
    for _, event in _events(project):
        if event.event is EventKind.AGREED:
            kpis = [project.kpis[target.kpi] for target in event.targets]
            assert {kpi.timing for kpi in kpis} == {"leading", "lagging"}
            assert "outcome" in {kpi.effect for kpi in kpis}


def test_holders_can_influence_what_they_promise(project: Project) -> None:
    for _, _, target in _targets(project):
        assert target.influence is not None
        assert target.influence >= Decimal("0.7")


def test_targets_by_period_name_every_month_that_the_event_holds_for(project: Project) -> None:
    for _, event, target in _targets(project):
        if target.target.by_period is not None:
            year = event.valid_from.year
            expected = [f"{year}-{month:02d}" for month in range(event.valid_from.month, 13)]
            assert sorted(str(period) for period in target.target.by_period) == expected


def test_amber_lies_on_the_worse_side_of_the_target(project: Project) -> None:
    for _, _, target in _targets(project):
        assert target.amber is not None
        if target.target.has_two_sides:
            assert target.amber.outside_by is not None
            continue
        decreasing = project.kpis[target.kpi].direction is Direction.DECREASE
        assert (target.target.comparison.value == "at_most") == decreasing
        if target.amber.absolute is not None and target.target.value is not None:
            assert (target.amber.absolute > target.target.value) == decreasing
        else:
            assert target.amber.share_of_target is not None
            assert (target.amber.share_of_target > 1) == decreasing


def test_baselines_recompute_from_the_extracts(project: Project, extracts: duckdb.DuckDBPyConnection) -> None:
    wrong = []
    for holder, event, target in _targets(project):
        if target.baseline is None:
            assert target.target.value == 0, "what may never happen has no normal month"
            continue
        stated = target.baseline.value
        found = _recomputed(extracts, target, target.baseline)
        # rounded half a unit of the last digit written; the rest is for doubles of the extracts
        if abs(found - stated) > Decimal("0.500001") * Decimal(1).scaleb(int(stated.as_tuple().exponent)):
            wrong.append((holder, event.agreement, target.kpi, stated, found))
    assert wrong == []


def test_baselines_leave_out_months_only_with_a_reason_and_within_their_window(project: Project) -> None:
    excluded = [
        (target.baseline, exclusion)
        for _, _, target in _targets(project)
        if target.baseline is not None
        for exclusion in target.baseline.exclude
    ]
    assert {str(exclusion.month) for _, exclusion in excluded} == {"2014-03", "2014-09", "2016-10"}
    assert all(baseline.start <= exclusion.month <= baseline.to for baseline, exclusion in excluded)


def _in_force(project: Project, holder: str, year: int) -> dict[tuple[str, int], Decimal]:
    """The target of each KPI and month of a holder's year: the last event that names it and holds by then."""
    found = {}
    for file in project.agreements:
        for event in (e for e in file.events if file.holder == holder and e.valid_from.year == year):
            for target in event.targets:
                named = {str(period): value for period, value in (target.target.by_period or {}).items()}
                for month in range(event.valid_from.month, 13):
                    value = named.get(f"{year}-{month:02d}", target.target.value)
                    assert value is not None
                    found[target.kpi, month] = value
    return found


@pytest.mark.demo
@pytest.mark.parametrize("holder", ANNUAL)
def test_the_year_to_date_target_adds_up_revenue_and_only_shows_ratios(
    project: Project, published_demo: Path, holder: str
) -> None:
    expected = _in_force(project, holder, 2017)
    query = """
        select kpi, month(period_start), target_year_to_date from kpi.fct_scorecard
        where holder = ? and year(period_start) = 2017 and kpi in ('revenue', 'gross_margin', 'average_discount')
            and target_value is not null
    """
    with duckdb.connect(str(published_demo / "build/warehouse.duckdb"), read_only=True) as connection:
        rows = connection.execute(query, [holder]).fetchall()
    assert len(rows) == 36
    for kpi, month, shown in rows:
        so_far = sum(expected[kpi, earlier] for earlier in range(1, month + 1))
        assert shown == (so_far if kpi == "revenue" else expected[kpi, month]), (kpi, month)


@pytest.mark.demo
def test_no_holder_is_all_green_or_all_red_in_the_last_year(published_demo: Path) -> None:
    query = """
        select holder, status, count(*) from kpi.fct_scorecard
        where year(period_start) = 2017 and status <> 'no_target' and holder in ? group by all
    """
    with duckdb.connect(str(published_demo / "build/warehouse.duckdb"), read_only=True) as connection:
        rows = connection.execute(query, [ANNUAL]).fetchall()
    assert {(holder, status) for holder, status, _ in rows} == {
        (holder, status) for holder in ANNUAL for status in ("green", "amber", "red")
    }
    assert all(count >= 4 for _, _, count in rows)
