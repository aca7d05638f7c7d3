"""The systems where data is registered: how to reach them, and the demo's own, with faults when asked for."""

from kpiledger.sources.connecting import connection_url
from kpiledger.sources.demo import build_demo_sources
from kpiledger.sources.faults import FAULTS, Fault

__all__ = ["FAULTS", "Fault", "build_demo_sources", "connection_url"]
