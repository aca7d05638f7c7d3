"""What does the ledger say of spot checks: planned, drawn, judged, and what follows for all rows?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from kpiledger.ledger.entry import Entry
from kpiledger.ledger.merkle import root
from kpiledger.ledger.schema import EntryKind
from kpiledger.sampling import Claim, upper_bound
from kpiledger.spot_checks.contents import part_name, seed_of
from kpiledger.spot_checks.planning import stratum_text
from kpiledger.spot_checks.queries import Stratum


class Outcome(StrEnum):
    """How a part of a spot check ended."""

    PASSED = "passed"
    """No more rows were wrong than the plan allows: the claim holds."""
    FAILED = "failed"
    """More rows were wrong: the claim is not shown."""
    NOT_DONE = "not_done"
    """Nobody has judged it yet, or the source could not be reached."""
    NOTHING_TO_CHECK = "nothing_to_check"
    """There are no rows."""


@dataclass(frozen=True, slots=True)
class PartStanding:
    """A part as planned and as judged; the bounds are of all its rows, None while nobody has judged it."""

    stratum: Stratum
    direction: str
    population: int | None
    sample_size: int
    allowed_errors: int
    errors_found: int | None
    outcome: Outcome
    upper_bound_rows: int | None

    @property
    def name(self) -> str:
        """The stratum as text."""
        return stratum_text(self.stratum)

    @property
    def is_whole(self) -> bool:
        """Whether every row was looked at."""
        return self.population is not None and self.sample_size == self.population


@dataclass(frozen=True, slots=True)
class SpotCheckStanding:
    """A spot check by its entries: its plan, and draw and verdict as far as they were recorded.

    `plan_root` is the root of the tree that ends with the plan.
    """

    plan: Entry
    draw: Entry | None = None
    verdict: Entry | None = None
    is_seed_right: bool = False
    plan_root: str = ""

    @property
    def name(self) -> str:
        """Its key in the ledger."""
        return self.plan.key

    @property
    def content(self) -> Any:
        """The plan."""
        return self.plan.content

    @property
    def table_name(self) -> str:
        """The table that was sampled, as `source.table`."""
        return f"{self.content['source']}.{self.content['table']}"

    @property
    def claim(self) -> Claim:
        """What is to be shown."""
        return Claim(Decimal(self.content["error_share_below"]), Decimal(self.content["confidence"]))

    @property
    def judged_at(self) -> datetime | None:
        """When its verdict was recorded."""
        return self.verdict.recorded_at if self.verdict else None

    @property
    def parts(self) -> tuple[PartStanding, ...]:
        """Every part with what follows from what was found."""
        found = {part_name(part): part for part in self.verdict.content["parts"]} if self.verdict else {}
        return tuple(_part(self.claim, part, found.get(part_name(part))) for part in self.content["parts"])


def spot_checks(entries: Sequence[Entry]) -> tuple[SpotCheckStanding, ...]:
    """Every spot check that was planned, in the order of the ledger."""
    plans = [entry for entry in entries if entry.kind is EntryKind.SPOT_CHECK_PLANNED]
    draws = {int(entry.content["plan_seq"]): entry for entry in _of_kind(entries, EntryKind.SPOT_CHECK_DRAWN)}
    verdicts = {int(entry.content["drawn_seq"]): entry for entry in _of_kind(entries, EntryKind.SPOT_CHECK_JUDGED)}
    found = []
    for plan in plans:
        draw = draws.get(plan.seq)
        verdict = verdicts.get(draw.seq) if draw else None
        tree = root_at(entries, plan.seq)
        is_right = draw is not None and _is_seed_right(tree, plan, draw)
        found.append(SpotCheckStanding(plan, draw, verdict, is_right, tree))
    return tuple(found)


def _of_kind(entries: Iterable[Entry], kind: EntryKind) -> list[Entry]:
    """The entries of a kind, the oldest last: where one is repeated, the first counts."""
    return [entry for entry in entries if entry.kind is kind][::-1]


def root_at(entries: Sequence[Entry], seq: int) -> str:
    """The root of the tree of the first `seq` entries."""
    return root(entry.leaf for entry in entries[:seq]).hex()


def _is_seed_right(tree: str, plan: Entry, draw: Entry) -> bool:
    """Whether seed and root are what the ledger itself gives: then nobody chose them."""
    seed = seed_of(tree, plan.content, draw.content.get("word"))
    return bool(draw.content["root"] == tree and draw.content["seed"] == seed)


def _part(claim: Claim, planned: Any, judged: Any) -> PartStanding:
    population = None if planned["population"] is None else int(planned["population"])
    rows, allowed = int(planned["sample_size"]), int(planned["allowed_errors"])
    errors = int(judged["errors_found"]) if judged else None
    bound = None
    if population == 0:
        outcome, errors, bound = Outcome.NOTHING_TO_CHECK, None, None
    elif errors is None or population is None:
        outcome = Outcome.NOT_DONE
    else:
        outcome = Outcome.PASSED if errors <= allowed else Outcome.FAILED
        bound = upper_bound(errors, population, rows, claim.confidence)
    return PartStanding(planned["stratum"], planned["direction"], population, rows, allowed, errors, outcome, bound)
