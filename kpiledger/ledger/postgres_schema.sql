-- The ledger in PostgreSQL: two tables that only grow, and the rights that keep it so.
--
-- An administrator reads this and runs it once in the ledger's database, best one of its own:
--     kpi ledger-schema | psql --set ON_ERROR_STOP=1 <database>
-- Then accounts are let in; nobody is given kpi_ledger_owner:
--     grant kpi_ledger_writer to <the pipeline's account>;
--     grant kpi_ledger_reader to <an auditor's account>;

begin;

do $$
begin
    if pg_catalog.current_setting('server_encoding') <> 'UTF8' then
        raise exception 'the ledger''s bytes are UTF-8 and this database is %', pg_catalog.current_setting('server_encoding')
        using hint = 'create database ... encoding ''UTF8'' template template0';
    end if;
    if pg_catalog.to_regrole('kpi_ledger_owner') is null then create role kpi_ledger_owner nologin; end if;
    if pg_catalog.to_regrole('kpi_ledger_writer') is null then create role kpi_ledger_writer nologin; end if;
    if pg_catalog.to_regrole('kpi_ledger_reader') is null then create role kpi_ledger_reader nologin; end if;
end
$$;

-- For the length of this script only, so that all of it belongs to the owner.
grant kpi_ledger_owner to current_user;
create schema ledger authorization kpi_ledger_owner;
set local role kpi_ledger_owner;

comment on schema ledger is 'The ledger of kpiledger, format 1. It only grows; what each byte means is in docs/ledger-format.md.';

-- One row per entry.
create table ledger.entry (
    seq bigint primary key check (seq > 0),
    line text not null,                                         -- the entry's bytes, as a line of entries.jsonl
    leaf text not null,                                         -- its leaf hash, as a line of leaves
    ends_at bigint not null,                                    -- bytes of all lines up to this one, with line ends
    subtrees text[] not null,                                   -- roots of the perfect subtrees that end here, by height from 1
    stored_at timestamptz not null
);
comment on column ledger.entry.subtrees is
    'Given by the server: the roots of the perfect subtrees whose last leaf is this one, of 2, 4, 8 ... leaves.';
comment on column ledger.entry.stored_at is 'Given by the server: its own clock when the row came.';

-- One row per acknowledged batch.
create table ledger.checkpoint (
    size bigint primary key check (size >= 0),
    note text not null,                                         -- the signed checkpoint, as the file checkpoint
    stored_at timestamptz not null
);
comment on column ledger.checkpoint.stored_at is 'Given by the server: its own clock when the row came.';

-- RFC 6962, over hashes in hexadecimal.
create function ledger.leaf_hash(line text) returns text
language sql stable parallel safe set search_path = pg_catalog, pg_temp
return encode(sha256('\x00'::bytea || convert_to(line, 'UTF8')), 'hex');

create function ledger.node_hash(left_node text, right_node text) returns text
language sql immutable parallel safe set search_path = pg_catalog, pg_temp
return encode(sha256('\x01'::bytea || decode(left_node, 'hex') || decode(right_node, 'hex')), 'hex');

-- The root of the perfect subtree of 2^height leaves whose last leaf is entry last_seq.
create function ledger.subtree(height integer, last_seq bigint) returns text
language sql stable parallel safe set search_path = pg_catalog, pg_temp
return (select case height when 0 then leaf else subtrees[height] end from ledger.entry where seq = last_seq);

-- The perfect subtrees of the first tree_size entries, tallest first: one for each 1 in the size as a binary number.
create function ledger.peaks(tree_size bigint) returns text[]
language sql stable parallel safe set search_path = pg_catalog, pg_temp
return (
    select coalesce(array_agg(ledger.subtree(height, tree_size >> height << height) order by height desc), '{}')
    from generate_series(0, 62) as height
    where tree_size >> height & 1 = 1
);

-- The root of the first tree_size entries.
create function ledger.tree_root(tree_size bigint) returns text
language plpgsql stable parallel safe set search_path = pg_catalog, pg_temp as $$
declare
    peaks text[] := ledger.peaks(tree_size);
    whole text := peaks[cardinality(peaks)];
begin
    for place in reverse cardinality(peaks) - 1 .. 1 loop
        whole := ledger.node_hash(peaks[place], whole);
    end loop;
    return coalesce(whole, encode(sha256(''), 'hex'));
end
$$;

-- What a writer must know of the first tree_size entries to add one, as the file frontier has it.
create function ledger.frontier(tree_size bigint) returns text
language sql stable parallel safe set search_path = pg_catalog, pg_temp
return array_to_string(
    array[tree_size, coalesce((select ends_at from ledger.entry where seq = tree_size), 0)]::text[]
    || ledger.peaks(tree_size) || array[''],
    chr(10)
);

-- Whether a line looks as an entry's does: its keys in their order, nothing between them, and no bare number. That texts
-- are in their one form, keys within the content in order, and the content what its kind may say, readers check.
create function ledger.looks_like_an_entry(line text) returns boolean
language sql immutable parallel safe set search_path = pg_catalog, pg_temp
return (
    select array_agg(name) = array['commit', 'content', 'format', 'key', 'kind', 'recorded_at', 'seq', 'uncommitted']
    from json_object_keys(line::json) as name
)
and regexp_replace(line, '"([^"\\]|\\.)*"', '', 'g') ~ '^[][{},:truefalsn]*$'
and json_typeof(line::json -> 'commit') in ('string', 'null')
and json_typeof(line::json -> 'content') = 'object'
and json_typeof(line::json -> 'uncommitted') = 'boolean'
and line::json ->> 'format' = '1'
and line::json ->> 'key' <> ''
and line::json ->> 'kind' ~ '^[a-z_]+\.[a-z_]+$';

-- Four bytes that say which key is said to have signed a checkpoint; null where it does not have a signature's form.
create function ledger.signer(note text) returns text
language sql immutable parallel safe set search_path = pg_catalog, pg_temp
return (
    select case when length(signature) = 68 then encode(substring(signature for 4), 'hex') end
    from (
        select decode(substring(note from
            '^[^\n]+\n\d+\n[A-Za-z0-9+/]{43}=\n\n' || chr(8212) || ' [^ \n]+ ([A-Za-z0-9+/]{91}=)\n$'  -- an em dash
        ), 'base64')
    ) as said (signature)
    where split_part(split_part(note, chr(10), 5), ' ', 2) = split_part(note, chr(10), 1)
);

-- An entry is the next one, says so itself, hashes to its leaf, and was not recorded before the last one.
create function ledger.entry_follows() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp set timezone = 'UTC' as $$
declare
    last_entry ledger.entry;
    said json;
    subtrees text[] := '{}';
    node text;
    height integer := 0;
begin
    select * into last_entry from ledger.entry order by seq desc limit 1;
    if new.seq is distinct from coalesce(last_entry.seq, 0) + 1 then
        raise exception 'entry % is not the next one, which is %', new.seq, coalesce(last_entry.seq, 0) + 1
        using errcode = 'check_violation';
    end if;
    said := new.line::json;
    if said ->> 'seq' is distinct from new.seq::text or strpos(new.line, chr(10)) > 0 then
        raise exception 'the line of entry % says seq %, or is more than one line', new.seq, said ->> 'seq'
        using errcode = 'check_violation';
    end if;
    if new.leaf is distinct from ledger.leaf_hash(new.line) then
        raise exception 'the line of entry % does not hash to the leaf given', new.seq using errcode = 'check_violation';
    end if;
    if coalesce(said ->> 'recorded_at', '') !~ '^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$' then
        raise exception 'entry % does not say when it was recorded', new.seq using errcode = 'check_violation';
    end if;
    -- Texts of one form sort as their times do.
    if said ->> 'recorded_at' collate "C" < last_entry.line::json ->> 'recorded_at' then
        raise exception 'entry % says it was recorded at %, before entry % at %', new.seq, said ->> 'recorded_at',
            last_entry.seq, last_entry.line::json ->> 'recorded_at'
        using errcode = 'check_violation';
    end if;
    if not coalesce(ledger.looks_like_an_entry(new.line), false) then
        raise exception 'the line of entry % does not look like an entry of the ledger', new.seq
        using errcode = 'check_violation';
    end if;
    node := new.leaf;
    while (new.seq >> height) & 1 = 0 loop
        node := ledger.node_hash(ledger.subtree(height, new.seq - (1::bigint << height)), node);
        subtrees := subtrees || node;
        height := height + 1;
    end loop;
    new.ends_at := coalesce(last_entry.ends_at, 0) + octet_length(convert_to(new.line, 'UTF8')) + 1;
    new.subtrees := subtrees;
    new.stored_at := clock_timestamp();
    return new;
end
$$;
create trigger entry_follows before insert on ledger.entry for each row execute function ledger.entry_follows();

-- An entry is recorded now, by the server's own clock. Clocks of two machines may differ, not by five minutes.
create function ledger.entry_is_of_now() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp set timezone = 'UTC' as $$
declare
    recorded_at timestamptz := (new.line::json ->> 'recorded_at')::timestamptz;
begin
    if abs(extract(epoch from clock_timestamp() - recorded_at)) > 300 then
        raise exception 'entry % says it was recorded at %, and the server''s clock shows %', new.seq,
            new.line::json ->> 'recorded_at', to_char(clock_timestamp(), 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
        using errcode = 'check_violation', hint = 'the two clocks may differ by five minutes';
    end if;
    return new;
end
$$;
create trigger entry_is_of_now before insert on ledger.entry for each row execute function ledger.entry_is_of_now();

-- At commit every entry is under a checkpoint, so there is no entry that nobody signed.
create function ledger.entry_is_signed_for() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    if not exists (select from ledger.checkpoint where size >= new.seq) then
        raise exception 'entry % is under no checkpoint', new.seq
        using errcode = 'check_violation', hint = 'a batch and its checkpoint are one transaction';
    end if;
    return null;
end
$$;
create constraint trigger entry_is_signed_for after insert on ledger.entry
deferrable initially deferred for each row execute function ledger.entry_is_signed_for();

-- A checkpoint is of this ledger, covers all entries, and its root is theirs. Its signature is checked by readers.
create function ledger.checkpoint_follows() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    said text[] := string_to_array(new.note, chr(10));
    entries bigint := coalesce((select max(seq) from ledger.entry), 0);
    last_checkpoint ledger.checkpoint;
begin
    select * into last_checkpoint from ledger.checkpoint order by size desc limit 1;
    if new.size is distinct from entries or said[2] is distinct from new.size::text then
        raise exception 'the checkpoint of size % says % and there are % entries', new.size, said[2], entries
        using errcode = 'check_violation';
    end if;
    if new.size <= last_checkpoint.size then
        raise exception 'there is a checkpoint of size % already', last_checkpoint.size using errcode = 'check_violation';
    end if;
    if said[1] is distinct from split_part(last_checkpoint.note, chr(10), 1) and last_checkpoint.note is not null then
        raise exception 'the checkpoint of size % is of another ledger: %', new.size, said[1]
        using errcode = 'check_violation';
    end if;
    if encode(decode(said[3], 'base64'), 'hex') is distinct from ledger.tree_root(new.size) then
        raise exception 'the checkpoint of size % does not have the root of the entries', new.size
        using errcode = 'check_violation';
    end if;
    if ledger.signer(new.note) is null then
        raise exception 'the checkpoint of size % is not a signed note', new.size using errcode = 'check_violation';
    end if;
    if last_checkpoint.note is not null and ledger.signer(new.note) <> ledger.signer(last_checkpoint.note) then
        raise exception 'the checkpoint of size % is said to be signed by the key %, and those before it by %', new.size,
            ledger.signer(new.note), ledger.signer(last_checkpoint.note)
        using errcode = 'check_violation';
    end if;
    new.stored_at := clock_timestamp();
    return new;
end
$$;
create trigger checkpoint_follows before insert on ledger.checkpoint
for each row execute function ledger.checkpoint_follows();

-- No role has the right to change or delete; this stops those who give it to themselves by mistake.
create function ledger.refuse() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    raise exception 'the ledger only grows: % of ledger.% is refused', lower(tg_op), tg_table_name
    using errcode = 'insufficient_privilege', hint = 'what was recorded is amended by a new entry';
end
$$;
create trigger entry_only_grows before update or delete or truncate on ledger.entry
for each statement execute function ledger.refuse();
create trigger checkpoint_only_grows before update or delete or truncate on ledger.checkpoint
for each statement execute function ledger.refuse();

-- Column grants: what the server gives cannot be given by a writer.
revoke all on all tables in schema ledger from public;
revoke all on all functions in schema ledger from public;
grant usage on schema ledger to kpi_ledger_writer, kpi_ledger_reader;
grant select on ledger.entry, ledger.checkpoint to kpi_ledger_writer, kpi_ledger_reader;
grant execute on function
    ledger.leaf_hash, ledger.node_hash, ledger.subtree, ledger.peaks, ledger.tree_root, ledger.frontier,
    ledger.looks_like_an_entry, ledger.signer
to kpi_ledger_writer, kpi_ledger_reader;
grant insert (seq, line, leaf) on ledger.entry to kpi_ledger_writer;
grant insert (size, note) on ledger.checkpoint to kpi_ledger_writer;

reset role;
revoke kpi_ledger_owner from current_user;

commit;
