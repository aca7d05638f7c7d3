"""What of the files is recorded, once each: comparing files and ledger, and adding what is new.

`comparing` finds what is pending, `contradicting` tells where the files say something else, `record` adds.
"""

from kpiledger.recording.comparing import contradictions, pending
from kpiledger.recording.record import RecordReport, record, record_publication
from kpiledger.recording.recorded import RecordedDefinition, recorded_definitions

__all__ = [
    "RecordReport",
    "RecordedDefinition",
    "contradictions",
    "pending",
    "record",
    "record_publication",
    "recorded_definitions",
]
