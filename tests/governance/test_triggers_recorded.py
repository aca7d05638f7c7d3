"""Is a trigger that fired recorded once, kept whatever comes later, and answered by the amendment that names it?"""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest
from ledger_builders import event, target
from talking_world import AGREED_AT, months, outside, trigger, west

from kpiledger import run as main_job
from kpiledger.demo_triggers import fire_outside, noted_days
from kpiledger.errors import RunStopped
from kpiledger.folding.approval import Approval
from kpiledger.ledger.canonical import canonical_bytes
from kpiledger.ledger.contents import agreement_content, recorded_events
from kpiledger.ledger.schema import CONTENTS, EntryKind
from kpiledger.ledger.side_store import all_kept
from kpiledger.ledger.store import examine_ledger, read_entries
from kpiledger.periods import Period
from kpiledger.reviews.watching import watched
from kpiledger.specs.agreement import AgreementEvent
from kpiledger.specs.trigger import Condition
from kpiledger.vocabulary import ApprovalState, ReviewState
from kpiledger.warehouse import Table, lay_tables, open_reader

VALUES = {**months(2016, *["100"] * 12), **months(2017, "100", "85", "80.5")}
DAY = date(2017, 4, 5)
ITEM = "trigger/west_2017/revenue_falls/2017-03"


def test_it_is_recorded_once_with_what_was_known(world):
    talking = world.agreed(west())
    assert [talking.run(VALUES, DAY), talking.run(VALUES, date(2017, 4, 6), run_id="run-2")] == [1, 0]
    entry = read_entries(talking.ledger)[-1]
    assert (entry.kind, entry.key) == (EntryKind.TRIGGER_FIRED, "west_2017/revenue_falls/2017-03")
    agreed = next(one for one in read_entries(talking.ledger) if one.kind is EntryKind.AGREEMENT_AGREED)
    assert entry.content == {
        "agreement": "west_2017", "trigger": "revenue_falls", "period": "2017-03",
        "event_seq": str(agreed.seq), "event_hash": agreed.entry_hash,
        "value": "80.5", "reference": "100", "change": "-0.195", "at_least": None, "at_most": "-0.1",
        "in_a_row": "2", "then": "review", "run_id": "run-1", "as_of_on": "2017-04-05", "due_on": "2017-04-19",
    }  # fmt: skip
    assert examine_ledger(talking.ledger).problems == ()


def test_a_period_that_goes_on_fires_nothing_though_its_figure_is_low(world):
    talking = world.agreed(west())
    assert talking.run(VALUES, date(2017, 3, 20), unfinished={"2017-03"}) == 0
    assert "trigger.fired" not in talking.kinds()


def test_where_no_rows_are_zero_a_month_without_any_is_a_figure(world):
    talking = world.agreed(west(trigger(when={"change": None, "at_most": "0"})))
    ends = [Period.parse(f"2017-{month:02}") for month in range(1, 5)]
    rows = [(one.grain, one.start, one.end, one.end <= date(2017, 3, 31)) for one in ends]
    table = Table("dim_period", {"grain": "varchar", "period_start": "date", "period_end": "date",
                                 "is_complete": "boolean"}, rows)  # fmt: skip
    talking.lay(months(2017, "85"), DAY)
    lay_tables(talking.warehouse, "kpi", [table])
    kpi = talking.project.kpis["revenue"]
    zero = replace(talking.project, kpis={"revenue": kpi.model_copy(update={"missing": "zero"})})
    condition = Condition.model_validate(trigger(when={"change": None, "at_most": "0"})["when"])
    with open_reader(talking.warehouse) as connection:
        assert watched(connection, talking.project, DAY)(condition) == {date(2017, 1, 1): 85}
        known = watched(connection, zero, DAY)(condition)
    assert known == {date(2017, 1, 1): 85, date(2017, 2, 1): 0, date(2017, 3, 1): 0}


def test_a_figure_that_is_corrected_later_leaves_it_recorded_and_shown_as_such(world):
    talking = world.agreed(west())
    talking.run(VALUES, DAY)
    talking.run({**VALUES, "2017-03": "99"}, date(2017, 5, 2))
    (item,) = talking.rows("select * from kpi.fct_review_due where what = 'trigger'")
    (fired,) = talking.rows("select * from kpi.fct_trigger_fired")
    assert (item["is_still_so"], item["state"], fired["is_still_so"]) == (False, ReviewState.OVERDUE, False)
    assert (fired["fired_value"], fired["known_on"]) == (pytest.approx(80.5), DAY)


def test_a_run_as_of_an_earlier_day_has_nothing_to_review_yet(world):
    talking = world.agreed(west())
    talking.run(VALUES, DAY)
    assert talking.run(VALUES, date(2017, 3, 30), run_id="run-2") == 0
    assert talking.rows("select * from kpi.fct_review_due where what = 'trigger'") == []
    (fired,) = talking.rows("select * from kpi.fct_trigger_fired")
    assert (fired["known_on"], fired["is_still_so"]) == (DAY, None)


def test_the_amendment_that_names_it_closes_its_review_item(world):
    talking = world.agreed(west())
    talking.run(VALUES, DAY)
    (item,) = talking.rows("select * from kpi.fct_review_due where what = 'trigger'")
    assert (item["review_item"], item["state"], item["asks"]) == (ITEM, ReviewState.OPEN, "head_of_sales")
    assert (item["opened_on"], item["due_on"], item["kpi"]) == (DAY, date(2017, 4, 19), "revenue")
    reason = {"kind": "external_shock", "text": "The market fell", "trigger": "revenue_falls@2017-03"}
    amended = event("amended", target(value="18000.00"), decided_on="2017-04-10", valid_from="2017-05-01")
    answered = talking.agreed(west(), amended | {"reason": reason}, at=datetime(2017, 4, 11, tzinfo=UTC))
    answered.run(VALUES, date(2017, 4, 12))
    (item,) = answered.rows("select * from kpi.fct_review_due where what = 'trigger'")
    assert (item["state"], item["closed_on"]) == (ReviewState.CLOSED, date(2017, 4, 10))
    assert read_entries(answered.ledger)[item["closed_by_seq"] - 1].content["reason"]["trigger"] == reason["trigger"]


def test_an_outside_figure_fires_on_the_day_it_was_noted_and_not_before(world):
    watching = trigger(when={"kpi": None, "slice": None, "outside": "market", "change": None, "at_most": "90"})
    figures = outside(("2017-01", "80", "2017-02-03"), ("2017-02", "85", "2017-03-06"))
    talking = world.agreed(west(watching | {"for": 2}), outside={"market": figures})
    assert talking.run(VALUES, date(2017, 3, 5)) == 0
    assert talking.run(VALUES, date(2017, 3, 6)) == 1


def test_the_demos_history_fires_triggers_of_outside_figures_on_the_day_they_were_noted(world):
    watching = trigger(when={"kpi": None, "slice": None, "outside": "market", "change": None, "at_most": "90"})
    figures = outside(("2017-01", "80", "2017-02-03"))
    talking = world.agreed(west(watching | {"for": 1}, trigger()), outside={"market": figures})
    assert list(noted_days(talking.project)) == [date(2017, 2, 3)]
    days = [datetime(2017, 2, day, 9, tzinfo=UTC) for day in (2, 3, 4)]
    assert [fire_outside(talking.project, talking.ledger, day, "demo") for day in days] == [0, 1, 0]
    assert read_entries(talking.ledger)[-1].recorded_at == days[1]


@pytest.mark.parametrize("order", [1, -1])
def test_of_a_figure_noted_twice_the_later_day_counts_wherever_it_stands(world, order):
    watching = trigger(when={"kpi": None, "slice": None, "outside": "market", "change": None, "at_most": "90"})
    figures = outside(*[("2017-01", "80", "2017-02-03"), ("2017-01", "95", "2017-02-10")][::order])
    talking = world.agreed(west(watching | {"for": 1}), outside={"market": figures})
    assert talking.run(VALUES, date(2017, 2, 12)) == 0


def test_an_event_without_triggers_keeps_its_bytes():
    content = agreement_content("sales_west", AgreementEvent.model_validate(west() | {"triggers": []}))
    assert not {"triggers", "trigger"} & {*content, *content["reason"]}
    assert b"trigger" not in canonical_bytes(content)


def test_a_trigger_is_read_back_from_the_ledger_as_it_was_agreed(world):
    shown = west(trigger(when={"at_least": "-0.95"}))
    talking = world.agreed(shown)
    (found,) = recorded_events(talking.ledger)
    assert found.event == AgreementEvent.model_validate(shown)
    CONTENTS[EntryKind.AGREEMENT_AGREED].validate_python(agreement_content("sales_west", found.event))


def test_what_a_persons_own_trigger_says_lies_in_the_side_store(world):
    own = west(trigger(says="If Anna falls ill, the targets are looked at again.", asks="p1001"))
    talking = world.agreed(own, holder="p1001")
    assert b"Anna" not in b"".join(entry.line for entry in read_entries(talking.ledger))
    assert b"p1001" not in b"".join(entry.line for entry in read_entries(talking.ledger))
    kept = {one.value: one.about for one in all_kept(talking.ledger)}
    assert kept["If Anna falls ill, the targets are looked at again."] is not None
    (found,) = recorded_events(talking.ledger)
    assert (found.event.triggers[0].asks, found.holder) == ("p1001", "p1001")
    before = talking.kinds()
    assert talking.agreed(own, holder="p1001").kinds() == before


def test_what_fired_stays_when_a_later_policy_asks_for_an_approval_of_its_event(world, monkeypatch):
    added = event("amended", target(), valid_from="2017-02-01", triggers=[trigger()])
    talking = world.agreed(west() | {"triggers": []}, added)
    assert talking.run(VALUES, DAY) == 1
    amended = next(one for one in read_entries(talking.ledger) if one.kind is EntryKind.AGREEMENT_AMENDED)
    waits = {amended.entry_hash: Approval(ApprovalState.UNAPPROVED)}
    monkeypatch.setattr("kpiledger.reviews.items.approvals_of", lambda *_: waits)
    monkeypatch.setattr("kpiledger.reviews.firing.approvals_of", lambda *_: waits)
    assert talking.run(VALUES, DAY) == 0
    (item,) = talking.rows("select * from kpi.fct_review_due where what = 'trigger'")
    assert (item["review_item"], item["is_still_so"]) == (ITEM, False)


def test_a_run_that_its_checks_stop_records_no_trigger(world, monkeypatch):
    talking = world.agreed(west())
    talking.lay(VALUES, DAY)
    before = talking.kinds()

    def stop(*_):
        raise RunStopped("a check failed", "mend it")

    monkeypatch.setattr(main_job, "step", lambda *_, **__: nullcontext())
    monkeypatch.setattr(main_job, "leaving_page", lambda *_: nullcontext())
    monkeypatch.setattr(main_job, "_project_of", lambda *_: talking.project)
    monkeypatch.setattr(main_job, "require_passed", stop)
    settings = SimpleNamespace(ledger=talking.ledger.directory, anchors=())
    stopped = SimpleNamespace(settings=settings, root=world.root, run_id="run-1", warehouse=talking.warehouse)
    with pytest.raises(RunStopped):
        main_job.publish(stopped, lambda: AGREED_AT)  # type: ignore[arg-type]
    assert talking.kinds() == before


def test_a_ledger_without_agreements_has_nothing_to_talk_about(world):
    specs = replace(world.project, agreements=())
    talking = replace(world.agreed(west()), project=specs)
    assert talking.run({}, date(2016, 12, 20)) == 0
    assert talking.rows("select count(*) as n from kpi.fct_decision") == [{"n": 0}]
