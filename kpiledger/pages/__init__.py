"""Static pages of what the warehouse holds: chain, scorecards, histories and checks; no network, no script."""

from __future__ import annotations

from kpiledger.pages.render import PagesReport, render_pages

__all__ = ["PagesReport", "render_pages"]
