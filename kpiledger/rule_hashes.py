"""By which rules were the sources checked? A hash of what each file of expectations and the waivers say.

Comments, order of keys and line ends make no difference; a key that later versions of ours add makes none where a file
does not use it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from hashlib import sha256
from typing import Any

from kpiledger.ledger.canonical import canonical_bytes, plain
from kpiledger.project import Project
from kpiledger.specs.base import Spec


def rule_hashes(project: Project) -> dict[str, str]:
    """SHA-256 of the canonical content of each file, by its path."""
    files = [*project.expectations.values(), *([project.waivers] if project.waivers else [])]
    said = ((one.path, canonical_bytes(_said(one))) for one in files)
    return {path: sha256(content).hexdigest() for path, content in sorted(said)}


def _said(value: Any) -> Any:
    """What was written, without what is only the default."""
    if isinstance(value, Spec):
        fields = type(value).model_fields
        return {fields[name].alias or name: _said(getattr(value, name)) for name in value.model_fields_set}
    if isinstance(value, Mapping):
        return {str(plain(key)): _said(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_said(item) for item in value]
    if isinstance(value, (set, frozenset)):
        return sorted(_said(item) for item in value)
    if isinstance(value, timedelta):
        return f"{value.total_seconds():.6f} s"
    return plain(value)
