"""Which entries are deeds on periods, and by which others are they judged?"""

from __future__ import annotations

from kpiledger.ledger.schema import EntryKind

SINCE = (EntryKind.PERIOD_LOCKED, EntryKind.PERIOD_REOPENED, EntryKind.PERIOD_RESTATED)
DEEDS = (EntryKind.PERIOD_CLOSED, *SINCE, EntryKind.CHECK_OVERRIDDEN)
# What says whether a deed counts: the policy, and the keys that speak for people.
JUDGED_BY = (EntryKind.AUTHORITY_RECORDED, EntryKind.KEY_ADDED, EntryKind.KEY_REVOKED)
# Who reads closes needs all of them: without policy and keys every deed would count.
KINDS = (*DEEDS, *JUDGED_BY)
