"""What a user may have meant: the nearest known name, or the names there are."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

_SHOWN = 12  # more names than this are a list to look up and not a hint


def listed(names: Iterable[str]) -> str:
    """Names in order, as `a, b, c`; a long list is cut and says so."""
    known = sorted(names)
    more = f" and {len(known) - _SHOWN} more" if len(known) > _SHOWN else ""
    return ", ".join(known[:_SHOWN]) + more


def nearest(found: str, known: Iterable[str]) -> str | None:
    """The known name that a found one may be a slip of."""
    return next(iter(difflib.get_close_matches(found.lower(), sorted(known), n=1)), None)


def suggestion(found: str, known: Iterable[str], kind: str) -> str:
    """A hint for a name that is not known: `did you mean x?`, else what is known of that kind."""
    names = sorted(known)
    near = nearest(found, names)
    if near:
        return f"did you mean `{near}`?"
    return f"the {kind} are {listed(names)}" if names else f"there are no {kind} yet"
