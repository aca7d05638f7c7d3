"""Who approved what, and does it count: signatures of people over the bytes of agreement events.

`sshsig` reads and checks signatures, `standing` says who may approve what, `judging` puts the two together;
`in_files` judges what lies in the project, `reading` and `in_ledger` what was recorded, and `signing` calls ssh-keygen.
"""

from kpiledger.approvals.in_ledger import approvals_of, judged, judging
from kpiledger.approvals.judged import Judged
from kpiledger.approvals.reading import Reading

__all__ = ["Judged", "Reading", "approvals_of", "judged", "judging"]
