"""Targets of every form and every approval, with the ledger that they rest on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from made_project import a_kpi, made_project
from made_warehouse import MadeWarehouse, months

from kpiledger.ledger.contents import KIND_OF_EVENT, agreement_content, with_commitments
from kpiledger.ledger.entry import Draft
from kpiledger.ledger.store import Ledger, writing
from kpiledger.project import Project
from kpiledger.specs.agreement import AgreementEvent

RECORDED = datetime(2017, 1, 2, 9, 30, tzinfo=UTC)
BETWEEN = {"comparison": "between", "target_value": Decimal(3), "upper_value": Decimal(5)}
EXACTLY = {"comparison": "exactly", "target_value": Decimal(0), "within_value": Decimal(0)}
CLOSELY = {"comparison": "exactly", "target_value": Decimal("0.5"), "within_value": Decimal("0.05")}
AT_LEAST = {"comparison": "at_least"}
# KPI: the agreement, what it promises, its actuals from January to December 2017.
KPIS: Mapping[str, tuple[str, Mapping[str, Any], list[float]]] = {
    "stock": ("stock_2017", {**BETWEEN, "amber_outside_by": Decimal(1)}, [4, 5, 6, 4, 3, 2, 1, 3, 4, 4, 5, 4]),
    "mistakes": ("stock_2017", EXACTLY, [0, 0, 1, 0, 2, 0, 0, 0, 1, 0, 0, 1]),
    "share": ("stock_2017", CLOSELY, [0.5, 0.51, 0.58, 0.52, 0.47, 0.46, 0.5, 0.53, 0.49, 0.5, 0.51, 0.52]),
    "climbing": ("ramp_2017", AT_LEAST, [90, 105, 118, 140, 150, 170, 171, 185, 199, 215, 230, 240]),
    "growing": ("growth_2017", AT_LEAST, [100, 120, 110, 150, 160, 130, 140, 170, 160, 180, 190, 200]),
    "waiting": (
        "waiting_2017",
        {**AT_LEAST, "target_value": Decimal(10)},
        [9, 9, 10, 11, 12, 9, 9, 10, 10, 11, 12, 13],
    ),
    "voided": ("voided_2017", {**AT_LEAST, "target_value": Decimal(10)}, [9, 9, 10, 11, 12, 9, 9, 10, 10, 11, 12, 9]),
    "turned_down": (
        "refused_2017",
        {**AT_LEAST, "target_value": Decimal(10)},
        [9, 9, 10, 11, 12, 9, 9, 10, 10, 11, 12, 9],
    ),
    "trial": ("trial_2017", {**AT_LEAST, "target_value": Decimal(10)}, [9, 9, 10, 11, 12, 9, 9, 10, 10, 11, 12, 13]),
}
LABELS = {
    "stock": "Weeks of stock",
    "mistakes": "Wrong deliveries",
    "share": "Share of repeat orders",
    "climbing": "Subscriptions",
    "growing": "Visitors",
    "waiting": "Waiting",
    "voided": "Voided",
    "turned_down": "Turned down",
    "trial": "Trial",
}
STATES = {"waiting_2017": "unapproved", "voided_2017": "void", "refused_2017": "refused", "trial_2017": "not_required"}
AGREEMENTS = ("stock_2017", "ramp_2017", "growth_2017", "waiting_2017", "voided_2017", "refused_2017", "trial_2017")


def forms_project(folder: Path) -> Project:
    base = made_project(folder)
    kpis = {
        name: a_kpi(name, LABELS[name], "deliver", **({"unit": "ratio"} if name == "share" else {})) for name in KPIS
    }
    return Project(
        root=folder,
        calendar=base.calendar,
        organisation=base.organisation,
        chain=base.chain,
        facts=base.facts,
        kpis=kpis,
        agreements=(),
        expectations={},
    )


def forms_ledger(folder: Path) -> Ledger:
    """An entry for each agreement in the order of AGREEMENTS, then one about a person."""
    ledger = Ledger(folder / "ledger")
    with writing(ledger, lambda: RECORDED) as writer:
        writer.append([_draft(ledger, name, "sales_west") for name in AGREEMENTS])
        writer.append([_draft(ledger, "p1007_2017", "p1007")])
    return ledger


def _draft(ledger: Ledger, agreement: str, holder: str) -> Draft:
    target = {"grain": "month", "comparison": "at_least", "value": "10"}
    event = AgreementEvent.model_validate(
        {
            "event": "agreed",
            "agreement": agreement,
            "decided_on": "2016-12-12",
            "valid_from": "2017-01-01",
            "valid_to": "2017-12-31",
            "reason": {"kind": "annual_agreement", "text": f"Budget <b>of</b> {agreement}"},
            "proposed_by": "head_of_sales",
            "approved_by": "cfo",
            "targets": [{"kpi": "stock", "target": target, "weight": "0.1"}],
        }
    )
    content = with_commitments(ledger, agreement_content(holder, event), ["p1007"])
    return Draft(KIND_OF_EVENT[event.event], f"{agreement}/1", content, "d92be40aa11" * 3 + "d92be40")


def forms_warehouse(path: Path) -> Path:
    made = MadeWarehouse(path)
    made.add("kpi.as_of", as_of_on=date(2017, 12, 31))
    for seq, agreement in enumerate(AGREEMENTS, start=1):
        state = STATES.get(agreement, "approved")
        approval = {"approval_seq": 8, "approval_recorded_at": RECORDED} if state == "approved" else {}
        binding = state == "approved"
        made.version(
            1,
            agreement,
            date(2017, 1, 1),
            f"Budget of {agreement}",
            seq=seq,
            approval_state=state,
            is_pilot=agreement == "trial_2017",
            is_binding=binding,
            **approval,
        )
    for kpi, (agreement, promise, actuals) in KPIS.items():
        for month, actual in zip(months(2017, 2017), actuals, strict=True):
            _row(made, kpi, agreement, dict(promise), month, actual)
    made.add(
        "kpi.fct_agreement_score",
        agreement="stock_2017",
        agreement_version=1,
        holder="sales_west",
        grain="month",
        period_start=date(2017, 12, 1),
        period_end=date(2017, 12, 31),
        is_complete=True,
        score=Decimal("0.75"),
        weight_scored=Decimal("0.3"),
        weight_agreed=Decimal("0.4"),
        kpi_count=3,
    )
    return made.close()


def _row(made: MadeWarehouse, kpi: str, agreement: str, promise: dict[str, Any], month: date, actual: float) -> None:
    if agreement == "ramp_2017":
        promise["target_value"] = Decimal(100) + Decimal(12) * (month.month - 1)
    if agreement == "growth_2017":
        promise["target_value"] = Decimal("1.06") * (100 + 8 * month.month)
    of = {
        "holder": "sales_west",
        "agreement": agreement,
        "agreement_version": 1,
        "kpi": kpi,
        "slice": "all",
        "member": "all",
        "grain": "month",
        "period_start": month,
    }
    figures = {
        name: promise[name] for name in ("comparison", "target_value", "upper_value", "within_value") if name in promise
    }
    relative = {"reference": "same_period_last_year", "reference_times": Decimal("1.06")}
    made.add(
        "kpi.fct_kpi_target",
        **of,
        **figures,
        **(relative if agreement == "growth_2017" else {}),
        valid_from=date(2017, 1, 1),
    )
    state = STATES.get(agreement, "approved")
    status, score = _judged(promise, actual, state)
    made.add(
        "kpi.fct_scorecard",
        **of,
        **promise,
        kpi_version=1,
        period_end=_last_day(month),
        is_complete=True,
        actual=actual,
        weight=Decimal("0.1"),
        variance=_variance(promise, actual),
        status=status,
        score=score if state == "approved" else None,
        is_pilot=agreement == "trial_2017",
        is_binding=state == "approved",
        approval_state=state,
        entry_seq=AGREEMENTS.index(agreement) + 1,
        entry_hash="0123456789abcdef",
        reason_kind="annual_agreement",
    )


def _judged(promise: Mapping[str, Any], actual: float, state: str) -> tuple[str, float | None]:
    if state in ("unapproved", "void", "refused"):
        return "no_target", None
    low = float(promise["target_value"])
    within = float(promise.get("within_value", 0))
    high = float(promise.get("upper_value", low if promise["comparison"] == "exactly" else 10**9))
    return ("green", 1.0) if low - within <= actual <= high + within else ("red", 0.0)


def _variance(promise: Mapping[str, Any], actual: float) -> float:
    low, high = float(promise["target_value"]), promise.get("upper_value")
    if high is not None and actual >= low:
        return max(actual - float(high), 0.0)
    return actual - low


def _last_day(month: date) -> date:
    return date.fromordinal(date(month.year + month.month // 12, month.month % 12 + 1, 1).toordinal() - 1)
