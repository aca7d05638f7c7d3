"""Rendering the pages of the published warehouse anew, without running anything else."""

from __future__ import annotations

import shutil
from datetime import datetime

from kpiledger.claim import claim, release
from kpiledger.git import head_commit
from kpiledger.ledger.store import Ledger
from kpiledger.pages import PagesReport, render_pages
from kpiledger.pages.known_runs import known_runs
from kpiledger.project import Project
from kpiledger.settings import Settings
from kpiledger.warehouse import open_current, rows_of


def render_again(project: Project, settings: Settings, now: datetime) -> PagesReport:
    """Render the pages of the current publication anew, beside the ones readers see, then exchange them."""
    with open_current(settings.warehouse) as connection:
        (context,) = rows_of(connection, "select run_id from recorded.run_context")
    claim(settings.build, f"pages of {context['run_id']}")
    try:
        folder = settings.current.resolve()
        fresh, old = folder / "pages.new", folder / "pages.old"
        if old.exists() and not (folder / "pages").exists():
            old.rename(folder / "pages")  # an exchange was interrupted between its two renames
        for left_over in (fresh, old):
            shutil.rmtree(left_over, ignore_errors=True)
        run_id, commit = context["run_id"], head_commit(settings.root)
        ledger = Ledger(settings.ledger, anchors=settings.anchors)
        known = known_runs(settings, run_id)
        report = render_pages(
            project, settings.warehouse, fresh, now, run_id, commit, ledger, known, settings.new_approver_days
        )
        (folder / "pages").rename(old)
        fresh.rename(folder / "pages")
        shutil.rmtree(old)
        return report
    finally:
        release(settings.build)
