"""Sign the demo's agreements: makes keys, approves every event that needs it, and throws the private keys away.

    python tools/make_demo_approvals.py

It writes metrics/approvers/allowed_signers and metrics/approvals/ anew. Run it after the demo's agreements changed; the
public keys change with it. Nobody can sign in the name of the demo's people afterwards, which is as it should be:
their signatures are there to be checked, not to be made.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from kpiledger.approvals.approving import approve, prepared
from kpiledger.approvals.in_files import standings
from kpiledger.loading import load_project
from kpiledger.project import Project
from kpiledger.specs.signing import APPROVALS, NAMESPACE, SIGNERS
from kpiledger.vocabulary import ApprovalState

ROOT = Path(__file__).parents[1]
# Each person's keys with their days; the chief financial officer got a new one in the middle of 2016.
KEYS = (
    ("p_1001", "20150701Z", None),
    ("p_1002", "20150701Z", "20160630Z"),
    ("p_1002", "20160701Z", None),
)
_HEAD = "# Whose SSH keys may approve agreements, and when. `kpi approve` signs; docs/guide/approvals.md explains.\n"


def main() -> None:
    """Make the files anew and say what was signed."""
    shutil.rmtree(ROOT / APPROVALS, ignore_errors=True)
    with tempfile.TemporaryDirectory() as folder:
        keys = _make_keys(Path(folder))
        for stands in list(standings(_project())):
            if stands.state is ApprovalState.UNAPPROVED:
                project = replace(_project(), signatures=())
                print(approve(project, ROOT, prepared(project, stands.event, None, keys)).relative_to(ROOT))


def _make_keys(folder: Path) -> list[Path]:
    keys, lines = [], [_HEAD]
    for number, (person, after, before) in enumerate(KEYS):
        key = folder / f"{person}_{number}"
        words = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "demo", "-f", str(key)]
        subprocess.run(words, check=True)
        days = f',valid-after="{after}"' + (f',valid-before="{before}"' if before else "")
        public = " ".join(key.with_name(f"{key.name}.pub").read_text().split()[:2])
        lines.append(f'{person} namespaces="{NAMESPACE}"{days} {public}\n')
        keys.append(key)
    (ROOT / SIGNERS).write_text("".join(lines))
    return keys


def _project() -> Project:
    project, findings = load_project(ROOT)
    if project is None or findings:
        sys.exit("\n".join(f"{one.position.path}:{one.position.line}: {one.message}" for one in findings))
    return project


if __name__ == "__main__":
    main()
