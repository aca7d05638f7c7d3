"""How do dbt's events of this process become Dagster's materializations and check results?

dagster-dbt does this only for a dbt that it started itself, in a process of its own, which costs seconds a
run. Its message class is internal: `tests/orchestration` holds both ways equal, so that an upgrade which
changes it is seen.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator
from dagster_dbt.core.dbt_cli_event import DbtCoreCliEventMessage

# The events that say how a node ended; dbt sends thirty times as many.
_RESULTS = frozenset({"LogSeedResult", "LogModelResult", "LogSnapshotResult", "LogTestResult"})


class ByFolder(DagsterDbtTranslator):
    """Assets grouped by the folder of their model: staging, marts, kpis, scorecard; and seeds, and recorded."""

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str:
        """The group of a node."""
        return group_of(dbt_resource_props)


def group_of(node: Mapping[str, Any]) -> str:
    """The group of a node of the manifest; a test belongs to the group of its folder."""
    if node["resource_type"] == "seed":
        return "seeds"
    return str(node["source_name"] if node["resource_type"] == "source" else node["fqn"][1])


def is_result(event: Any) -> bool:
    """Whether an event of dbt says how a node ended."""
    return event.info.name in _RESULTS


def asset_events(
    events: Iterable[Any],
    manifest: Mapping[str, Any],
    translator: DagsterDbtTranslator,
    context: dg.AssetExecutionContext,
) -> Iterator[Any]:
    """Outputs, check results and observations for the results among dbt's events, in their order."""
    from dbt_common.events.functions import msg_to_dict  # dbt is loaded by now; importing the graph need not

    for event in events:
        message = DbtCoreCliEventMessage(raw_event=msg_to_dict(event), event_history_metadata={})
        yield from message.to_default_asset_events(
            manifest=manifest, dagster_dbt_translator=translator, context=context
        )
