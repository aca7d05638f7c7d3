"""A ledger that comes out the same byte by byte: a signing key that everybody knows, and nobody named in it."""

import base64
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from ledger_builders import agreed, agreements, event, project, target

from kpiledger.ledger.checkpoint import verifier_key
from kpiledger.ledger.entry import Draft
from kpiledger.ledger.schema import EntryKind
from kpiledger.ledger.store import Ledger, writing
from kpiledger.recording import record
from kpiledger.settings import load_settings
from tests.audit.conftest import AuditWorld, at

NAME = "example.org/audit"
SECRET = Ed25519PrivateKey.from_private_bytes(sha256(b"the key of the audit tests").digest())
LOWERED = event("amended", target(value="18000"), reason="Two key accounts left")
LATE = event("amended", target(value="15000"), valid_from="2017-09-01", reason="As agreed orally")
STORY = (
    ("2016-12-15T09:00:00", [agreed(target(weight="0.4"))]),
    ("2017-06-20T15:30:00", [agreed(target(weight="0.4")), LOWERED]),
    ("2017-10-05T08:00:00", [agreed(target(weight="0.4")), LOWERED, LATE]),
)


def give_key(folder):
    """The ledger's keys as files, before the ledger makes its own."""
    folder.mkdir(parents=True)
    key = verifier_key(NAME, SECRET)
    secret = base64.b64encode(b"\x01" + SECRET.private_bytes_raw()).decode()
    (folder / "ledger.key").write_text(f"PRIVATE+KEY+{NAME}+{key.id.hex()}+{secret}\n")
    (folder / "ledger.vkey").write_text(f"{key}\n")


def publish(ledger, moment, run="run-1", as_of="2017-09-30", hashes=None):
    """Record a publication at a moment."""
    content = {"run_id": run, "as_of_on": as_of, "hashes": hashes or {"fct_kpi_value": "5" * 64}}
    with writing(ledger, at(moment)) as writer:
        return writer.append([Draft(EntryKind.RUN_PUBLISHED, run, content)])[0]


def evidence_world(folder):
    """One agreement of 2017: agreed, amended, amended after the fact; then a publication. Anchored in `anchors`."""
    root = folder / "project"
    root.mkdir()
    (root / "kpiledger.yml").write_text("build: build\nledger: ledger\nanchors: [anchors]\n", encoding="utf-8")
    settings = load_settings(root, {})
    give_key(settings.ledger / "keys")
    ledger = Ledger(settings.ledger, anchors=settings.anchors)
    specs = project(root=root)
    for moment, events in STORY:
        specs = project(agreements(*events), root=root)
        record(specs, root, ledger, at(moment))
    publish(ledger, "2017-10-06T06:00:00")
    return AuditWorld(settings, ledger, specs)
