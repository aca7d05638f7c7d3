"""In a database: is everybody still kept from changing what was recorded?

Files have no such rights that could be asked for; there it is the folder's and the anchors' matter.
"""

from __future__ import annotations

from dataclasses import replace

from kpiledger.ledger.postgres_rights import rights_in
from kpiledger.ledger.postgres_storage import PostgresStorage
from kpiledger.ledger.problem import Problem
from kpiledger.ledger.store import Ledger
from kpiledger.verifying.check import Beside, Check, Held, Looked

NAME = "rights"


def _look(held: Held) -> Looked:
    storage = held.ledger.storage
    assert isinstance(storage, PostgresStorage)
    rights = rights_in(storage.session)
    if rights.is_superuser and not rights.amiss:
        return Looked(
            not_looked_at=f"the account {rights.account} is a superuser and may itself change anything; "
            "verify with an account that has kpi_ledger_reader"
        )
    return Looked.found(Problem(NAME, f"{text}; `kpi ledger-schema` shows how it should be") for text in rights.amiss)


def way_out(problem: Problem) -> Problem:
    """What an administrator runs to take away rows that a writer added without the ledger's key."""
    assert problem.seq is not None
    size = problem.seq - 1
    return replace(
        problem,
        message=f"{problem.message}. Take the writer's account away; then an administrator runs: begin; "
        f"set local session_replication_role = replica; delete from ledger.entry where seq > {size}; "
        f"delete from ledger.checkpoint where size > {size}; commit;",
    )


def _is_given(ledger: Ledger, _: Beside) -> bool:
    return isinstance(ledger.storage, PostgresStorage)


CHECK = Check(NAME, _look, _is_given)
