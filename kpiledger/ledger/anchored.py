"""Which folders were checkpoints of this ledger ever anchored in, so that an emptied one is missed?

`anchored` in the ledger's folder, a line each: how many entries there were when the first one was anchored, and the
folder. It only saves an emptied anchor from looking like a new one: whoever may change the ledger's folder may change
this file as well, which is why an anchor lies where that account cannot write.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from kpiledger.ledger.anchors import anchored_in
from kpiledger.ledger.durable import read_from, replace_file

NAME = "anchored"


def remember(folder: Path, anchors: Iterable[Path], size: int) -> None:
    """Note the anchors that are not known yet; `size` is that of the checkpoint which they now have."""
    known = dict(remembered(folder))
    new = [anchor.resolve() for anchor in anchors if anchor.resolve() not in known]
    if new:
        known |= dict.fromkeys(new, size)
        lines = "".join(f"{first} {anchor}\n" for anchor, first in known.items())
        replace_file(folder / NAME, lines.encode())


def remembered(folder: Path) -> Mapping[Path, int]:
    """Every anchor that checkpoints were copied to, and the size of the first; what is no such line is passed over."""
    content = read_from(folder / NAME) or b""
    lines = (line.partition(" ") for line in content.decode(errors="replace").split("\n"))
    return {Path(anchor): int(size) for size, _, anchor in lines if size.isascii() and size.isdigit() and anchor}


def emptied(folder: Path, anchors: Iterable[Path]) -> Iterator[str]:
    """Each anchor that is known to have held checkpoints and holds none, in a sentence."""
    known = remembered(folder)
    for anchor in anchors:
        first = known.get(anchor.resolve())
        if first is not None and not anchored_in(anchor):
            yield (
                f"{anchor} held checkpoints from {first} entries on, and holds none: they were removed; put them back "
                "from a copy, or let who keeps the anchor say why"
            )
