"""What `kpi show KPI --sql` prints gives the rows of the compiled models, for every KPI of a large company."""

from __future__ import annotations

import pytest

from kpiledger.compiling import standalone_query
from tests.adventureworks.adventureworks import SPECS, checked
from tests.adventureworks.conftest import Built

PROJECT = checked(SPECS)
COLUMNS = "grain, span, period_start, period_end, is_complete, slice, member, numerator, denominator, row_count"
# Quotients are doubles, whose last figures hang on the order of their sums.
VALUE = "round(cast(value as double), 9) as value"


@pytest.mark.parametrize("name", sorted(PROJECT.kpis))
def test_the_shown_query_gives_what_ran(in_duckdb: Built, name: str) -> None:
    kpi = PROJECT.kpis[name]
    spans = ", ".join(f"'{span}'" for span in kpi.spans)
    for version in kpi.versions:
        shown = f"select {COLUMNS}, {VALUE} from ({standalone_query(PROJECT, kpi, version)})"
        stored = (
            f"select {COLUMNS}, {VALUE} from kpi.fct_kpi_value "
            f"where kpi = '{name}' and version = {version.version} and span in ({spans})"
        )
        assert in_duckdb.rows(stored)
        for one, other in ((shown, stored), (stored, shown)):
            assert in_duckdb.rows(f"({one}) except all ({other})") == []
