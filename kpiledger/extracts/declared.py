"""Which tables of source systems do the specs declare to be extracted?"""

from __future__ import annotations

from kpiledger.project import Project
from kpiledger.specs.expectation import CheckedTable, Expectations
from kpiledger.specs.extracting import Extract


def extracted_tables(project: Project) -> list[tuple[Expectations, CheckedTable, Extract]]:
    """Every table that takes part, by source and then as written."""
    return [
        (project.expectations[source], table, table.extract)
        for source in sorted(project.expectations)
        for table in project.expectations[source].tables
        if table.extract is not None
    ]
