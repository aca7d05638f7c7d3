"""From a checked `Project` to the dbt models of `models/kpis/`: pure text, deterministic.

`compile_project` gives every file; writing them is left to `kpiledger.compiled_files`.
"""

from __future__ import annotations

from kpiledger.compiling.compiler import compile_project
from kpiledger.compiling.explaining import explained
from kpiledger.compiling.standalone import standalone_query

__all__ = ["compile_project", "explained", "standalone_query"]
