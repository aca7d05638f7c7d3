"""From a checked `Project` to the dbt models of `models/kpis/`: pure text, deterministic.

`compile_project` gives every file; writing them is left to `kpiledger.compiled_files`. Each is imported when it is
asked for: whoever only needs the name of a dialect need not wait for a reader of SQL.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kpiledger.compiling.compiler import compile_project
    from kpiledger.compiling.explaining import explained
    from kpiledger.compiling.standalone import standalone_query

__all__ = ["compile_project", "explained", "standalone_query"]

_FILES = {"compile_project": "compiler", "explained": "explaining", "standalone_query": "standalone"}


def __getattr__(name: str) -> object:
    """One of the functions above, from its file."""
    if name not in _FILES:
        raise AttributeError(f"{__name__} has no {name}")
    found: object = getattr(import_module(f"{__name__}.{_FILES[name]}"), name)
    return found
