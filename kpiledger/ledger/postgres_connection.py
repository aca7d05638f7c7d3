"""How is the ledger's PostgreSQL server reached, and what is said where it is not?

The address is a libpq URL, `postgresql://account:password@host/database`. Of it only account, host, port and
database are ever shown; what libpq says is shown without the password.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from kpiledger.errors import BrokenWorld, BusyError

VARIABLE = "KPI_LEDGER_URL"

_CONNECT_PATIENCE_SECONDS = 10
_SCHEME = re.compile(r"postgres(ql)?(\+psycopg2)?://")
# What the server's five-letter codes mean for the ledger: words, hint.
_TOLD = {
    "3F000": ("has no ledger", "an administrator lays its schema once: `kpi ledger-schema`"),
    "42P01": ("has no ledger", "an administrator lays its schema once: `kpi ledger-schema`"),
    "42501": (
        "does not allow it",
        "the account needs the role kpi_ledger_writer to record, or kpi_ledger_reader to read",
    ),
    "25006": ("is read only", f"{VARIABLE} must name the primary server, not a standby"),
    "53100": ("has no space left", "free the server's disk, then run again; what was recorded before is untouched"),
}
_REFUSED = "refused what was to be recorded", "`kpi verify` shows whether the ledger holds; nothing was recorded"
_LOST = (
    "cannot be reached",
    f"check the server, the network and {VARIABLE}, then run again: a batch is recorded whole or not at all",
)


@dataclass(frozen=True, slots=True)
class Address:
    """Where the server is; `shown` is all that may be printed of it."""

    parameters: tuple[tuple[str, str], ...] = field(repr=False)
    shown: str

    @property
    def password(self) -> str:
        """The password in the URL, or nothing."""
        return dict(self.parameters).get("password", "")


def address_of(url: str) -> Address:
    """Read a URL strictly: a password with a stray @ or / must not be taken for a host and printed."""
    driver = _driver()
    try:
        found = driver.extensions.parse_dsn(_SCHEME.sub("postgresql://", url, count=1))
    except driver.ProgrammingError:
        found = {}
    shown = {name: found.get(name, "") for name in ("user", "host", "port", "dbname")}
    is_read = (
        _SCHEME.match(url)
        and bool(found)
        and url.count("@") <= 1
        and ("@" not in url or bool(shown["user"]))
        and not any("@" in value for value in shown.values())
        and re.fullmatch(r"[\d,]*", shown["port"])
    )
    if not is_read:
        # Nothing of the text is shown, since any part of it may be the password.
        raise BrokenWorld(
            f"{VARIABLE} is no address of a PostgreSQL database",
            "write postgresql://account:password@host:5432/database; in a password write @ as %40, / as %2F, % as %25",
        )
    account = f"{shown['user']}@" if shown["user"] else ""
    port = f":{shown['port']}" if shown["port"] else ""
    text = f"postgresql://{account}{shown['host']}{port}/{shown['dbname']}"
    return Address(tuple(found.items()), text)


def connect(address: Address) -> Any:
    """A connection; whoever asked for it closes it."""
    own = {"connect_timeout": _CONNECT_PATIENCE_SECONDS, "application_name": "kpiledger", "client_encoding": "UTF8"}
    with telling(address):
        return _driver().connect(**{**own, **dict(address.parameters)})


@contextmanager
def telling(address: Address) -> Iterator[None]:
    """Turn what the driver raises into what the command can say."""
    driver = _driver()
    try:
        yield
    except driver.errors.LockNotAvailable as problem:
        raise BusyError(
            f"another process holds the ledger in {address.shown}",
            "wait until the other run has ended, or end it; the lock goes with its connection",
        ) from problem
    except driver.Error as problem:
        is_lost = isinstance(problem, (driver.OperationalError, driver.InterfaceError))
        words, hint = _TOLD.get(problem.pgcode or "", _LOST if is_lost else _REFUSED)
        said = (problem.diag.message_primary or str(problem) or "the connection was closed").strip()
        text = " ".join(said.split())
        if not is_lost:
            hint = problem.diag.message_hint or hint
        if address.password:
            text = text.replace(address.password, "***")
        raise BrokenWorld(f"the ledger's server {address.shown} {words}: {text}", hint) from None


def _driver() -> Any:
    """Psycopg 2, which only those need who keep the ledger in PostgreSQL."""
    try:
        return importlib.import_module("psycopg2")
    except ImportError as problem:
        raise BrokenWorld(
            f"{VARIABLE} is set and the driver of PostgreSQL is not installed: {problem}",
            "pip install 'kpiledger[postgres]', or unset the variable",
        ) from problem
