"""Which functions and triggers does `postgres_schema.sql` lay, and how are they brought up to date where it was laid?

The script itself is run once. What it checks new entries with has grown since its first version, and a ledger that was
laid then refuses less than one that is laid now. The tables stay as they are.
"""

from __future__ import annotations

import re
from importlib.resources import files

_FUNCTION = re.compile(r"create function ledger\.(\w+)\(.*?(?=^create |^-- |\Z)", re.DOTALL | re.MULTILINE)
_BODY = re.compile(r"as \$\$(.*?)\$\$;", re.DOTALL)
_CONSTRAINT = re.compile(r"create constraint trigger (\w+) after insert on ([\w.]+)")
_FIRST, _AFTER = "-- RFC 6962, over hashes", "-- Column grants"
_BEGIN = """\
-- Brings the functions and triggers of a ledger's schema up to date; no entry is touched. An administrator reads this
-- and runs it once in the ledger's database:
--     kpi ledger-schema --upgrade | psql --set ON_ERROR_STOP=1 <database>

begin;

grant kpi_ledger_owner to current_user;
set local role kpi_ledger_owner;

"""


def schema_text() -> str:
    """The whole script."""
    return files("kpiledger.ledger").joinpath("postgres_schema.sql").read_text(encoding="utf-8")


def functions_laid() -> dict[str, str]:
    """Each function by its name, with its body as the server keeps it; empty where it keeps no text of it."""
    found = {}
    for function in _FUNCTION.finditer(schema_text()):
        body = _BODY.search(function[0])
        found[function[1]] = body[1] if body else ""
    return found


def upgrade_text() -> str:
    """The script that puts this version's functions, triggers and rights in the place of those that were laid."""
    whole = schema_text()
    kept = whole[whole.index(_FIRST) : whole.index(_AFTER)]
    kept = kept.replace("create function", "create or replace function")
    kept = kept.replace("create trigger", "create or replace trigger")
    kept = _CONSTRAINT.sub(r"drop trigger if exists \1 on \2;\n\g<0>", kept)
    return f"{_BEGIN}{kept}{whole[whole.index(_AFTER) :]}"
