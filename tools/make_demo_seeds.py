"""Makes the two seeds of the demo company that no public data has: its service desk and its teams.

Everything here is made up. The tickets hang on real Superstore orders, so that a team's tickets follow
its orders; the random numbers are seeded, so that every run writes the same bytes.

    python tools/make_demo_seeds.py            writes seeds/desk and seeds/people
"""

from __future__ import annotations

import csv
import io
import random
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta
from pathlib import Path

SEED = 2017
TICKET_SHARE = 0.272  # of orders; gives about 1,300 tickets over four years
LAST_MOMENT = datetime(2017, 12, 31, 23, 59, 59)

TEAM_OF_REGION = {
    "West": "sales_west",
    "East": "sales_east",
    "Central": "sales_central",
    "South": "sales_south",
}
# Share of tickets solved at the first contact in 2014, and what every later year adds.
SOLVED_FIRST_TIME = {"sales_west": 0.73, "sales_east": 0.76, "sales_central": 0.68, "sales_south": 0.71}
YEARLY_GAIN = 0.02
CATEGORIES = (("delivery", 0.30), ("product", 0.22), ("return", 0.20), ("invoice", 0.16), ("damage", 0.12))
CANCEL_REASONS = (("duplicate", 0.45), ("withdrawn", 0.35), ("opened_in_error", 0.20))
CANCELLED_SHARE = 0.04
NEVER_SOLVED_SHARE = 0.12  # of the tickets of the last five weeks: these are still open


@dataclass(frozen=True, slots=True)
class Ticket:
    """One case at the service desk; the fields are the columns, in order."""

    ticket_id: str
    order_id: str
    team: str
    opened_at: str
    registered_at: str
    solved_at: str
    category: str
    status: str
    contact_count: str
    reason_code: str


@dataclass(frozen=True, slots=True)
class Team:
    """One sales team; the fields are the columns, in order."""

    team: str
    region: str
    lead_role: str


class Dice:
    """Random draws that are the same on every Python: only `random()` is promised to stay as it is."""

    def __init__(self, seed: int) -> None:
        self._source = random.Random(seed)

    def chance(self, share: float) -> bool:
        """True in about `share` of the draws."""
        return self._source.random() < share

    def between(self, low: float, high: float) -> float:
        """A number in [low, high), all equally likely."""
        return low + (high - low) * self._source.random()

    def pick(self, weighted: Sequence[tuple[str, float]]) -> str:
        """One of the names, by weight."""
        drawn = self.between(0, sum(weight for _, weight in weighted))
        for name, weight in weighted:
            drawn -= weight
            if drawn < 0:
                return name
        return weighted[-1][0]


def demo_teams() -> list[Team]:
    """The four sales teams, one for each region."""
    return [Team(team, region, f"head_of_{team}") for region, team in TEAM_OF_REGION.items()]


def demo_tickets(orders: Iterable[Mapping[str, str]], shipped_on: Mapping[str, date]) -> list[Ticket]:
    """Tickets for some of the orders, in the order they were opened."""
    dice = Dice(SEED)
    drawn = []
    for order in sorted(orders, key=lambda row: row["order_id"]):
        if not dice.chance(TICKET_SHARE):
            continue
        opened = _opening(dice, shipped_on[order["order_id"]])
        if opened <= LAST_MOMENT - timedelta(hours=12):
            drawn.append((opened, order["order_id"], TEAM_OF_REGION[order["region"]]))
    return [_ticket(dice, number, *case) for number, case in enumerate(sorted(drawn), start=1)]


def _opening(dice: Dice, shipped_on: date) -> datetime:
    """Office hours (UTC), one to fourteen days after the goods left."""
    day = shipped_on + timedelta(days=1 + int(dice.between(0, 14)))
    return datetime.combine(day, time(8)) + timedelta(seconds=int(dice.between(0, 9 * 3600)))


def _ticket(dice: Dice, number: int, opened: datetime, order_id: str, team: str) -> Ticket:
    first_time = dice.chance(SOLVED_FIRST_TIME[team] + YEARLY_GAIN * (opened.year - 2014))
    contacts = 1 if first_time else 2 + int(dice.between(0, 1) ** 2 * 4)
    registered = min(opened + _registering_delay(dice), LAST_MOMENT)
    solved = registered + timedelta(seconds=int(3600 * contacts**2 * dice.between(0.3, 9)))
    status, reason = "solved", ""
    if dice.chance(CANCELLED_SHARE):
        status, reason = "cancelled", dice.pick(CANCEL_REASONS)
    elif solved > LAST_MOMENT or (opened.date() >= date(2017, 11, 27) and dice.chance(NEVER_SOLVED_SHARE)):
        status = "open"
    return Ticket(
        ticket_id=f"T-{opened.year}-{number:05d}",
        order_id=order_id,
        team=team,
        opened_at=_written(opened),
        registered_at=_written(registered),
        solved_at=_written(solved) if status == "solved" else "",
        category=dice.pick(CATEGORIES),
        status=status,
        contact_count=str(contacts),
        reason_code=reason,
    )


def _registering_delay(dice: Dice) -> timedelta:
    """Most cases are entered within the hour, every tenth the day after; none later than two days."""
    hours = dice.between(10, 44) if dice.chance(0.1) else dice.between(0.02, 1)
    return timedelta(seconds=int(3600 * hours))


def _written(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S")


def as_csv(rows: Sequence[Ticket] | Sequence[Team]) -> str:
    """Rows as CSV text with a header line."""
    text = io.StringIO()
    names = [field.name for field in fields(rows[0])]
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([getattr(row, name) for name in names] for row in rows)
    return text.getvalue()


def made_up_seeds(seeds: Path) -> dict[str, str]:
    """The text of each made-up seed file, by its path under the seeds folder."""
    with (seeds / "erp/erp_order.csv").open(newline="", encoding="utf-8") as file:
        orders = list(csv.DictReader(file))
    with (seeds / "wms/wms_shipment.csv").open(newline="", encoding="utf-8") as file:
        shipped_on = {row["order_id"]: date.fromisoformat(row["ship_date"]) for row in csv.DictReader(file)}
    return {
        "desk/desk_ticket.csv": as_csv(demo_tickets(orders, shipped_on)),
        "people/people_team.csv": as_csv(demo_teams()),
    }


def main() -> None:
    """Write the made-up seeds beside the real ones."""
    seeds = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent.parent / "seeds"
    for name, text in made_up_seeds(seeds).items():
        (seeds / name).parent.mkdir(parents=True, exist_ok=True)
        (seeds / name).write_text(text, encoding="utf-8", newline="\n")
        print(f"wrote {name}: {text.count(chr(10)) - 1} rows")


if __name__ == "__main__":
    main()
