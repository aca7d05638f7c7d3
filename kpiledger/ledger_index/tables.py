"""Which tables does the index have, and what does each column hold?

Moments are UTC without a zone. Numbers of a target are decimal texts, as recorded: cast them to compare.
People, and texts about people, stand as `commitment:<64 hexadecimal digits>` (`privacy`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from duckdb import DuckDBPyConnection

from kpiledger.warehouse import Table, lay_table

# Raised whenever a column or what it holds changes: an index of another form is made anew.
FORM = "6"

# What the index was made from; `frontier` is the tree over the entries, so that a later one can be shown to go on
# from it (`kpiledger.ledger.frontier`).
LEDGER = {"form": "varchar", "size": "integer", "root": "varchar", "frontier": "varchar"}
# One row per entry; `first_byte` and `length` say where the file store has it.
ENTRY = {
    "seq": "integer", "recorded_at": "timestamp", "kind": "varchar", "key": "varchar", "commit_id": "varchar",
    "is_uncommitted": "boolean", "entry_hash": "varchar", "first_byte": "bigint", "length": "integer",
}  # fmt: skip
# One row per recorded version of a KPI; `definition` and `depends_on` are JSON.
DEFINITION = {
    "seq": "integer", "kpi": "varchar", "version": "integer", "valid_from": "date", "reason": "varchar",
    "requested_by": "varchar", "definition_hash": "varchar", "definition": "varchar", "depends_on": "varchar",
}  # fmt: skip
# One row per agreement event, as it was recorded; `fired_trigger` is the one that its reason names, as `falls@2017-05`.
EVENT = {
    "seq": "integer", "agreement": "varchar", "agreement_version": "integer", "event": "varchar",
    "holder": "varchar", "decided_on": "date", "valid_from": "date", "valid_to": "date", "reason_kind": "varchar",
    "reason_text": "varchar", "evidence": "varchar", "proposed_by": "varchar", "approved_by": "varchar",
    "is_pilot": "boolean", "fired_trigger": "varchar",
}  # fmt: skip
# One row per target that an event names, as it was recorded. `value` is null where it is not the same for every
# period; `content` is the JSON of the whole target in any case.
TARGET = {
    "seq": "integer", "kpi": "varchar", "slice": "varchar", "member": "varchar", "grain": "varchar",
    "comparison": "varchar", "value": "varchar", "period_count": "integer", "amber_share": "varchar",
    "amber_value": "varchar", "commit_value": "varchar", "stretch": "varchar", "weight": "varchar",
    "influence": "varchar", "baseline_from": "varchar", "baseline_to": "varchar", "baseline_excluded": "varchar[]",
    "baseline_method": "varchar", "baseline_value": "varchar", "baseline_source": "varchar", "content": "varchar",
}  # fmt: skip
# One row per version: the days it is in force among all events, or was recorded with where it has none left.
VERSION = {
    "seq": "integer", "agreement": "varchar", "agreement_version": "integer", "valid_from": "date",
    "valid_to": "date", "superseded_at": "timestamp",
}  # fmt: skip
# One row per version, run of days, KPI, slice and member; `target_seq` is the entry that names the target.
PROMISE = {
    "seq": "integer", "agreement": "varchar", "agreement_version": "integer", "segment_from": "date",
    "segment_to": "date", "kpi": "varchar", "slice": "varchar", "member": "varchar", "target_seq": "integer",
}  # fmt: skip
# One row per event, KPI, slice, member and run of days on which it changed the promise: set, changed or dropped.
# `old_seq` and `new_seq` are the entries that name the target before and after; from and to are the first day of each
# such event, and its agreement's end as it left it. Before it stood what counted: never what waits for an approval, as
# far as APPROVAL_STATE says so.
CHANGE = {
    "seq": "integer", "agreement": "varchar", "agreement_version": "integer", "kpi": "varchar", "slice": "varchar",
    "member": "varchar", "grain": "varchar", "change": "varchar", "changed_from": "date", "changed_to": "date",
    "old_seq": "integer", "new_seq": "integer", "old_from": "date", "old_to": "date", "new_from": "date",
    "new_to": "date",
}  # fmt: skip
# One row per recorded approval; `event` is the key of the event's entry. One that `is_plain` has nothing but its signer
# behind a commitment.
APPROVAL = {
    "seq": "integer", "key": "varchar", "event": "varchar", "role": "varchar", "signer": "varchar",
    "fingerprint": "varchar", "is_plain": "boolean",
}  # fmt: skip
# One row per approval of an event, as it was judged; `key_seq` is the entry of the key, `authority_seq` that of the
# policy since which the signer could approve. None of agreements that speak of people (`verdicts`).
VERDICT = {
    "seq": "integer", "event_seq": "integer", "state": "varchar", "why": "varchar", "key_seq": "integer",
    "authority_seq": "integer", "lapse": "varchar", "is_too_late": "boolean",
}  # fmt: skip
# One row per event, as it stands with those who may approve it; none where there is no verdict, or no policy.
APPROVAL_STATE = {"seq": "integer", "state": "varchar", "approval_seq": "integer"}
# One row per entry of these kinds; `content` and `hashes` are the recorded JSON.
PUBLICATION = {"seq": "integer", "run_id": "varchar", "as_of_on": "date", "hashes": "varchar"}
KEY = {"seq": "integer", "kind": "varchar", "key": "varchar", "content": "varchar"}
# One row per entry of any kind that has no table of its own.
OTHER = {"seq": "integer", "kind": "varchar", "key": "varchar", "content": "varchar"}
ERASURE = {"seq": "integer", "commitment": "varchar", "reason": "varchar"}
# One row per commitment in an entry; `place` is the path to it in the content, as `targets[0].baseline`.
MENTION = {"seq": "integer", "commitment": "varchar", "place": "varchar"}

TABLES: Mapping[str, Mapping[str, str]] = {
    "ledger": LEDGER,
    "entry": ENTRY,
    "definition": DEFINITION,
    "event": EVENT,
    "target": TARGET,
    "version": VERSION,
    "promise": PROMISE,
    "change": CHANGE,
    "approval": APPROVAL,
    "verdict": VERDICT,
    "approval_state": APPROVAL_STATE,
    "publication": PUBLICATION,
    "key": KEY,
    "erasure": ERASURE,
    "other": OTHER,
    "mention": MENTION,
}
# Folded from all events of an agreement, so made anew for an agreement that has a new event or approval, and for all
# of them with the first policy.
FOLDED = ("version", "promise", "change")
# Judged from the policy, keys, events and approvals of an agreement, likewise.
JUDGED = ("verdict", "approval_state")


def add_rows(connection: DuckDBPyConnection, table: str, rows: Sequence[Sequence[object]]) -> None:
    """Put rows behind those of a table of the index."""
    lay_table(connection, "added", Table("added", TABLES[table], rows), is_passing=True)
    connection.execute(f"insert into {table} from added")
