"""What does somebody who waits for a run see? One line for each step and each group of models, as they end."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from orchestration.dbt_events import group_of

Say = Callable[[str], None]

_NAME_WIDTH = 22
_FINISHED = "NodeFinished"


@contextmanager
def step(name: str, say: Say) -> Iterator[list[str]]:
    """Say how long a step took and what the list it is given then holds; a step that fails says so too."""
    started = time.monotonic()
    told: list[str] = []
    try:
        yield told
    except Exception:
        say(_line(name, time.monotonic() - started, "stopped"))
        raise
    say(_line(name, time.monotonic() - started, ", ".join(told)))


def by_group(manifest: Mapping[str, Any], say: Say) -> Callable[[Any], None]:
    """A listener to dbt's events that says a line when the last node of a group has ended."""
    groups = {unique_id: group_of(node) for unique_id, node in manifest["nodes"].items()}
    left = Counter(groups.values())
    ended: Counter[tuple[str, str]] = Counter()
    seconds: Counter[str] = Counter()

    def listen(event: Any) -> None:
        node = event.data.node_info.unique_id if event.info.name == _FINISHED else ""
        if node not in groups:
            return
        group = groups[node]
        left[group] -= 1
        ended[group, event.data.run_result.status] += 1
        seconds[group] += event.data.run_result.execution_time
        if not left[group]:
            counts = [f"{count} {status}" for (of, status), count in sorted(ended.items()) if of == group]
            say(_line(f"  dbt {group}", seconds[group], ", ".join(counts)))

    return listen


def _line(name: str, seconds: float, told: str) -> str:
    return f"{name:<{_NAME_WIDTH}}{seconds:6.1f} s  {told}".rstrip()
