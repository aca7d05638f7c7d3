"""How many rows of each stratum are drawn in each direction, and how many of them may be wrong?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kpiledger.sampling import Claim, Size, sample_size
from kpiledger.specs.expectation import CheckedTable
from kpiledger.specs.spot_check import SpotCheck, SpotDirection
from kpiledger.spot_checks.queries import Stratum


@dataclass(frozen=True, slots=True)
class Part:
    """One stratum in one direction; without a size its source could not be reached, and nothing is drawn."""

    stratum: Stratum
    direction: SpotDirection
    size: Size | None

    @property
    def name(self) -> str:
        """The stratum as text."""
        return stratum_text(self.stratum)


def stratum_text(stratum: Stratum) -> str:
    """A stratum as tables and pages name it: team=sales_west, or all."""
    return ", ".join(f"{name}={'(empty)' if value is None else value}" for name, value in stratum.items()) or "all"


def planned(asked: SpotCheck, populations: Mapping[SpotDirection, Sequence[tuple[Stratum, int]] | None]) -> list[Part]:
    """The parts of a spot check, from the populations of each direction; None where nobody could count them."""
    claim = claim_of(asked)
    parts = []
    for direction in asked.directions:
        counted = populations[direction]
        if counted is None:
            parts.append(Part({}, direction, None))
        else:
            parts += [
                Part(stratum, direction, sample_size(population, claim, asked.allowed_errors))
                for stratum, population in counted
            ]
    return parts


def claim_of(asked: SpotCheck) -> Claim:
    """The claim that a table's spot check is to show."""
    return Claim(asked.claim.error_share_below, asked.claim.confidence)


def compared_columns(table: CheckedTable) -> tuple[str, ...]:
    """The columns that are compared: those named, else those of the reconciliation row by row."""
    named = table.spot_check.columns if table.spot_check else ()
    rows = tuple(table.reconcile.rows) if table.reconcile else ()
    return tuple(named or rows)
