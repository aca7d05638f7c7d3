"""The questions that the ledger answers: the target, its history, and whether all of it still holds."""

import json
from datetime import date, timedelta
from decimal import Decimal

import duckdb
import pytest
from ledger_builders import NOW, agreed, agreements, clock, event, project, target

from kpiledger import verifying as verify
from kpiledger.errors import WrongUse
from kpiledger.ledger.contents import KIND_OF_EVENT, agreement_content, recorded_events
from kpiledger.ledger.entry import Draft
from kpiledger.ledger.store import Ledger, read_entries, signed_checkpoint, writing
from kpiledger.ledger_index.opening import index_in_memory
from kpiledger.periods import COMMON, Period
from kpiledger.projected import expected_tables
from kpiledger.recording import record, record_publication
from kpiledger.reports import history, target_told
from kpiledger.reports import target as target_report
from kpiledger.specs.agreement import AgreementEvent
from kpiledger.warehouse import lay_tables

LATER = NOW + timedelta(days=30)
AGREED = agreed(target(value="21000.00", amber={"share_of_target": "0.95"}, weight="0.4"))
AMENDED = event("amended", target(value="18000.00"), reason="Two key accounts left", approved_by="finance_controller")
AUGUST = Period.parse("2017-08")


@pytest.fixture
def ledger(tmp_path):
    found = Ledger(tmp_path / "ledger")
    record(project(agreements(AGREED)), tmp_path, found, clock())
    record(project(agreements(AGREED, AMENDED)), tmp_path, found, clock(LATER))
    return found


def index_of(ledger):
    return index_in_memory(ledger, signed_checkpoint(ledger))


def answer(ledger, period=AUGUST, known_at=None, kpi="revenue", holder="sales_west", specs=None):
    return target_report.target_answer(ledger, index_of(ledger), specs, kpi, holder, period, known_at)


def test_the_target_comes_with_everything_behind_it(ledger):
    found = answer(ledger, specs=project())
    assert (found.unit, found.differences, len(found.known)) == ("USD", (), 1)
    one = found.known[0]
    assert (one.value, one.comparison, one.amber) == (Decimal(18000), "at_least", None)
    assert (one.slice, one.member, one.agreement, one.agreement_version) == ("region", "West", "west_2017", 2)
    assert (one.reason_kind, one.reason_text) == ("external_shock", "Two key accounts left")
    assert (one.proposed_by, one.approved_by, one.decided_on) == (
        "head_of_sales", "finance_controller", date(2016, 12, 12),
    )  # fmt: skip
    assert (one.valid_from, one.valid_to) == (date(2017, 7, 1), date(2017, 12, 31))
    entry = read_entries(ledger)[2]
    assert (one.recorded_at, one.seq, one.commit, one.entry_hash) == (LATER, 3, None, entry.entry_hash)


def test_an_earlier_moment_still_gives_the_earlier_answer_and_the_difference(ledger):
    found = answer(ledger, known_at=LATER - timedelta(microseconds=1))
    assert [(one.value, one.agreement_version, one.amber) for one in found.known] == [(21000, 1, Decimal(19950))]
    assert [(one.value, one.agreement_version) for one in found.today] == [(18000, 2)]
    assert "west_2017 (region West): value 21000 -> 18000" in found.differences
    assert "west_2017 (region West): reason_text as discussed -> Two key accounts left" in found.differences
    assert [one.value for one in answer(ledger, known_at=LATER).known] == [18000]


def test_before_anything_was_recorded_no_target_was_agreed(ledger):
    found = answer(ledger, known_at=NOW - timedelta(days=1))
    assert not found.has_target
    assert found.differences == ("west_2017 (region West): target not agreed -> target 18,000",)
    assert "  no target agreed" in target_told.render_text(found).splitlines()


def test_a_period_of_another_grain_says_which_grain_has_a_target(ledger):
    text = target_told.render_text(answer(ledger, Period.parse("2017-Q3")))
    assert text.splitlines() == [
        "revenue of sales_west in 2017-Q3",
        "  no target agreed",
        "  there is a target by month",
    ]


def test_the_text_shows_what_people_ask_for(ledger):
    text = target_told.render_text(answer(ledger, known_at=NOW, specs=project()))
    for line in (
        "revenue of sales_west in 2017-08, as known on 2026-01-05 09:00:00 UTC",
        "  target       at least 21,000 USD, region West",
        "  amber from   19,950",
        "  agreement    west_2017, version 1",
        "  reason       annual_agreement: as discussed",
        "  valid        2017-01-01 to 2017-12-31",
        "  recorded at  2026-01-05 09:00:00 UTC, entry 2, commit none",
        "as known today",
        "  target       at least 18,000 USD, region West",
    ):
        assert line in text.splitlines()


def test_the_json_has_decimals_and_times_as_texts(ledger):
    shown = json.loads(target_told.render_json(answer(ledger)))
    assert (shown["period"], shown["known"][0]["value"]) == ("2017-08", "18000")
    assert shown["known"][0]["recorded_at"] == "2026-02-04T09:00:00.000000Z"


def test_unknown_names_are_wrong_use_with_the_nearest_name(ledger):
    with pytest.raises(WrongUse, match="`revenu` is none of the KPIs\n  hint: did you mean `revenue`"):
        answer(ledger, kpi="revenu")
    with pytest.raises(WrongUse, match="`sales_wst` is none of the holders\n  hint: did you mean `sales_west`"):
        answer(ledger, holder="sales_wst")


def test_a_holder_that_has_no_agreement_has_no_target(ledger):
    assert not answer(ledger, holder="cfo", specs=project()).has_target


def test_the_history_of_an_agreement_shows_each_version_with_old_and_new(ledger):
    found = history.history(ledger, index_of(ledger), "west_2017")
    assert [(step.version, step.event, step.seq, step.recorded_at) for step in found.steps] == [
        (1, "agreed", 2, NOW),
        (2, "amended", 3, LATER),
    ]
    assert history.render_text(found).splitlines()[9:] == [
        "west_2017 version 2 (amended, sales_west)",
        "  valid     from 2017-07-01 to 2017-12-31",
        "  reason    external_shock: Two key accounts left",
        "  who       proposed by head_of_sales, approved by finance_controller, decided on 2016-12-12",
        "  recorded  2026-02-04 09:00:00 UTC, entry 3, commit none",
        "  revenue (region West): each month 21000 -> 18000, amber share 0.95 -> none, weight 0.4 -> none",
    ]
    assert json.loads(history.render_json(found))["steps"][0]["changes"][0]["old"] is None


def test_the_history_of_a_ramp_shows_the_months_that_moved(tmp_path):
    ledger = Ledger(tmp_path / "ledger")
    first = agreed(target(value={"by_period": {"2017-06": "1", "2017-07": "2", "2017-08": "3.50"}}))
    then = event("amended", target(value={"by_period": {"2017-07": "2.0", "2017-08": "4"}}))
    record(project(agreements(first, then)), tmp_path, ledger, clock())
    lines = history.render_text(history.history(ledger, index_of(ledger), "west_2017")).splitlines()
    assert "  revenue (region West): no target -> at least 2017-06 1, 2017-07 2, 2017-08 3.5" in lines
    assert "  revenue (region West): 2017-08 3.5 -> 4" in lines


def test_the_history_of_a_kpi_holds_its_definition_and_the_agreements_on_it(ledger):
    found = history.history(ledger, index_of(ledger), "revenue")
    assert [(step.name, step.event) for step in found.steps] == [
        ("revenue", "definition"),
        ("west_2017", "agreed"),
        ("west_2017", "amended"),
    ]
    with pytest.raises(WrongUse, match="did you mean `west_2017`"):
        history.history(ledger, index_of(ledger), "west_2016")


def test_the_history_of_a_retirement_shows_what_ended(tmp_path):
    ledger = Ledger(tmp_path / "ledger")
    record(project(agreements(AGREED, event("retired"))), tmp_path, ledger, clock())
    last = history.history(ledger, index_of(ledger), "west_2017").steps[-1]
    assert [(change.kpi, change.new) for change in last.changes] == [("revenue", None)]


def laid(path, ledger, change="select 1"):
    """A warehouse with the tables that the ledger makes, changed."""
    entries = read_entries(ledger)
    tables = expected_tables(ledger, entries, recorded_events(ledger, entries), COMMON)
    lay_tables(path, "kpi", tables)
    with duckdb.connect(str(path)) as connection:
        connection.execute(change)
    return path


def test_a_ledger_that_agrees_with_files_and_tables_holds(ledger, tmp_path):
    warehouse = laid(tmp_path / "warehouse.duckdb", ledger)
    found = verify.verify(ledger, project(agreements(AGREED, AMENDED)), warehouse)
    assert found.holds
    assert found.looked_at == (
        "entries", "leaves", "checkpoint", "order", "checkpoints", "subjects", "approvals", "files", "projection",
    )  # fmt: skip
    assert json.loads(verify.render_json(found))["holds"] is True
    assert f"root {found.root_hash}" in verify.render_text(found)


def test_an_edited_file_is_named(ledger):
    edited = event(
        "amended", target(value="17000.00"), reason="Two key accounts left", approved_by="finance_controller"
    )
    found = verify.verify(ledger, project(agreements(AGREED, edited)))
    assert [problem.name for problem in found.problems] == ["files"]
    assert "KPI090" in found.problems[0].message
    assert "recorded 18000, found 17000" in found.problems[0].message


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            "update kpi.fct_kpi_target set target_value = 1 where rowid = 0",
            ["a row is missing (apart in target_value)", "a row is not in the ledger (apart in target_value)"],
        ),
        ("delete from kpi.fct_kpi_target where rowid = 0", ["a row is missing: agreement=west_2017"]),
        ("insert into kpi.fct_kpi_target from kpi.fct_kpi_target where rowid = 0", ["a row is not in the ledger: "]),
    ],
)
def test_a_table_row_that_was_changed_lost_or_doubled_is_named(ledger, tmp_path, change, words):
    found = verify.verify(ledger, None, laid(tmp_path / "warehouse.duckdb", ledger, change))
    assert [problem.name for problem in found.problems] == ["projection"] * len(words)
    for problem, word in zip(found.problems, words, strict=True):
        assert f"kpi.fct_kpi_target: {word}" in problem.message
        assert "agreement=west_2017" in problem.message


def test_tables_of_the_last_publication_are_no_difference_when_a_later_run_published_nothing(tmp_path):
    ledger = Ledger(tmp_path / "ledger")
    record(project(agreements(AGREED)), tmp_path, ledger, clock())
    record_publication(ledger, {"run_id": "run", "as_of_on": None, "hashes": {}}, clock())
    warehouse = laid(tmp_path / "warehouse.duckdb", ledger)
    record(project(agreements(AGREED, AMENDED)), tmp_path, ledger, clock(LATER))
    assert verify.verify(ledger, None, warehouse).holds
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("delete from kpi.fct_kpi_target where rowid = 0")
    found = verify.verify(ledger, None, warehouse)
    assert {problem.name for problem in found.problems} == {"projection"}


PUBLISHED = {"fct_kpi_value": "a" * 64, "fct_scorecard": "b" * 64}
FORMERLY = {"fct_kpi_value": "a" * 64, "fct_scorecard": "0" * 64}


@pytest.fixture
def publication(ledger):
    for run, hashes in (("first", FORMERLY), ("second", PUBLISHED)):
        record_publication(ledger, {"run_id": run, "as_of_on": None, "hashes": hashes}, clock(LATER))
    return ledger


def test_tables_that_readers_see_as_they_were_published_hold(publication):
    found = verify.verify(publication, published=PUBLISHED)
    assert found.holds
    assert found.looked_at[-1] == "published tables"


def test_a_published_table_that_was_changed_is_named_with_both_hashes(publication):
    found = verify.verify(publication, published=PUBLISHED | {"fct_scorecard": "c" * 64})
    assert [(problem.name, problem.seq, problem.key) for problem in found.problems] == [
        ("published tables", 5, "second")
    ]
    assert found.problems[0].message == (
        f"fct_scorecard: recorded {'b' * 64}, found {'c' * 64}; a number was changed outside of a run, "
        "or a run was interrupted while publishing; `kpi run` publishes again"
    )


def test_tables_of_a_former_publication_do_not_hold(publication):
    assert [problem.seq for problem in verify.verify(publication, published=FORMERLY).problems] == [5]


def test_a_published_table_that_is_gone_is_named(publication):
    (problem,) = verify.verify(publication, published={"fct_kpi_value": "a" * 64}).problems
    assert problem.message.startswith(f"fct_scorecard: recorded {'b' * 64}, found nothing;")


def test_a_table_that_an_older_publication_did_not_hash_is_told_as_such_and_is_no_damage(publication):
    found = verify.verify(publication, published=PUBLISHED | {"fct_review_due": "c" * 64})
    (last,) = [text for text in found.not_looked_at if text.startswith("published tables: ")]
    assert "published tables: fct_review_due was not hashed by that publication (entry " in last
    assert found.holds


def test_tables_published_without_a_recorded_publication_are_a_problem(ledger):
    found = verify.verify(ledger, published=PUBLISHED)
    assert [problem.name for problem in found.problems] == ["published tables"]
    assert found.problems[0].message.startswith(
        "fct_kpi_value, fct_scorecard: published, but no `run.published` is recorded;"
    )
    assert verify.verify(ledger, published={}).holds


def test_what_the_caller_did_not_look_at_is_said_and_still_holds(ledger):
    found = verify.verify(ledger, not_looked_at=["published tables: no warehouse at build"])
    assert found.holds
    assert "not looked at: published tables: no warehouse at build" in verify.render_text(found).splitlines()
    assert json.loads(verify.render_json(found))["not_looked_at"] == ["published tables: no warehouse at build"]


def test_a_problem_of_the_caller_counts_like_any_other(ledger):
    found = verify.verify(ledger, problems=["files: the specs have errors"])
    assert not found.holds
    assert "project: files: the specs have errors" in verify.render_text(found).splitlines()
    shown = json.loads(verify.render_json(found))
    assert (shown["holds"], shown["problems"][0]["message"]) == (False, "files: the specs have errors")


def test_what_a_damaged_ledger_leaves_unchecked_is_said(publication):
    content = publication.storage.entries_file.read_bytes()
    publication.storage.entries_file.write_bytes(content.replace(b'"value":"18000"', b'"value":"19000"'))
    found = verify.verify(publication, published=PUBLISHED, not_looked_at=["files: none"], problems=["told"])
    assert "published tables" not in found.looked_at
    assert found.not_looked_at == (
        "files: none",
        "checkpoints: the ledger itself does not hold",
        "subjects: the ledger itself does not hold",
        "agreements: the ledger itself does not hold",
        "approvals: the ledger itself does not hold",
        "published tables: the ledger itself does not hold",
    )
    publication.storage.checkpoint_file.unlink()
    missing = verify.verify(publication, published=PUBLISHED, not_looked_at=["a"], problems=["told"])
    assert missing.not_looked_at == (
        "a",
        "subjects: the ledger cannot be read",
        "agreements: the ledger cannot be read",
        "approvals: the ledger cannot be read",
        "published tables: the ledger cannot be read",
    )
    assert [problem.name for problem in missing.problems] == ["project", "ledger"]


def test_where_a_personal_value_was_changed_files_and_rows_are_not_claimed_to_be_compared(tmp_path):
    ledger = Ledger(tmp_path / "ledger")
    own = agreed(target(), agreement="own_2017", reason="came back from leave")
    specs = project(agreements(own, holder="p1001", path="metrics/agreements/2017/own.yml"))
    record(specs, tmp_path, ledger, clock())
    path = next(path for path in ledger.subjects.glob("*.json") if "leave" in path.read_text())
    path.write_text(path.read_text().replace("leave", "loave"))
    found = verify.verify(ledger, specs, [], published=PUBLISHED)
    assert [problem.name for problem in found.problems] == ["subjects", "published tables"]
    assert found.looked_at[5:] == ("subjects", "approvals", "published tables")
    assert found.not_looked_at == (
        "files: the recorded events cannot be read",
        "projection: the recorded events cannot be read",
    )


def test_a_changed_byte_is_named_with_its_entry(ledger):
    content = (ledger.directory / "entries.jsonl").read_bytes()
    (ledger.directory / "entries.jsonl").write_bytes(content.replace(b'"value":"18000"', b'"value":"19000"'))
    found = verify.verify(ledger, project(agreements(AGREED, AMENDED)))
    assert (found.problems[0].seq, found.problems[0].key) == (3, "west_2017/2")
    assert "leaf: entry 3 (west_2017/2): its bytes hash to" in verify.render_text(found)
    assert "so an entry was changed" in verify.render_text(found)


def test_an_agreement_that_is_agreed_twice_or_amended_first_is_named_without_any_table(tmp_path):
    ledger = Ledger(tmp_path / "ledger")
    with writing(ledger, lambda: NOW) as writer:
        events = map(AgreementEvent.model_validate, (event("amended", target()), agreed(target()), agreed(target())))
        writer.append([
            Draft(KIND_OF_EVENT[one.event], f"west_2017/{number}", agreement_content("sales_west", one))
            for number, one in enumerate(events, start=1)
        ])  # fmt: skip
    found = verify.verify(ledger)
    assert [str(problem) for problem in found.problems] == [
        "entry 1 (west_2017/1): the event `amended` is the first of its agreement and is not `agreed`",
        "entry 2 (west_2017/2): the event `agreed` agrees a second time; what changes an agreement is `amended`",
        "entry 3 (west_2017/3): the event `agreed` agrees a second time; what changes an agreement is `amended`",
    ]
