"""Does the server still keep anybody from changing the ledger: are its triggers on, and who may do what?

Superusers may do anything, and are not named; what they change is found by the bytes and the anchored
checkpoints, not here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kpiledger.ledger.postgres_functions import functions_laid
from kpiledger.ledger.postgres_session import Session

# The triggers that `postgres_schema.sql` makes, by their tables.
_TRIGGERS = {
    ("checkpoint", "checkpoint_follows"),
    ("checkpoint", "checkpoint_only_grows"),
    ("entry", "entry_follows"),
    ("entry", "entry_is_of_now"),
    ("entry", "entry_is_signed_for"),
    ("entry", "entry_only_grows"),
}
_TRIGGERS_ON = """
select pg_class.relname, pg_trigger.tgname
from pg_trigger
join pg_class on pg_class.oid = pg_trigger.tgrelid
where pg_class.relnamespace = 'ledger'::regnamespace and pg_trigger.tgenabled in ('O', 'A')
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
_FUNCTIONS = "select proname, prosrc from pg_proc where pronamespace = 'ledger'::regnamespace"
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
        off = sorted(_TRIGGERS - set(cursor.fetchall()))
        cursor.execute(_MAY_CHANGE)
        changing = cursor.fetchall()
        cursor.execute(_MAY_BECOME_OWNER)
        owners = [name for (name,) in cursor.fetchall()]
        cursor.execute(_FUNCTIONS)
        functions = dict(cursor.fetchall())
        cursor.execute(_OWN)
        account, is_superuser = cursor.fetchone()
    return Rights(
        account,
        is_superuser,
        (
            *_other_functions(functions),
            *(f"the trigger {name} of ledger.{table} is missing or disabled" for table, name in off),
            *(f"the account {name} may {privilege} ledger.{table}" for name, privilege, table in changing),
            *(f"the account {name} may become the ledger's owner" for name in owners),
        ),
    )


def _other_functions(found: Mapping[str, str]) -> Iterator[str]:
    """What the server's functions are not, in one sentence; an older version of ours laid other ones."""
    laid = functions_laid()
    missing = [f"ledger.{name} is missing" for name in laid if name not in found]
    other = [f"ledger.{name} is another" for name, body in laid.items() if body and found.get(name, body) != body]
    if missing or other:
        told = ", ".join([*missing, *other])
        yield (
            f"its schema is older than this version's, or was changed ({told}); "
            "an administrator brings it up to date with what `kpi ledger-schema --upgrade` prints"
        )
