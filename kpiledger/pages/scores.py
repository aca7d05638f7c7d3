"""How far a holder reached its agreements in the newest finished period, as weighted scores."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from kpiledger.pages.dates import period_text
from kpiledger.pages.formatting import Number, NumberStyle, figure, percentage
from kpiledger.pages.queries import AgreementScoreRow
from kpiledger.periods import Reckoning
from kpiledger.vocabulary import Grain, Unit

SCORE = NumberStyle(Unit.SCORE)


@dataclass(frozen=True, slots=True)
class AgreementScore:
    """An agreement's score with its period; `remark` says what it does not speak for."""

    agreement: str
    period: str
    score: Number
    remark: str


def agreement_scores(
    rows: Iterable[AgreementScoreRow], holder: str, reckoning: Reckoning
) -> tuple[AgreementScore, ...]:
    """The scores of a holder's newest finished period of each grain, the heaviest first."""
    own = [row for row in rows if row.holder == holder and row.is_complete]
    newest = {row.grain: max(one.period_start for one in own if one.grain == row.grain) for row in own}
    shown = [row for row in own if row.period_start == newest[row.grain]]
    return tuple(_score(row, reckoning) for row in sorted(shown, key=_weight))


def _score(row: AgreementScoreRow, reckoning: Reckoning) -> AgreementScore:
    return AgreementScore(
        agreement=row.agreement,
        period=period_text(row.period_start, Grain(row.grain), reckoning),
        score=figure(row.score, SCORE),
        remark=_remark(row),
    )


def _remark(row: AgreementScoreRow) -> str:
    if not row.weight_agreed:
        return "no target binds"
    if row.weight_scored == row.weight_agreed:
        return ""
    scored, agreed = percentage(row.weight_scored or Decimal(0)).full, percentage(row.weight_agreed).full
    return f"speaks for {scored} of the {agreed} agreed"


def _weight(row: AgreementScoreRow) -> tuple[float, str]:
    return (-float(row.weight_agreed or 0), row.agreement)
