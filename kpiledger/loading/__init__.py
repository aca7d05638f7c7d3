"""The project folder to a `Project`: each file read once, every problem in it a finding with its place."""

from kpiledger.loading.load import load_project

__all__ = ["load_project"]
