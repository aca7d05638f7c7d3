"""Extracts that cannot be taken as declared: KPI170 to KPI174."""

from __future__ import annotations

from finding_case import CRM, Case, Swap, Write, case

_COLUMNS = "meeting_id: integer, held_on: date, minutes: double, registered_at: timestamp"


def _extract(more: str = "", columns: str = _COLUMNS) -> Swap:
    old = "    period: held_on\n    team: team\n"
    return Swap(CRM, old, f"{old}    extract:\n      columns: {{{columns}}}\n{more}")


CASES: tuple[Case, ...] = (
    case("extract_without_the_key", "KPI170", _extract(columns="held_on: date")),
    case("control_total_of_a_double", "KPI171", _extract("      control_totals: [minutes]\n")),
    case("control_total_that_is_not_extracted", "KPI171", _extract("      control_totals: [minuts]\n")),
    case("high_water_mark_that_does_not_grow", "KPI172", _extract("      high_water_mark: minutes\n")),
    case(
        "only_some_tables_are_dropped_files",
        "KPI174",
        Swap(
            CRM,
            "    period: held_on\n    team: team\n",
            "    period: held_on\n    team: team\n    drop: {file: a.csv}\n",
        ),
    ),
    case(
        "table_extracted_twice",
        "KPI173",
        _extract(),
        Swap(
            CRM,
            "  - table: customer\n    model: stg_crm__customer\n    key: [customer_id]",
            "  - table: meeting\n    model: stg_crm__customer\n    key: [customer_id]\n"
            "    extract: {columns: {customer_id: varchar}}",
        ),
    ),
    case(
        "source_called_warehouse",
        "KPI191",
        Write(
            "expectations/warehouse.yml",
            "source: warehouse\nconnection: DWH_URL\nowner: head_of_sales\n"
            "tables:\n  - table: customer\n    model: stg_crm__customer\n    key: [customer_id]\n",
        ),
    ),
)
