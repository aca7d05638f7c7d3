"""Which assets does the main job make, and in which order?

    extracts -> recorded_agreements -> models (dbt) -> source_checks -> published_warehouse

A body calls the engine and returns its metadata. No `from __future__ import annotations` here: Dagster reads
the type of `context` from the function.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_dbt import DbtProject, dbt_assets

from kpiledger.errors import RunStopped, WrongUse
from kpiledger.extracts.declared import extracted_tables
from kpiledger.project import Project
from kpiledger.run import begin, build_models, check_sources, publish, record_agreements
from kpiledger.run_state import resume
from orchestration.dbt_events import ByFolder, asset_events, is_result
from orchestration.evidence import SOURCE_CHECKS, check_results, check_specs
from orchestration.progress import Say, by_group, step

EXTRACTS = "extracts"
RECORDED = "recorded"
PUBLISHED_SCHEMA = "kpi"

Metadata = dict[str, str | int | float | bool | None]


class MainConfig(dg.Config):
    """What a run of the main job may be told."""

    as_of: str | None = None  # the last day to count, as 2017-12-31; else calendar.yml says
    full_refresh: bool = False  # compute everything anew, incremental facts as well
    extracting: bool = True  # ask the sources for new extracts; else the newest there are


def assets_of(project: Project, manifest: Path, say: Say | None = None) -> list[dg.AssetsDefinition]:
    """The whole graph; progress goes to `say`, else to the run's log."""
    nodes: dict[str, Any] = json.loads(manifest.read_bytes())
    return [
        _extracts(project, nodes, say),
        _recorded_agreements(project.root, nodes, say),
        _models(project.root, manifest, nodes, say),
        _source_checks(project, nodes, say),
        _published_warehouse(project.root, nodes, say),
    ]


def _extracts(project: Project, nodes: dict[str, Any], say: Say | None) -> dg.AssetsDefinition:
    translator = ByFolder()
    taken = {(one.source, table.table) for one, table, _ in extracted_tables(project)}
    tables = [node for node in nodes["sources"].values() if (node["source_name"], node["name"]) in taken]
    specs = [
        dg.AssetSpec(EXTRACTS, description="What the run is made from.", group_name=EXTRACTS),
        *(
            dg.AssetSpec(translator.get_asset_key(node), description=node["description"], group_name=EXTRACTS)
            for node in tables
        ),
    ]

    @dg.multi_asset(name=EXTRACTS, specs=specs)
    def extracts(context: dg.AssetExecutionContext, config: MainConfig) -> Iterator[Any]:
        """Check the specs, take new extracts of the sources, and give the run its own set of them."""
        with step(EXTRACTS, say or context.log.info) as told:
            day = _date(config.as_of)
            begin(project.root, context.run_id, day, _utc_now(), config.full_refresh, config.extracting)
            told.append(f"{len(taken)} tables" if taken else "none declared")
        yield from (dg.MaterializeResult(spec.key) for spec in specs)

    return extracts


def _recorded_agreements(root: Path, nodes: dict[str, Any], say: Say | None) -> dg.AssetsDefinition:
    translator = ByFolder()
    tables = [node for node in nodes["sources"].values() if node["source_name"] == RECORDED]
    specs = [
        dg.AssetSpec(
            translator.get_asset_key(node), description=node["description"], group_name=RECORDED, deps=[EXTRACTS]
        )
        for node in tables
    ]

    @dg.multi_asset(name="recorded_agreements", specs=specs)
    def recorded_agreements(context: dg.AssetExecutionContext) -> Iterator[Any]:
        """Record what is new in the ledger, lay the ledger's tables for the models."""
        with step("recorded_agreements", say or context.log.info) as told:
            report = record_agreements(resume(root, context.run_id), _utc_now)
            told.append(f"{report.new} new entries, {report.total} in all")
        counts: Metadata = {"new_entries": report.new, "entries": report.total, "root_hash": report.root_hash}
        yield from (dg.MaterializeResult(spec.key, metadata=counts) for spec in specs)

    return recorded_agreements


def _models(root: Path, manifest: Path, nodes: dict[str, Any], say: Say | None) -> dg.AssetsDefinition:
    translator = ByFolder()

    @dbt_assets(manifest=nodes, project=DbtProject(root), dagster_dbt_translator=translator, name="models")
    def models(context: dg.AssetExecutionContext) -> Iterator[Any]:
        """Build and test the models, all of them: a warehouse is published whole."""
        _require_whole(context, models.keys)
        heard: list[Any] = []
        tell = by_group(nodes, say or context.log.info)

        def listen(event: Any) -> None:
            tell(event)
            if is_result(event):
                heard.append(event)

        stopped = None
        with step("models", say or context.log.info) as told:
            try:
                result = build_models(resume(root, context.run_id), listen)
                told.append(f"{len(result.nodes)} models, seeds and tests")
            except RunStopped as problem:
                stopped = problem
                told.append("stopped")
        yield from asset_events(heard, nodes, translator, context)
        if stopped:
            raise stopped

    return models


def _source_checks(project: Project, nodes: dict[str, Any], say: Say | None) -> dg.AssetsDefinition:
    specs = check_specs(project)
    checked = {table.model for source in project.expectations.values() for table in source.tables}
    # `as_of` says up to which day rows are looked at, also where nothing is declared to be checked.
    deps = _keys(node for node in nodes["nodes"].values() if node["name"] in {*checked, "as_of"})

    @dg.asset(key=SOURCE_CHECKS, deps=deps, check_specs=specs, group_name="checks")
    def source_checks(context: dg.AssetExecutionContext) -> Iterator[Any]:
        """Check how the sources are filled in, and the warehouse against them. Publishing reads the results."""
        with step("source_checks", say or context.log.info) as told:
            report = check_sources(resume(project.root, context.run_id), _utc_now)
            told.append(f"{len(report.results)} checks, {len(report.blocking)} blocking")
        yield from check_results(specs, report)
        yield dg.MaterializeResult(metadata={"checks": len(report.results), "blocking": len(report.blocking)})

    return source_checks


def _published_warehouse(root: Path, nodes: dict[str, Any], say: Say | None) -> dg.AssetsDefinition:
    read = _keys(
        node
        for node in nodes["nodes"].values()
        if node["resource_type"] == "model" and node["schema"] == PUBLISHED_SCHEMA
    )

    @dg.asset(key="published_warehouse", deps=[SOURCE_CHECKS, *read], group_name="publication")
    def published_warehouse(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
        """Render the pages and let readers see them with the warehouse, unless a check blocks it."""
        with step("published_warehouse", say or context.log.info) as told:
            done = publish(resume(root, context.run_id), _utc_now)
            told.append("new figures" if done.is_new else "the same figures as before")
        places: Metadata = {"warehouse": str(done.warehouse), "pages": str(done.pages), "is_new": done.is_new}
        return dg.MaterializeResult(metadata=places)

    return published_warehouse


def _keys(nodes: Iterable[dict[str, Any]]) -> list[dg.AssetKey]:
    return [ByFolder().get_asset_key(node) for node in nodes]


def _require_whole(context: dg.AssetExecutionContext, keys: Iterable[dg.AssetKey]) -> None:
    if set(context.selected_asset_keys) != set(keys):
        raise WrongUse("only some models were chosen", "run the whole main job: a warehouse is published whole")


def _utc_now() -> datetime:
    return datetime.now(UTC)


def _date(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as problem:
        raise WrongUse(f"as_of is {text!r}, which is no date", "write it as 2017-12-31") from problem
