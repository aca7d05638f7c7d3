"""`kpi target` names the broken checks behind a KPI's data that are accepted for a while."""

from dataclasses import replace
from datetime import date

from ledger_builders import agreed, agreements, clock, project, target

from kpiledger.ledger.store import Ledger, signed_checkpoint
from kpiledger.ledger_index.opening import index_in_memory
from kpiledger.periods import Period
from kpiledger.recording import record
from kpiledger.reports import target as target_report
from kpiledger.reports import target_told
from kpiledger.specs.waiver import Waiver, Waivers


def waiver(source, expires_on):
    return Waiver(
        check="OR-06", source=source, table="orders", reason="the till is replaced", requested_by="head_of_sales",
        approved_by="cfo", valid_from=date(2017, 1, 1), expires_on=expires_on,
    )  # fmt: skip


def told(tmp_path, *waivers):
    ledger = Ledger(tmp_path / "ledger")
    specs = project(agreements(agreed(target())))
    record(specs, tmp_path, ledger, clock())
    calendar = specs.calendar.model_copy(update={"as_of": date(2017, 8, 31)})
    specs = replace(specs, calendar=calendar, waivers=Waivers(waivers=waivers))
    index = index_in_memory(ledger, signed_checkpoint(ledger))
    period = Period.parse("2017-08")
    return target_report.target_answer(ledger, index, specs, "revenue", "sales_west", period)


def test_a_waiver_of_a_source_of_the_kpi_stands_below_the_target(tmp_path):
    text = target_told.render_text(told(tmp_path, waiver("erp", date(2017, 8, 31))))
    assert text.endswith(
        "checks of its data that are waived\n"
        "  OR-06 of erp.orders, 2017-01-01 to 2017-08-31, approved by cfo: the till is replaced"
    )


def test_a_waiver_that_is_over_and_one_of_another_source_are_not_told(tmp_path):
    assert told(tmp_path, waiver("erp", date(2017, 8, 30)), waiver("crm", date(2017, 12, 31))).waived == ()
