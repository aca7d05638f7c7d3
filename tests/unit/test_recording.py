"""Recording: once each, and never another story than the one recorded."""

import subprocess
from dataclasses import replace
from datetime import timedelta

import pytest
from ledger_builders import NOW, agreed, agreements, clock, event, fact, kpi, project, target, version

from kpiledger.errors import WrongUse
from kpiledger.ledger.recordables import recordables
from kpiledger.ledger.store import Ledger, read_entries
from kpiledger.recording import pending, record, record_publication, recorded_definitions
from kpiledger.specs.calendar import Month
from kpiledger.specs.fact import Dimension

AGREED = agreed(target(value="21000.00"))
AMENDED = event("amended", target(value="18000.00"))
RATIO = {"type": "ratio", "numerator": "sales", "denominator": "lines"}


@pytest.fixture
def ledger(tmp_path):
    return Ledger(tmp_path / "ledger")


def messages(found):
    return [(item.rule, item.position.line, item.message) for item in pending(*found)[1]]


def test_a_second_recording_adds_nothing(tmp_path, ledger):
    specs = project(agreements(AGREED, AMENDED))
    first = record(specs, tmp_path, ledger, clock())
    content = (ledger.directory / "entries.jsonl").read_bytes()
    second = record(specs, tmp_path, ledger, clock(NOW + timedelta(days=1)))
    assert (first.new, first.total) == (3, 3)
    assert (second.new, second.total, second.root_hash) == (0, 3, first.root_hash)
    assert (ledger.directory / "entries.jsonl").read_bytes() == content
    assert [entry.key for entry in read_entries(ledger)] == ["revenue/1", "west_2017/1", "west_2017/2"]
    assert pending(specs, ledger) == ((), [])


def test_before_the_first_recording_everything_is_pending_and_no_ledger_is_made(ledger):
    new, findings = pending(project(agreements(AGREED)), ledger)
    assert [item.key for item in new] == ["revenue/1", "west_2017/1"]
    assert findings == []
    assert not ledger.directory.exists()


def test_only_the_later_event_is_recorded_later(tmp_path, ledger):
    record(project(agreements(AGREED)), tmp_path, ledger, clock())
    later = NOW + timedelta(days=3)
    assert record(project(agreements(AGREED, AMENDED)), tmp_path, ledger, clock(later)).new == 1
    assert [(entry.key, entry.recorded_at) for entry in read_entries(ledger)][2] == ("west_2017/2", later)


def test_another_way_to_write_the_same_number_is_no_change(tmp_path, ledger):
    record(project(agreements(AGREED)), tmp_path, ledger, clock())
    assert pending(project(agreements(agreed(target(value="21000")))), ledger) == ((), [])


def test_an_edited_event_is_a_finding_that_shows_both_values(tmp_path, ledger):
    record(project(agreements(AGREED, AMENDED)), tmp_path, ledger, clock())
    edited = event("amended", target(value="17000.00"), reason="as agreed")
    assert messages((project(agreements(AGREED, edited)), ledger)) == [
        (
            "KPI090",
            23,
            "the agreement event west_2017/2 is not as it was recorded in entry 3: "
            "reason.text: recorded as discussed, found as agreed; "
            "targets[0].target.value: recorded 18000, found 17000",
        )
    ]
    with pytest.raises(WrongUse, match=r"sales_west\.yml:23: the agreement event west_2017/2 is not as"):
        record(project(agreements(AGREED, edited)), tmp_path, ledger, clock())
    assert len(read_entries(ledger)) == 3


def test_an_event_of_another_kind_under_the_same_key_is_an_edited_event(tmp_path, ledger):
    record(project(agreements(AGREED, AMENDED)), tmp_path, ledger, clock())
    found = messages((project(agreements(AGREED, event("retired"))), ledger))
    assert [rule for rule, _, _ in found] == ["KPI090"]
    assert "event: recorded amended, found retired" in found[0][2]


def test_a_changed_measure_changes_the_definitions_that_use_it(tmp_path, ledger):
    record(project(), tmp_path, ledger, clock())
    assert messages((project(measure="sales_amount - discount_amount"), ledger)) == [
        (
            "KPI091",
            20,
            "the definition revenue/1 is not as it was recorded in entry 1: definition.measures.sales.expr: "
            "recorded sales_amount, found sales_amount - discount_amount",
        )
    ]


def sliced_by(**dimensions):
    spec = fact()
    found = {name: Dimension(**given) for name, given in dimensions.items()}
    return replace(project(), facts={"order_line": spec.model_copy(update={"dimensions": found})})


def test_a_definition_holds_the_columns_that_the_kpi_is_sliced_by_and_no_others():
    specs = sliced_by(region={"column": "region", "through": "dim_team", "on": "team"}, other={"column": "other"})
    definition = next(recordables(specs)).content["definition"]
    assert definition["facts"] == {
        "order_line": {
            "model": "fct_order_line",
            "key": ["order_line_id"],
            "zone": "UTC",
            "dimensions": {"region": {"column": "region", "through": "dim_team", "on": "team"}},
        }
    }


def test_a_dimension_that_now_means_another_column_changes_the_definitions_sliced_by_it(tmp_path, ledger):
    record(project(), tmp_path, ledger, clock())
    found = messages((sliced_by(region={"column": "category"}), ledger))
    assert [(rule, message.partition(": ")[2]) for rule, _, message in found] == [
        ("KPI091", "definition.facts.order_line.dimensions.region.column: recorded region, found category")
    ]


def test_the_hint_says_what_a_new_version_can_change_and_what_it_cannot(tmp_path, ledger):
    record(project(), tmp_path, ledger, clock())
    turned = pending(sliced_by(region={"column": "category"}), ledger)[1]
    assert [one.hint for one in turned] == [
        "put it back, and slice by another column as a dimension with a name of its own"
    ]
    zero = pending(replace(project(), kpis={"revenue": kpi(missing="zero")}), ledger)[1]
    assert [one.hint for one in zero] == [
        "put it back; `missing` holds for every version: a KPI that reads what is missing anew is another KPI"
    ]


def test_a_dimension_that_the_kpi_is_not_sliced_by_may_change(tmp_path, ledger):
    record(project(), tmp_path, ledger, clock())
    assert pending(sliced_by(region={"column": "region"}, category={"column": "category"}), ledger) == ((), [])


def test_a_slice_that_is_added_changes_no_definition_and_one_that_is_taken_away_does(tmp_path, ledger):
    columns = {"region": {"column": "region"}, "category": {"column": "category"}}
    specs = sliced_by(**columns)
    record(specs, tmp_path, ledger, clock())
    more = kpi(slices=["region", "category"])
    assert pending(replace(specs, kpis={"revenue": more}), ledger) == ((), [])
    less = kpi(slices=[])
    assert [rule for rule, _, _ in messages((replace(specs, kpis={"revenue": less}), ledger))] == ["KPI091"]
    other = Ledger(tmp_path / "other")
    record(replace(specs, kpis={"revenue": more}), tmp_path, other, clock())
    turned = kpi(slices=["category", "region"])
    assert pending(replace(specs, kpis={"revenue": turned}), other) == ((), [])


def test_a_calendar_that_moves_recorded_years_is_a_finding_that_says_so(tmp_path, ledger):
    yearly = kpi(grains=["month", "year"])
    record(project(kpis=[yearly]), tmp_path, ledger, clock())
    moved = project().calendar.model_copy(update={"fiscal_year_starts": Month.JULY})
    (found,) = pending(replace(project(kpis=[yearly]), calendar=moved), ledger)[1]
    assert found.message.endswith("definition.calendar.fiscal_year_starts: recorded january, found july")
    assert found.hint == "put metrics/calendar.yml back: the numbers that were recorded rest on it"
    assert pending(replace(project(), calendar=moved), ledger) == ((), [])


DOUBLE = {"type": "derived", "expr": "sold * 2", "inputs": {"sold": {"kpi": "revenue"}}}


def test_a_kpi_that_another_one_is_derived_from_may_get_a_new_version(tmp_path, ledger):
    double = kpi("double", [version(formula=DOUBLE)])
    record(project(kpis=[kpi(), double]), tmp_path, ledger, clock())
    versions = [version(valid_to="2016-12-31"), version(2, "2017-01-01", RATIO)]
    new, findings = pending(project(kpis=[kpi(versions=versions), double]), ledger)
    assert ([item.key for item in new], findings) == (["revenue/2"], [])


def test_an_edited_version_is_told_for_what_is_derived_from_it_too(tmp_path, ledger):
    double = kpi("double", [version(formula=DOUBLE)])
    record(project(kpis=[kpi(), double]), tmp_path, ledger, clock())
    edited = kpi(versions=[version(formula=RATIO)])
    findings = {item.message.split()[2]: item for item in pending(project(kpis=[edited, double]), ledger)[1]}
    assert set(findings) == {"double/1", "revenue/1"}
    assert "1: depends_on.revenue.1: recorded " in findings["double/1"].message
    assert findings["double/1"].hint.startswith("put the KPI that it is derived from back")


def test_a_recorded_text_that_reads_erased_is_compared_like_any_other(tmp_path, ledger):
    record(project(agreements(agreed(target(), reason="erased"))), tmp_path, ledger, clock())
    found = messages((project(agreements(agreed(target(), reason="as discussed"))), ledger))
    assert [rule for rule, _, _ in found] == ["KPI090"]
    assert "reason.text: recorded erased, found as discussed" in found[0][2]


@pytest.mark.parametrize("reason", ["came back from leave", "another story", "erased"])
def test_a_personal_value_that_is_gone_without_an_erasure_cannot_be_compared(tmp_path, ledger, reason):
    def own(text):
        event = agreed(target(), agreement="own_2017", reason=text)
        return project(agreements(event, holder="p1001", path="metrics/agreements/2017/own.yml"))

    record(own("came back from leave"), tmp_path, ledger, clock())
    next(path for path in ledger.subjects.glob("*.json") if "came back" in path.read_text()).unlink()
    assert messages((own(reason), ledger)) == [
        (
            "KPI093",
            3,
            "own_2017/1, recorded in entry 2, cannot be compared: reason.text is missing from the ledger's "
            "`subjects` and no `subject.erased` says why",
        )
    ]
    with pytest.raises(WrongUse, match="restore the folder `subjects`"):
        record(own(reason), tmp_path, ledger, clock())
    assert len(read_entries(ledger)) == 2


def test_a_new_version_that_ends_the_former_one_is_no_change_of_it(tmp_path, ledger):
    record(project(), tmp_path, ledger, clock())
    versions = [version(valid_to="2016-12-31"), version(2, "2017-01-01", RATIO)]
    new, findings = pending(project(kpis=[kpi(versions=versions)]), ledger)
    assert ([item.key for item in new], findings) == (["revenue/2"], [])


def test_labels_and_descriptions_are_no_part_of_the_definition(tmp_path, ledger):
    record(project(), tmp_path, ledger, clock())
    assert pending(project(kpis=[kpi(label={"en": "Turnover"})]), ledger) == ((), [])


def test_what_is_recorded_and_gone_from_the_files_is_a_finding(tmp_path, ledger):
    both = [kpi(), kpi("sales_each", [version(formula=RATIO)])]
    record(project(agreements(AGREED, AMENDED), kpis=both), tmp_path, ledger, clock())
    assert messages((project(agreements(AGREED)), ledger)) == [
        ("KPI092", 1, "the agreement event west_2017/2, recorded in entry 4, is no longer in the files"),
        ("KPI092", 1, "the definition sales_each/1, recorded in entry 2, is no longer in the files"),
    ]


def test_an_agreement_that_does_not_begin_with_agreed_is_not_recorded(tmp_path, ledger):
    with pytest.raises(WrongUse, match="event west_2017/1 is amended"):
        record(project(agreements(AMENDED)), tmp_path, ledger, clock())
    assert read_entries(ledger) == ()


def test_recorded_definitions_are_found_by_kpi_and_version(tmp_path, ledger):
    record(project(), tmp_path, ledger, clock())
    found = recorded_definitions(ledger)["revenue", 1]
    entry = read_entries(ledger)[0]
    assert (found.definition_hash, found.seq) == (entry.content["definition_hash"], 1)
    assert (found.recorded_at, found.entry_hash) == (NOW, entry.entry_hash)


def test_a_publication_is_recorded_when_something_in_it_changed(ledger):
    def content(run, digest):
        return {"run_id": run, "as_of_on": "2017-12-31", "hashes": {"kpi.fct_scorecard": digest * 64}}

    assert record_publication(ledger, content("a", "0"), clock())
    assert not record_publication(ledger, content("b", "0"), clock())
    assert record_publication(ledger, content("c", "1"), clock())
    assert [entry.key for entry in read_entries(ledger)] == ["a", "c"]


def git(root, *words):
    identity = ["-c", "user.name=n", "-c", "user.email=e@example.org", "-c", "commit.gpgsign=false"]
    done = subprocess.run(["git", *identity, *words], cwd=root, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def write(root, text):
    for path in ("metrics/kpis/order/revenue.yml", "metrics/facts/order_line.yml"):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)


def recorded_commit(root, ledger):
    record(project(), root, ledger, clock())
    entry = read_entries(ledger)[0]
    return entry.commit, entry.uncommitted


def test_the_last_commit_that_touched_the_files_is_recorded(tmp_path, ledger):
    git(tmp_path, "init", "-q")
    write(tmp_path, "one")
    git(tmp_path, "add", "metrics")
    git(tmp_path, "commit", "-qm", "one")
    commit = git(tmp_path, "rev-parse", "HEAD")
    (tmp_path / "other").write_text("two")
    git(tmp_path, "add", "other")
    git(tmp_path, "commit", "-qm", "two")
    assert recorded_commit(tmp_path, ledger) == (commit, False)


@pytest.mark.parametrize("state", ["changed", "staged", "untracked", "ignored"])
def test_files_that_no_commit_holds_are_recorded_as_uncommitted(tmp_path, ledger, state):
    git(tmp_path, "init", "-q")
    if state == "ignored":
        (tmp_path / ".git/info/exclude").write_text("metrics\n")
    write(tmp_path, "one")
    if state in ("changed", "staged"):
        git(tmp_path, "add", "metrics")
        git(tmp_path, "commit", "-qm", "one")
        write(tmp_path, "two")
    if state == "staged":
        git(tmp_path, "add", "metrics")
    assert recorded_commit(tmp_path, ledger) == (None, True)


def test_without_a_repository_or_without_git_nothing_is_committed(tmp_path, ledger, monkeypatch):
    assert recorded_commit(tmp_path, ledger) == (None, True)
    monkeypatch.setenv("PATH", "")
    assert recorded_commit(tmp_path, Ledger(tmp_path / "other")) == (None, True)
