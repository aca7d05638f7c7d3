"""Does everything that the ledger says still hold: bytes, tree, signatures, order, and what lies beside it?

`checks` lists what is looked at, one file a check; `verify` runs them; `rendering` tells what was found.
Nothing given is left out silently: what was not looked at is said, and why.
"""

from kpiledger.verifying.rendering import render_json, render_text
from kpiledger.verifying.verify import Verification, is_its_own, verify

__all__ = ["Verification", "is_its_own", "render_json", "render_text", "verify"]
