"""Which values of something recorded differ from what was found, and how is such a value shown?"""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import Any

from kpiledger.ledger.subjects import Gone

_SHOWN_LENGTH = 60


def differences(recorded: Any, found: Any, erased: Set[str], path: str = "") -> list[tuple[str, Any, Any]]:
    """Each value that differs, as (path, recorded, found); only a value whose erasure is recorded fits anything."""
    if isinstance(recorded, Gone):
        return [] if recorded.commitment in erased else [(path, recorded, found)]
    if isinstance(recorded, Mapping) and isinstance(found, Mapping):
        keys = [*recorded, *(key for key in found if key not in recorded)]
        pairs = [(f"{path}.{key}" if path else str(key), recorded.get(key), found.get(key)) for key in keys]
    elif isinstance(recorded, list) and isinstance(found, list) and len(recorded) == len(found):
        pairs = [(f"{path}[{i}]", old, new) for i, (old, new) in enumerate(zip(recorded, found, strict=True))]
    else:
        return [] if recorded == found else [(path, recorded, found)]
    return [change for at, old, new in pairs for change in differences(old, new, erased, at)]


def shown(value: Any) -> str:
    """A value in a sentence, cut where it is long."""
    if value is None:
        return "nothing"
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= _SHOWN_LENGTH else f"{text[: _SHOWN_LENGTH - 1]}…"
