"""Erasing a person: specs first, then everything that runs made, then the ledger."""

from __future__ import annotations

from dataclasses import replace

import pytest
from ledger_builders import agreed, agreements, clock, project, target
from people_place import ILL, OWN_FILE, PERSON, TEXT, bytes_below

from kpiledger.errors import BusyError, RunStopped, WrongUse
from kpiledger.ledger.contents import recorded_events
from kpiledger.ledger.entry import Draft
from kpiledger.ledger.schema import EntryKind
from kpiledger.ledger.side_store import all_kept
from kpiledger.ledger.store import read_entries, writing
from kpiledger.ledger.subjects import commit_subject, unexplained
from kpiledger.ledger_index.opening import open_index
from kpiledger.people import erasing
from kpiledger.people.erasing import erase_everywhere, plan
from kpiledger.people.generated import remove_generated
from kpiledger.periods import Period
from kpiledger.recording import pending, record
from kpiledger.reports.target import target_answer

REASON = "asked for on 2026-01-20"


def erase(place, person=PERSON, reason=REASON):
    return erase_everywhere(place.settings, place.ledger, person, reason, clock())


def planned(place, person=PERSON):
    with open_index(place.settings, place.ledger) as index:
        return plan(place.settings, place.ledger, index, person)


def test_it_is_refused_while_the_specs_name_the_person_with_every_place(place):
    place.write(OWN_FILE, "holder: p1001\n")
    place.write("metrics/organisation.yml", "people:\n  p1001: [cfo]\n")
    before = bytes_below(place.root)
    with pytest.raises(RunStopped) as stopped:
        erase(place)
    told = str(stopped.value)
    assert f"{OWN_FILE}:1:9: KPI161 error: this names p1001, who is to be erased" in told
    assert f"{OWN_FILE}:1:1: KPI161 error: this file is named after p1001" in told
    assert "metrics/organisation.yml:2:3" in told
    assert bytes_below(place.root) == before


def test_a_reason_that_names_the_person_is_refused_as_it_stays(place):
    with pytest.raises(WrongUse, match="the reason names p1001"):
        erase(place, reason="p1001 asked for it")


def test_whom_the_ledger_does_not_hold_cannot_be_erased(place):
    place.write("build/pages/index.html", "stays")
    with pytest.raises(WrongUse, match="holds nothing about 'p1002'"):
        erase(place, person="p1002")
    assert (place.settings.build / "pages/index.html").exists()


def test_nothing_of_the_person_is_left_in_any_file(place):
    salts = [kept.salt for kept in all_kept(place.ledger)]
    place.write("build/runs/one.json", '{"report": "holder p1001 has no target"}')
    place.write("build/runs/two.json", '{"report": "fine"}')
    place.write("build/runs/three.json", f'{{"report": "reason.text: recorded {TEXT}, found nothing"}}')
    place.write("build/publications/one/warehouse.duckdb", "p1001")
    place.write("build/dagster/storage/runs.db", "p1001")
    place.write("build/bundles/2017.tar", TEXT)
    place.write("logs/dbt.log", "p1001")
    place.write("target/run_results.json", "p1001")
    place.write("build/ledger/torn/after-1-ab.jsonl", "p1001")
    place.write("build/ledger/torn/after-2-ab.jsonl", "of nobody")
    kept = {"build/ledger/torn/after-2-ab.jsonl", "build/runs/one.json"}
    erased = erase(place)
    assert erased.values == 3
    left = bytes_below(place.root)
    for needle in (PERSON, TEXT, ILL, "Kirkegaard", *salts):
        assert [name for name, content in left.items() if needle.encode() in content] == []
    assert kept <= left.keys()
    assert b'"report": "erased"' in left["build/runs/one.json"]
    assert b'"report": "fine"' in left["build/runs/two.json"]


def test_the_ledger_still_holds_and_the_files_without_the_agreement_fit_it(place):
    before = (place.settings.ledger / "entries.jsonl").read_bytes()
    erase(place)
    assert (place.settings.ledger / "entries.jsonl").read_bytes().startswith(before)
    assert list(unexplained(place.ledger, read_entries(place.ledger))) == []
    assert pending(project(root=place.root), place.ledger) == ((), [])
    holder = recorded_events(place.ledger)[0].holder
    assert holder.startswith("erased_")


def test_an_agreement_that_is_gone_without_an_erasure_is_still_missed(place):
    _, findings = pending(project(root=place.root), place.ledger)
    assert [finding.rule for finding in findings] == ["KPI092"]


def test_two_erased_people_stay_two_holders(place):
    event = agreed(target(), agreement="second_2017")
    specs = project(agreements(event, holder="p1002", path="metrics/agreements/2017/p1002.yml"), root=place.root)
    people = {"p1001": ("cfo",), "p1002": ("cfo",)}
    organisation = specs.organisation.model_copy(update={"people": people})
    files = (*place.project.agreements, *specs.agreements)
    both = replace(specs, organisation=organisation, agreements=files)
    record(both, place.root, place.ledger, clock())
    for person in people:
        erase(place, person=person)
    assert len({event.holder for event in recorded_events(place.ledger)}) == 2


def test_an_erasure_that_was_interrupted_is_found_and_finished(place):
    own = commit_subject(place.ledger, PERSON)["commitment"]
    gone = sorted(kept.commitment for kept in all_kept(place.ledger))
    with writing(place.ledger, clock()) as writer:
        writer.append([Draft(EntryKind.SUBJECT_ERASED, own, {"commitments": gone, "reason": REASON})])
    found = [problem.message for problem in unexplained(place.ledger, read_entries(place.ledger))]
    assert len(found) == 3
    assert all("erasing was interrupted; erase again" in message for message in found)
    erase(place)
    assert list(unexplained(place.ledger, read_entries(place.ledger))) == []


def test_no_run_may_be_at_work_meanwhile(place, monkeypatch):
    def busy(folder, run_id):
        raise BusyError("run one is building this project")

    monkeypatch.setattr(erasing, "claim", busy)
    with pytest.raises(BusyError):
        erase(place)
    assert len(list(all_kept(place.ledger))) == 3


def test_a_plan_says_what_goes_and_what_stays_and_changes_nothing(place):
    place.write("build/pages/index.html", "p1001")
    place.write("build/sources/crm.sqlite", "seller p1001")
    with open_index(place.settings, place.ledger):
        before = bytes_below(place.root)
    found = planned(place)
    assert (found.values, found.entries) == (3, (2,))
    removed = {path.relative_to(place.root).as_posix() for path in found.removed}
    assert "build/pages" in removed
    assert "crm.sqlite" in {one.what for one in found.stays}
    assert {"build/ledger", "build/sources"}.isdisjoint(removed)
    assert bytes_below(place.root) == before


def test_the_target_of_an_erased_holder_is_found_by_the_name_that_tables_show(place):
    erase(place)
    shown = recorded_events(place.ledger)[0].holder
    with open_index(place.settings, place.ledger) as index:
        answer = target_answer(place.ledger, index, None, "revenue", shown, Period.parse("2017-03"))
    assert [one.value for one in answer.today] == [21000]
    assert {one.reason_text for one in answer.today} == {"erased"}


def test_the_register_of_issues_and_the_pages_of_stopped_runs_go_with_all_that_runs_make(place):
    settings = place.settings
    page = settings.stopped / "run-1" / "todo" / "of-west.csv"
    page.parent.mkdir(parents=True)
    for path in (settings.issues, page):
        path.write_text(f"the record of {PERSON}", encoding="utf-8")
    assert {settings.issues, settings.stopped} <= set(planned(place).removed)
    remove_generated(settings)
    assert not settings.issues.exists()
    assert not settings.stopped.exists()
