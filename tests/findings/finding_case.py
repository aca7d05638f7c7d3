"""A case of the catalogue: what is broken in the base project, and the finding that must come of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

REVENUE = "metrics/kpis/order/revenue.yml"
MARGIN = "metrics/kpis/order/gross_margin.yml"
SHIPPED = "metrics/kpis/deliver/orders_shipped.yml"
LINES = "metrics/facts/order_line.yml"
SHIPMENT = "metrics/facts/shipment.yml"
WEST = "metrics/agreements/2017/sales_west.yml"
CRM = "expectations/crm.yml"
CALENDAR = "metrics/calendar.yml"
ORGANISATION = "metrics/organisation.yml"
CHAIN = "metrics/chain.yml"
MARTS = "models/marts/_marts.yml"
STAGING = "models/staging/crm/_crm.yml"


@dataclass(frozen=True)
class Swap:
    """Write `new` for `old`, which must stand exactly once in the file."""

    path: str
    old: str
    new: str

    def apply(self, root: Path) -> None:
        file = root / self.path
        text = file.read_text(encoding="utf-8")
        assert text.count(self.old) == 1, f"{self.old!r} stands {text.count(self.old)} times in {self.path}"
        file.write_text(text.replace(self.old, self.new), encoding="utf-8", newline="")


@dataclass(frozen=True)
class Write:
    """Write a whole file, new or in place of the one that was there."""

    path: str
    content: str | bytes

    def apply(self, root: Path) -> None:
        file = root / self.path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(self.content.encode() if isinstance(self.content, str) else self.content)


@dataclass(frozen=True)
class Append:
    """Add lines to the end of a file."""

    path: str
    text: str

    def apply(self, root: Path) -> None:
        file = root / self.path
        file.write_text(file.read_text(encoding="utf-8") + self.text, encoding="utf-8")


@dataclass(frozen=True)
class Move:
    """Move a file, or delete it where it moves to nowhere."""

    path: str
    to: str = ""

    def apply(self, root: Path) -> None:
        if not self.to:
            (root / self.path).unlink()
            return
        (root / self.to).parent.mkdir(parents=True, exist_ok=True)
        (root / self.path).rename(root / self.to)


@dataclass(frozen=True)
class Case:
    """What is changed, and the codes that must be found, in the order they are shown."""

    name: str
    codes: str
    changes: tuple[Swap | Write | Append | Move, ...]


def case(name: str, codes: str, *changes: Swap | Write | Append | Move) -> Case:
    return Case(name, codes, changes)
