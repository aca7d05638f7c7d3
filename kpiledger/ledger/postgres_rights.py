"""Does the server still keep anybody from changing the ledger: are its triggers on, and who may do what?

Superusers may do anything, and are not named; what they change is found by the bytes and the anchored
checkpoints, not here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from kpiledger.ledger.postgres_functions import functions_laid
from kpiledger.ledger.postgres_session import Session

# The triggers that `postgres_schema.sql` makes, by table and name: what each calls, and when as the catalogue has it.
_BEFORE_EACH_INSERT, _AFTER_EACH_INSERT, _BEFORE_ANY_CHANGE = 7, 5, 58
_TRIGGERS = {
    ("checkpoint", "checkpoint_follows"): ("ledger.checkpoint_follows()", _BEFORE_EACH_INSERT),
    ("checkpoint", "checkpoint_only_grows"): ("ledger.refuse()", _BEFORE_ANY_CHANGE),
    ("entry", "entry_follows"): ("ledger.entry_follows()", _BEFORE_EACH_INSERT),
    ("entry", "entry_is_of_now"): ("ledger.entry_is_of_now()", _BEFORE_EACH_INSERT),
    ("entry", "entry_is_signed_for"): ("ledger.entry_is_signed_for()", _AFTER_EACH_INSERT),
    ("entry", "entry_only_grows"): ("ledger.refuse()", _BEFORE_ANY_CHANGE),
}
_TRIGGERS_ON = """
select pg_class.relname, pg_trigger.tgname, pg_trigger.tgfoid::regprocedure::text, pg_trigger.tgtype::integer
from pg_trigger
join pg_class on pg_class.oid = pg_trigger.tgrelid
where pg_class.relnamespace = 'ledger'::regnamespace and pg_trigger.tgenabled in ('O', 'A')
  and not pg_trigger.tgisinternal
order by 1, 2
"""
# What comes between a statement and the rows of the tables; there is nothing such in a ledger.
_BETWEEN = """
select 'the rule ' || pg_rewrite.rulename, pg_class.relname
from pg_rewrite
join pg_class on pg_class.oid = pg_rewrite.ev_class
where pg_class.oid in ('ledger.entry'::regclass, 'ledger.checkpoint'::regclass)
union all
select 'row level security', relname
from pg_class
where oid in ('ledger.entry'::regclass, 'ledger.checkpoint'::regclass) and (relrowsecurity or relforcerowsecurity)
order by 1, 2
"""
# What a role may do itself, and what it inherits; PostgreSQL's own roles have no login.
_MAY_CHANGE = """
select pg_roles.rolname, lower(asked.privilege), pg_class.relname
from pg_roles
cross join unnest(array['UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER']) as asked (privilege)
cross join pg_class
where pg_class.oid in ('ledger.entry'::regclass, 'ledger.checkpoint'::regclass)
  and pg_roles.oid <> pg_class.relowner
  and pg_roles.rolname not like 'pg\\_%'
  and not pg_roles.rolsuper
  and (
      has_table_privilege(pg_roles.oid, pg_class.oid, asked.privilege)
      or (asked.privilege = 'UPDATE' and has_any_column_privilege(pg_roles.oid, pg_class.oid, 'UPDATE'))
  )
order by 1, 2, 3
"""
_MAY_BECOME_OWNER = """
select pg_roles.rolname
from pg_roles
join pg_class on pg_class.oid = 'ledger.entry'::regclass
where pg_roles.oid <> pg_class.relowner
  and not pg_roles.rolsuper
  and pg_has_role(
      pg_roles.oid, pg_class.relowner,
      case when current_setting('server_version_num')::integer >= 160000 then 'SET' else 'MEMBER' end
  )
order by 1
"""
_FUNCTIONS = "select oid::regprocedure::text, proname, prosrc from pg_proc where pronamespace = 'ledger'::regnamespace"
_OWN = "select rolname, rolsuper from pg_roles where rolname = session_user"


@dataclass(frozen=True, slots=True)
class Rights:
    """What is amiss, and whether the account that asks could itself rewrite the ledger."""

    account: str
    is_superuser: bool
    amiss: tuple[str, ...]


def rights_in(session: Session) -> Rights:
    """What the server's catalogue says of the ledger's triggers and of who may change its tables."""
    with session.reading() as cursor:
        cursor.execute(_TRIGGERS_ON)
        triggers = {(table, name): (calls, when) for table, name, calls, when in cursor.fetchall()}
        cursor.execute(_BETWEEN)
        between = cursor.fetchall()
        cursor.execute(_MAY_CHANGE)
        changing = cursor.fetchall()
        cursor.execute(_MAY_BECOME_OWNER)
        owners = [name for (name,) in cursor.fetchall()]
        cursor.execute(_FUNCTIONS)
        functions = cursor.fetchall()
        cursor.execute(_OWN)
        account, is_superuser = cursor.fetchone()
    return Rights(
        account,
        is_superuser,
        (
            *_other_functions(functions),
            *_other_triggers(triggers),
            *(f"{what} stands before ledger.{table}" for what, table in between),
            *(f"the account {name} may {privilege} ledger.{table}" for name, privilege, table in changing),
            *(f"the account {name} may become the ledger's owner" for name in owners),
        ),
    )


def _other_triggers(found: Mapping[tuple[str, str], tuple[str, int]]) -> Iterator[str]:
    for table, name in sorted(_TRIGGERS.keys() | found.keys()):
        told = f"the trigger {name} of ledger.{table}"
        if (table, name) not in found:
            yield f"{told} is missing or disabled"
        elif (table, name) not in _TRIGGERS:
            yield f"{told} is none of the ledger's"
        elif found[table, name] != _TRIGGERS[table, name]:
            yield f"{told} is another: it calls {found[table, name][0]}"


def _other_functions(rows: Iterable[tuple[str, str, str]]) -> Iterator[str]:
    """What the server's functions are not, in one sentence; an older version of ours laid other ones."""
    laid, found = functions_laid(), dict[str, str]()
    doubled = []
    for signature, name, body in sorted(rows):
        if name in found:
            doubled.append(f"there is a second {signature.partition('(')[0]}: {signature}")
        found.setdefault(name, body)
    missing = [f"ledger.{name} is missing" for name in laid if name not in found]
    other = [f"ledger.{name} is another" for name, body in laid.items() if body and found.get(name, body) != body]
    if missing or other or doubled:
        told = ", ".join([*missing, *other, *doubled])
        yield (
            f"its schema is older than this version's, or was changed ({told}); "
            "an administrator brings it up to date with what `kpi ledger-schema --upgrade` prints"
        )
