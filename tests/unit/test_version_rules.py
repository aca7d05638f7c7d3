"""When a version begins, and who still counts on a KPI that goes."""

from dataclasses import replace
from datetime import date

import pytest
from ledger_builders import agreed, agreements, event, kpi, project, target, version

from kpiledger.rules.deprecation import deprecation_rules
from kpiledger.rules.versions import version_rules
from kpiledger.specs.calendar import Calendar

RATIO = {"type": "ratio", "numerator": "sales", "denominator": "lines"}


def begun(valid_from, grains, **calendar):
    given = {"starts_on": date(2014, 1, 1), "zone": "UTC", **calendar}
    specs = project(kpis=[kpi(versions=[version(valid_from=valid_from)], grains=grains)])
    return [one.rule for one in version_rules(replace(specs, calendar=Calendar.model_validate(given)))]


@pytest.mark.parametrize(
    ("valid_from", "grains", "calendar"),
    [
        ("2016-02-17", ["day", "year"], {}),
        ("2016-02-15", ["week", "month"], {}),
        ("2016-02-01", ["month", "year"], {}),
        ("2016-02-14", ["week"], {"week_starts": "sunday"}),
        ("2016-02-13", ["week"], {"week_starts": "saturday"}),
        ("2016-02-01", ["quarter", "year"], {"fiscal_year_starts": "november"}),
        ("2016-07-01", ["year"], {"fiscal_year_starts": "july"}),
        ("2014-01-01", ["week"], {}),
    ],
)
def test_a_version_may_begin_with_any_period_of_its_kpi(valid_from, grains, calendar):
    assert begun(valid_from, grains, **calendar) == []


@pytest.mark.parametrize(
    ("valid_from", "grains", "calendar"),
    [
        ("2016-02-17", ["month"], {}),
        ("2016-02-15", ["week"], {"week_starts": "sunday"}),
        ("2016-02-01", ["quarter"], {}),
        ("2016-01-01", ["year"], {"fiscal_year_starts": "july"}),
    ],
)
def test_a_version_that_begins_within_every_period_of_its_kpi_is_warned_of(valid_from, grains, calendar):
    assert begun(valid_from, grains, **calendar) == ["KPI111"]


def promised(*events):
    gone = kpi(deprecated={"on": "2017-07-01", "reason": "too coarse"})
    return [one.rule for one in deprecation_rules(project(agreements(*events), kpis=[gone]))]


def test_a_promise_that_ends_before_the_kpi_is_deprecated_is_fine():
    assert promised(agreed(target(), valid_to="2017-06-30")) == []
    assert promised(agreed(target()), event("retired", valid_from="2017-07-01")) == []


def test_a_promise_that_outlives_its_kpi_is_warned_of():
    assert promised(agreed(target(), valid_to="2017-07-31")) == ["KPI113"]
    assert promised(agreed(target()), event("retired", valid_from="2017-08-01")) == ["KPI113"]


def test_only_the_event_that_promises_past_the_day_is_warned_of():
    assert promised(agreed(target()), event("amended", target(value="1"), valid_from="2017-07-01")) == ["KPI113"]
    assert promised(agreed(target()), event("amended", target(region="East"))) == ["KPI113", "KPI113"]


def test_a_former_version_may_be_derived_from_a_deprecated_kpi():
    double = {"type": "derived", "expr": "sold * 2", "inputs": {"sold": {"kpi": "revenue"}}}
    gone = kpi(deprecated={"on": "2017-07-01", "reason": "too coarse"})
    versions = [version(formula=double, valid_to="2017-06-30"), version(2, "2017-07-01", RATIO)]
    assert list(deprecation_rules(project(kpis=[gone, kpi("double", versions)]))) == []
    lasting = kpi("double", [version(formula=double)])
    assert [one.rule for one in deprecation_rules(project(kpis=[gone, lasting]))] == ["KPI114"]
