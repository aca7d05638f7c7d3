"""Spot checks as the rows of schema `recorded`, from which `kpi.fct_spot_check` is made."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from kpiledger.ledger.entry import Entry
from kpiledger.ledger.store import Ledger
from kpiledger.ledger.subjects import holder_name, resolving
from kpiledger.spot_checks.standing import PartStanding, SpotCheckStanding, spot_checks
from kpiledger.warehouse import Table

SPOT_CHECK = {
    **dict.fromkeys(("spot_check", "source", "table_name", "model", "period", "stratum", "direction"), "varchar"),
    "population": "bigint", "sample_size": "bigint", "allowed_errors": "bigint", "errors_found": "bigint",
    "error_share_below": "decimal(18,10)", "confidence": "decimal(18, 10)",
    "upper_bound_rows": "bigint", "upper_bound_share": "decimal(18,10)",
    "outcome": "varchar", "is_whole": "boolean", "is_redrawn": "boolean", "redrawn_reason": "varchar",
    "method": "varchar", "judged_by": "varchar", "is_signed": "boolean", "seed": "varchar",
    "planned_seq": "integer", "drawn_seq": "integer", "judged_seq": "integer",
    "planned_at": "timestamp", "judged_at": "timestamp",
}  # fmt: skip


def spot_check_table(ledger: Ledger, entries: Sequence[Entry]) -> Table:
    """Every part of every spot check, as the ledger has it."""
    plain = resolving(ledger)
    return Table("spot_check", SPOT_CHECK, [
        _row(plain, check, part) for check in spot_checks(entries) for part in check.parts
    ])  # fmt: skip


def _row(plain: Callable[[Any], Any], check: SpotCheckStanding, part: PartStanding) -> tuple[object, ...]:
    plan, verdict = check.content, check.verdict.content if check.verdict else None
    share = None
    if part.upper_bound_rows is not None and part.population:
        share = round(Decimal(part.upper_bound_rows) / part.population, 10)
    return (
        check.name, plan["source"], plan["table"], plan["model"], plan["period"], part.name, part.direction,
        part.population, part.sample_size, part.allowed_errors, part.errors_found,
        check.claim.error_share_below, check.claim.confidence, part.upper_bound_rows, share,
        part.outcome.value, part.is_whole, plan["ordinal"] != "1", plan["reason"],
        verdict and verdict["method"], verdict and holder_name(plain(verdict["judged_by"])),
        verdict and verdict["signature"] is not None, check.draw and check.draw.content["seed"],
        check.plan.seq, check.draw and check.draw.seq, check.verdict and check.verdict.seq,
        check.plan.recorded_at.replace(tzinfo=None),
        check.judged_at and check.judged_at.replace(tzinfo=None),
    )  # fmt: skip
