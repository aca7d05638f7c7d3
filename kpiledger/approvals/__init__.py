"""Who approved what, and does it count: signatures of people over the bytes of agreement events.

`sshsig` reads and checks signatures, `standing` says who may approve what, `judging` puts the two together;
`in_files` judges what lies in the project, `reading` and `in_ledger` what was recorded, and `signing` calls ssh-keygen.
"""

from kpiledger.approvals.in_ledger import approvals_and_verdicts, approvals_of, judged
from kpiledger.approvals.judged import Judged

__all__ = ["Judged", "approvals_and_verdicts", "approvals_of", "judged"]
