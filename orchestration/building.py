"""What does Dagster know of a project? Its assets, one main job, and a job and a schedule for each cadence."""

import os
from pathlib import Path

import dagster as dg

from kpiledger.gates import load_checked
from kpiledger.settings import load_settings
from orchestration.cadences import cadences_of, crons
from orchestration.graph import assets_of
from orchestration.manifest import manifest_path
from orchestration.progress import Say

MAIN_JOB = "main_job"


def definitions_of(root: Path, say: Say | None = None) -> dg.Definitions:
    """All definitions of the project in a folder; RunStopped with its findings if it is not fit to run."""
    settings = load_settings(root, os.environ)
    project = load_checked(root)
    assets = assets_of(project, manifest_path(root, settings.next / "warehouse.duckdb"), say)
    cadences = cadences_of(project)
    everything = dg.AssetSelection.all()
    jobs = {
        grain: dg.define_asset_job(
            f"{grain}_job",
            everything,
            description=f"The whole graph, when the KPIs of each {grain} are due: {', '.join(names)}.",
        )
        for grain, names in cadences.items()
    }
    schedules = [
        dg.ScheduleDefinition(
            name=f"each_{grain}",
            job=jobs[grain],
            cron_schedule=cron,
            execution_timezone=project.calendar.zone,
            default_status=dg.DefaultScheduleStatus.STOPPED,
        )
        for grain, cron in crons(cadences).items()
    ]
    main = dg.define_asset_job(MAIN_JOB, everything, description="The whole graph, from specs to publication.")
    return dg.Definitions(
        assets=assets,
        jobs=[main, *jobs.values()],
        schedules=schedules,
        executor=dg.in_process_executor,  # one process: dbt and the lock on the build folder live in it
    )
