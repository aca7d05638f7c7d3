"""Which rows of the index do entries make, before anything is folded?

DuckDB reads the JSON, ten times as fast as Python would. The statements read `arrived`: the entries that
the index does not have yet, one row each with their place and what they say.
"""

from __future__ import annotations

from collections.abc import Mapping

from kpiledger.warehouse import literal

# Where an entry stands: tabs part the columns, and nothing in them needs quoting.
_PLACED = {"seq": "integer", "first_byte": "bigint", "length": "integer", "entry_hash": "varchar"}
_TABS = "header = false, delim = '\t', quote = '', escape = '', auto_detect = false"
_SAID = {
    "commit": "varchar", "content": "json", "key": "varchar", "kind": "varchar", "recorded_at": "varchar",
    "seq": "varchar", "uncommitted": "boolean",
}  # fmt: skip
_LONGEST = 16_777_216  # what DuckDB reads as one object unless it is told of longer ones


def arrived(lines_file: str, places_file: str, longest: int) -> str:
    """The statement that makes `arrived` of a file with the lines of entries, and one with their places.

    Both are read in order, so that each line stands beside its place; `longest` is in bytes.
    """
    said = f"columns = {_declared(_SAID)}, format = 'newline_delimited', maximum_object_size = {max(longest, _LONGEST)}"
    return f"""
        create or replace temp view arrived as
        select place.seq, place.first_byte, place.length, place.entry_hash, said.seq as said_seq, said.recorded_at,
            said.kind, said.key, said.commit, said.uncommitted, said.content
        from read_csv({literal(places_file)}, columns = {_declared(_PLACED)}, {_TABS}) as place
        positional join read_json({literal(lines_file)}, {said}) as said
    """


def _declared(columns: Mapping[str, str]) -> str:
    return "{" + ", ".join(f"'{name}': '{kind}'" for name, kind in columns.items()) + "}"


_EVENT = '{"agreement":"VARCHAR","holder":"JSON","decided_on":"DATE","valid_from":"DATE","valid_to":"DATE",'
_EVENT += '"reason":{"kind":"VARCHAR","text":"JSON","evidence":"VARCHAR","trigger":"VARCHAR"},"proposed_by":"JSON",'
_EVENT += '"approved_by":"JSON","pilot":"BOOLEAN","targets":["JSON"]}'
_FORM = '"target":{"grain":"VARCHAR","comparison":"VARCHAR","value":"VARCHAR","by_period":"MAP(VARCHAR,VARCHAR)"}'
_TARGET = f'{{"kpi":"VARCHAR","slice":"MAP(VARCHAR,VARCHAR)",{_FORM},"commit":"VARCHAR","stretch":"VARCHAR",'
_TARGET += '"weight":"VARCHAR","influence":"VARCHAR",'
_TARGET += '"amber":{"share_of_target":"VARCHAR","absolute":"VARCHAR"},"baseline":{"from":"VARCHAR","to":"VARCHAR",'
_TARGET += '"exclude":[{"month":"VARCHAR"}],"method":"VARCHAR","value":"VARCHAR","source":"VARCHAR"}}'
_DEFINITION = '{"kpi":"VARCHAR","version":"VARCHAR","valid_from":"DATE","change":{"reason":"VARCHAR",'
_DEFINITION += '"requested_by":"JSON"},"definition":"JSON","definition_hash":"VARCHAR","depends_on":"JSON"}'
_PUBLICATION = '{"run_id":"VARCHAR","as_of_on":"DATE","hashes":"JSON"}'
_APPROVAL = '{"event":"VARCHAR","role":"JSON","signer":"JSON","fingerprint":"VARCHAR","content_hash":"JSON",'
_APPROVAL += '"signature":"JSON"}'
_ERASURE = '{"commitments":["VARCHAR"],"reason":"VARCHAR"}'

# What stands for a text or person: the text itself, or `commitment:` and the commitment (`privacy`).
_PRIVATE = """
    create or replace temp macro private_text(value) as
        case when json_type(value) = 'OBJECT' then concat('commitment:', value ->> 'commitment') else value ->> '$' end
"""
_ENTRIES = """
    create or replace temp table read_entry as
    select seq, cast(cast(recorded_at as timestamptz) at time zone 'UTC' as timestamp) as recorded_at, kind, key,
        commit as commit_id, uncommitted as is_uncommitted, entry_hash, first_byte, length, content, said_seq
    from arrived
"""
# An entry that says another number than its place, or none, was not written by us: nothing is made of it.
OUT_OF_PLACE = "select seq from read_entry where said_seq is distinct from cast(seq as varchar) order by seq limit 1"
_ENTRY = "insert into entry select * exclude (content, said_seq) from read_entry order by seq"
# An agreement's events are its versions, numbered in the order in which they were recorded.
_EVENTS = f"""
    create or replace temp table read_event as
    with read as (
        select seq, replace(kind, 'agreement.', '') as event, json_transform(content, '{_EVENT}') as said
        from read_entry where kind in ('agreement.agreed', 'agreement.amended', 'agreement.retired')
    ),
    known as (select agreement, max(agreement_version) as versions from event group by agreement)
    select read.seq, said.agreement, event, said,
        cast(coalesce(known.versions, 0) + row_number() over (partition by said.agreement order by seq) as integer)
            as agreement_version
    from read left join known on known.agreement = said.agreement
"""
_EVENT_ROWS = """
    insert into event
    select seq, agreement, agreement_version, event, private_text(said.holder), said.decided_on, said.valid_from,
        said.valid_to, said.reason.kind, private_text(said.reason.text), said.reason.evidence,
        private_text(said.proposed_by), private_text(said.approved_by), coalesce(said.pilot, false),
        said.reason.trigger
    from read_event order by seq
"""
_TARGET_ROWS = f"""
    insert into target
    with named as (select seq, unnest(said.targets) as content from read_event),
    read as (select seq, content, json_transform(content, '{_TARGET}') as said from named)
    select seq, said.kpi, coalesce(map_keys(said.slice)[1], 'all') as slice,
        coalesce(map_values(said.slice)[1], 'all') as member, said.target.grain, said.target.comparison,
        said.target.value, coalesce(cardinality(said.target.by_period), 0), said.amber.share_of_target,
        said.amber.absolute, said.commit, said.stretch, said.weight, said.influence, said.baseline.from,
        said.baseline.to, list_transform(said.baseline.exclude, one -> one.month), said.baseline.method,
        said.baseline.value, said.baseline.source, cast(content as varchar)
    from read order by seq, said.kpi, slice, member
"""
_DEFINITION_ROWS = f"""
    insert into definition
    with read as (
        select seq, json_transform(content, '{_DEFINITION}') as said from read_entry where kind = 'definition.recorded'
    )
    select seq, said.kpi, cast(said.version as integer), said.valid_from, said.change.reason,
        private_text(said.change.requested_by), said.definition_hash, cast(said.definition as varchar),
        cast(said.depends_on as varchar)
    from read order by seq
"""
_PUBLICATION_ROWS = f"""
    insert into publication
    with read as (
        select seq, json_transform(content, '{_PUBLICATION}') as said from read_entry where kind = 'run.published'
    )
    select seq, said.run_id, said.as_of_on, cast(said.hashes as varchar) from read order by seq
"""
_ERASURE_ROWS = f"""
    insert into erasure
    with read as (
        select seq, json_transform(content, '{_ERASURE}') as said from read_entry where kind = 'subject.erased'
    )
    select seq, unnest(said.commitments), said.reason from read order by seq
"""
_APPROVAL_ROWS = f"""
    insert into approval
    with read as (
        select seq, key, json_transform(content, '{_APPROVAL}') as said from read_entry where kind = 'approval.recorded'
    )
    select seq, key, said.event, private_text(said.role), private_text(said.signer), said.fingerprint,
        json_type(said.content_hash) = 'VARCHAR' and json_type(said.signature) = 'VARCHAR'
    from read order by seq
"""
_KEY_ROWS = """
    insert into key
    select seq, kind, key, cast(content as varchar) from read_entry where kind in ('key.added', 'key.revoked')
    order by seq
"""
_OTHER_ROWS = """
    insert into other
    select seq, kind, key, cast(content as varchar) from read_entry
    where kind not in (
        'agreement.agreed', 'agreement.amended', 'agreement.retired', 'definition.recorded', 'run.published',
        'subject.erased', 'approval.recorded', 'key.added', 'key.revoked'
    )
    order by seq
"""
READ = (_PRIVATE, _ENTRIES)
EXTRACTED = (
    _ENTRY, _EVENTS, _EVENT_ROWS, _TARGET_ROWS, _DEFINITION_ROWS, _PUBLICATION_ROWS,
    _ERASURE_ROWS, _APPROVAL_ROWS, _KEY_ROWS, _OTHER_ROWS,
)  # fmt: skip
