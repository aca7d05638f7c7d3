"""The page of findings: each code, the rule it stands for, and how a user sees it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from kpiledger.loading.codes import CODES
from kpiledger.reference.markdown import code, page, table
from kpiledger.rules.governance import LESSONS

_CODE = re.compile(r"^\S+:\d+:\d+: (KPI\d{3}) (?:error|warning):")
_COUNT = re.compile(r"\n\n\d+ (?:error|warning)s?\b.*\Z", re.DOTALL)


def findings_page(shown: Mapping[str, str]) -> str:
    """The page; `shown` are findings as users see them, by the name of what was broken."""
    first: dict[str, str] = {}
    for name in sorted(shown):
        found = _CODE.match(shown[name])
        if found:
            first.setdefault(found.group(1), shown[name])
    rows = [(_linked(name, first), rule) for name, rule in CODES.items()]
    return page(
        "Findings",
        "What `kpi check` finds, by code. An error stops everything after it, a warning stops nothing, and what is "
        "waived is shown with who accepts it and until when. A code once given never means anything else.",
        table(("code", "holds when"), rows),
        *(
            f"## {name}\n\nIt holds when {rule}. As a user sees it when not:\n\n{code(_COUNT.sub('', first[name]))}"
            for name, rule in CODES.items()
            if name in first
        ),
    )


def _linked(name: str, shown: Mapping[str, str]) -> str:
    if name in LESSONS:
        return f"[{name}](../rules/README.md#{name.lower()})"
    return f"[{name}](#{name.lower()})" if name in shown else name
