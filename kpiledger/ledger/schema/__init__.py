"""What may an entry of each kind say: closed schemas of format 1.

These do not share models with the specs on purpose: specs grow, a recorded entry stays as it is. Every key of
the first day is required. A key that was added later has a default and is left out of an entry where it says
nothing, so that what was recorded before keeps its bytes and its hash.
"""

from kpiledger.ledger.schema.agreements import AgreementContent, AmberForm, TargetContent, TargetForm
from kpiledger.ledger.schema.kinds import CONTENTS, EntryKind
from kpiledger.ledger.schema.values import Closed

__all__ = ["CONTENTS", "AgreementContent", "AmberForm", "Closed", "EntryKind", "TargetContent", "TargetForm"]
