"""Which entry, and which earlier tree, is meant by what an auditor says?"""

from __future__ import annotations

from datetime import UTC, datetime

from duckdb import DuckDBPyConnection

from kpiledger.errors import WrongUse
from kpiledger.evidence.signed import newest_up_to
from kpiledger.ledger.store import Ledger

_OF_AGREEMENT = """
    select event.agreement_version, entry.seq, entry.first_byte
    from event join entry on entry.seq = event.seq
    where event.agreement = ?
    order by event.agreement_version
"""


def place_of(
    index: DuckDBPyConnection, agreement: str | None, version: int | None, seq: int | None
) -> tuple[int, int | None]:
    """The seq of an entry and where its line begins; the last version of an agreement where none is named."""
    if (seq is None) == (agreement is None) or (version is not None and agreement is None):
        raise WrongUse("an entry is named by --seq, or by --agreement and --version", "name one of the two")
    if seq is not None:
        found = index.execute("select first_byte from entry where seq = ?", [seq]).fetchone()
        return seq, None if found is None else found[0]
    places = {number: (at, first) for number, at, first in index.execute(_OF_AGREEMENT, [agreement]).fetchall()}
    if not places:
        raise WrongUse(f"the ledger has no agreement {agreement!r}", "`kpi audit 3` lists what was recorded")
    wanted = max(places) if version is None else version
    if wanted not in places:
        shown = ", ".join(map(str, places))
        raise WrongUse(f"{agreement} has no version {wanted}", f"its versions are {shown}")
    return places[wanted]


def size_known_at(index: DuckDBPyConnection, ledger: Ledger, moment: datetime) -> int:
    """The size of the newest checkpoint over entries that were all recorded by a moment."""
    utc = moment.astimezone(UTC).replace(tzinfo=None)
    (count,) = index.execute("select count(*) from entry where recorded_at <= ?", [utc]).fetchall()[0]
    return newest_up_to(ledger, count)
