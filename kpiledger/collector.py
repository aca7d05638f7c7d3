"""How is much read quickly, where reading makes millions of objects and no garbage?"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """Look for no garbage meanwhile: to look through everything read so far takes longer than reading."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        # What was read goes to the oldest generation at once, where it is looked through least often.
        gc.freeze()
        gc.unfreeze()
        if was_enabled:
            gc.enable()
