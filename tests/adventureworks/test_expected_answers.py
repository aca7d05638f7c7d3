"""Does every warehouse say what the source tables were found to say, by queries that nothing of ours made?"""

from __future__ import annotations

import csv
from decimal import Decimal

import pytest

from tests.adventureworks.adventureworks import EXPECTED, rounded
from tests.adventureworks.answers import ANSWERS, Answer
from tests.adventureworks.conftest import Built

FAULTS = "A14_natural_faults"

# The faults that the sources really have, seen in the staging models.
FAULT_QUERIES = {
    "quota_label_duplicates": """
        with labels as (
            select employee_key, calendar_year_label, calendar_quarter_label
            from staging.stg_crm__sales_quota
            group by employee_key, calendar_year_label, calendar_quarter_label
            having count(*) > 1
        )
        select count(*) as found from labels
    """,
    "quota_label_wrong": """
        select count(*) as found
        from staging.stg_crm__sales_quota
        where calendar_year_label <> extract(year from quota_date + 7)
            or calendar_quarter_label <> extract(quarter from quota_date + 7)
    """,
    "products_without_status": "select count(*) as found from staging.stg_erp__product where status is null",
    "product_codes_with_versions": """
        with codes as (select product_code from staging.stg_erp__product group by product_code having count(*) > 1)
        select count(*) as found from codes
    """,
    "people_with_several_rows": """
        with people as (
            select business_entity_id from staging.stg_hr__employee group by business_entity_id having count(*) > 1
        )
        select count(*) as found from people
    """,
    "received_more_than_ordered": """
        select count(*) as found from staging.stg_purchasing__purchase_order_line where received_qty > order_qty
    """,
    "ledger_months": """
        select count(distinct date_trunc('month', posting_date)) as found from staging.stg_finance__ledger
    """,
    "ledger_months_expected": """
        with bounds as (
            select min(posting_date) as first_on, max(posting_date) as last_on from staging.stg_finance__ledger
        )
        select
            (extract(year from last_on) - extract(year from first_on)) * 12
            + extract(month from last_on) - extract(month from first_on) + 1 as found
        from bounds
    """,
}


def expected_rows(name: str) -> list[dict[str, str]]:
    with (EXPECTED / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def differences(built: Built, answer: Answer, row: dict[str, str]) -> list[str]:
    """Where the values of KPIs differ from a row of expected answers."""
    member = row[answer.member] if answer.member else "all"
    found = []
    for column, places in answer.columns.items():
        for at in places:
            key = (at.kpi, 1, answer.grain, at.span, answer.start(row[answer.period]), answer.slice, member)
            value = built.values[key][at.part] if key in built.values else "no row"
            if value == "no row" or rounded(value, row[column]) != Decimal(row[column]):
                found.append(f"{at.part} of {' '.join(map(str, key))}: {value}, expected {row[column]}")
    return found


@pytest.mark.parametrize("name", ANSWERS)
def test_kpis_give_the_answers_found_in_the_source_tables(built: Built, name: str) -> None:
    rows = expected_rows(name)
    assert rows
    assert [line for row in rows for line in differences(built, ANSWERS[name], row)] == []


def test_every_expected_answer_is_looked_for(built: Built) -> None:
    files = {path.stem for path in EXPECTED.glob("A*.csv")}
    assert files == {*ANSWERS, FAULTS}
    for name, answer in ANSWERS.items():
        looked_at = {answer.period, answer.member or answer.period, *answer.columns, *answer.told_elsewhere}
        assert set(expected_rows(name)[0]) == looked_at


def test_sellers_have_the_names_that_quotas_were_found_with(built: Built) -> None:
    names = {row["employee_key"]: row["person_name"] for row in built.rows("select * from marts.dim_person")}
    for row in expected_rows("A01_quota_attainment"):
        assert names[int(row["employee_key"])] == row["person"]


@pytest.mark.parametrize("fault", FAULT_QUERIES)
def test_the_faults_of_the_sources_are_all_in_the_staging_models(built: Built, fault: str) -> None:
    (row,) = expected_rows(FAULTS)
    (answer,) = built.rows(FAULT_QUERIES[fault])
    assert int(answer["found"]) == int(row[fault])
