"""What may an entry of each kind say: closed schemas of format 1.

These do not share types with the specs on purpose: specs grow, a recorded entry stays as it is. Every key of
the first day is required. A key that was added later is `NotRequired` and left out of an entry where it says
nothing, so that what was recorded before keeps its bytes and its hash.
"""

from kpiledger.ledger.schema.kinds import CONTENTS, EntryKind

__all__ = ["CONTENTS", "EntryKind"]
