"""Projects made of expectations alone, and the demo's sources under a folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import yaml

from kpiledger.project import Project
from kpiledger.sources import build_demo_sources
from kpiledger.specs.expectation import Expectations

ROOT = Path(__file__).resolve().parents[2]

_MONEY = {"discount": "decimal(5, 4)", "sales": "decimal(18, 4)", "profit": "decimal(18, 4)"}
STAGING = {
    "stg_crm__customer": ("crm/crm_customer.csv", {}),
    "stg_erp__order": ("erp/erp_order.csv", {"order_date": "date"}),
    "stg_erp__order_line": ("erp/erp_order_line.csv", {"row_id": "integer", "quantity": "integer", **_MONEY}),
    "stg_erp__product": ("erp/erp_product.csv", {}),
    "stg_wms__shipment": ("wms/wms_shipment.csv", {"ship_date": "date"}),
    "stg_desk__ticket": (
        "desk/desk_ticket.csv",
        {"opened_at": "timestamp", "registered_at": "timestamp", "solved_at": "timestamp", "contact_count": "integer"},
    ),
}


def project_of(root: Path, expectations: Mapping[str, Expectations]) -> Project:
    """A project that only checks sources: nothing else of it is read by the checks."""
    nothing = object()
    return Project(
        root=root, calendar=nothing, organisation=nothing, chain=nothing, facts={}, kpis={}, agreements=(),
        expectations=expectations,
    )  # type: ignore[arg-type]  # fmt: skip


def demo_expectations() -> dict[str, Expectations]:
    files = sorted((ROOT / "expectations").glob("*.yml"))
    read = [Expectations.model_validate(yaml.safe_load(file.read_text(encoding="utf-8"))) for file in files]
    return {one.source: one for one in read}


def demo_root(folder: Path, faults: bool) -> Path:
    """A project root whose demo sources are built under it."""
    build_demo_sources(ROOT / "seeds", folder / "build" / "sources", faults)
    return folder
