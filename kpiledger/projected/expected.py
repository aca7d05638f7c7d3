"""Which rows must the published tables have, where they say what the entries of the ledger say?"""

from __future__ import annotations

from collections.abc import Sequence

from kpiledger.approvals import approvals_of
from kpiledger.folding import RecordedEvent, agreement_version_rows, fold, target_period_rows
from kpiledger.ledger.entry import Entry
from kpiledger.ledger.store import Ledger
from kpiledger.periods import Reckoning
from kpiledger.projection import AGREEMENT_VERSION, TARGET_PERIOD, laid_rows
from kpiledger.reviews.decisions import decisions_in
from kpiledger.reviews.firing import fired_entries
from kpiledger.reviews.tables import FCT_DECISION, FCT_TRIGGER_FIRED, decision_row, fired_row
from kpiledger.warehouse import Table


def expected_tables(
    ledger: Ledger, entries: Sequence[Entry], events: Sequence[RecordedEvent], reckoning: Reckoning
) -> tuple[Table, ...]:
    """Agreements, targets, decisions and fired triggers as the fold of the entries and their events has them."""
    versions = fold(events, approvals_of(ledger, entries))
    decided = [decision_row(reckoning, one) for one in decisions_in(ledger, entries)]
    # Whether a trigger would still fire is computed from figures, and compared with nothing.
    fired = [fired_row(entry, is_still_so=None) for entry in fired_entries(entries).values()]
    return (
        Table("dim_agreement_version", AGREEMENT_VERSION, laid_rows(agreement_version_rows(versions))),
        Table("fct_kpi_target", TARGET_PERIOD, laid_rows(target_period_rows(versions, reckoning))),
        FCT_DECISION.table(decided),
        FCT_TRIGGER_FIRED.table(fired),
    )
