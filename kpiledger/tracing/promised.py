"""By which definition was a number computed, and what was promised for it?"""

from __future__ import annotations

from collections.abc import Iterator

from kpiledger.compiling.wording import formula_text
from kpiledger.ledger.canonical import decimal_text
from kpiledger.tracing.lines import Line, Traced

_DEFINITION = """
    select definition_hash, seq, recorded_at, change_reason, requested_by, valid_from, formula
    from kpi.dim_kpi_version where kpi = $kpi and version = $version
"""
_PROMISED = """
    select held.holder, held.agreement, held.agreement_version as version, held.target_value, held.upper_value,
        held.comparison, held.actual, held.status, held.close_state, held.approval_state, held.entry_seq,
        held.entry_hash, agreed.approved_by
    from kpi.fct_scorecard as held
    left join kpi.dim_agreement_version as agreed
        on agreed.agreement = held.agreement and agreed.agreement_version = held.agreement_version
        and agreed.seq = held.entry_seq
    where held.kpi = $kpi and held.grain = $grain and held.period_start = $first and held.slice = $slice
        and held.member = $member
    order by held.holder, held.agreement
"""


def definition_lines(traced: Traced) -> Iterator[Line]:
    """The version that made the number, as it was recorded, and the file it stands in."""
    kpi, version = traced.number.kpi, traced.fixed.version
    for row in traced.rows(_DEFINITION, kpi=kpi, version=version):
        said = (
            f"{_formula(traced) or row['formula']}; valid from {row['valid_from']}, entry {row['seq']}, recorded "
            f"{row['recorded_at']:%Y-%m-%d}, asked for by {row['requested_by']}: {row['change_reason']}"
        )
        yield Line("definition", f"{kpi} version {version}", said, row["definition_hash"])
    yield Line("definition", "file", traced.project.kpis[kpi].path)


def _formula(traced: Traced) -> str | None:
    """The formula in words, where the files have the version that made the number."""
    versions = traced.project.kpis[traced.number.kpi].versions
    return next((formula_text(one.formula) for one in versions if one.version == traced.fixed.version), None)


def agreement_lines(traced: Traced) -> Iterator[Line]:
    """Each target that is held against the number; those of single people are counted and not named."""
    words = {name: value for name, value in traced.number.words.items() if name != "span"}
    found = traced.rows(_PROMISED, **words)
    people = frozenset(traced.project.organisation.people)
    of_people = [row for row in found if row["holder"] in people]
    for row in found:
        if row["agreement"] is None or row in of_people:
            continue
        upper = "" if row["upper_value"] is None else f" to {decimal_text(row['upper_value'])}"
        target = "none" if row["target_value"] is None else f"{decimal_text(row['target_value'])}{upper}"
        closed = f", {row['close_state']}" if row["close_state"] else ""
        said = (
            f"held by {row['holder']}: target {target} ({row['comparison']}), {row['status']}{closed}; approved by "
            f"{row['approved_by']}, {str(row['approval_state']).replace('_', ' ')}; entry {row['entry_seq']}"
        )
        yield Line("agreement", f"{row['agreement']} version {row['version']}", said, row["entry_hash"])
    if of_people:
        yield Line("agreement", "single people", f"{len(of_people)} are held to it; `kpi target` shows each of them")
    if not any(row["agreement"] for row in found):
        yield Line("agreement", "none", "nobody is held to it")
