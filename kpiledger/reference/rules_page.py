"""The page of the rules of good KPI work: what each says, an example, why, what to do, and where its limits lie."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kpiledger.reference.markdown import page, table
from kpiledger.rules.governance.rule import Lesson

_SETTING = """## How they are set
They hold for everything that is written. A project that had KPIs before says from when, in metrics/organisation.yml:

```yaml
governance: {from: 2018-01-01, reason: What was there before is judged when it changes}
```

Looked at are the agreements in force on the day that the project is as of, and those that begin or change later;
without `as_of` in the calendar the latest of each holder. Years that are over are as they were.

A limit lies where experience puts it, unless the project says why it lies elsewhere:

```yaml
thresholds:
  most_kpis: {value: 6, reason: Regions are led without heads of their own until the summer}
```

What is accepted for a while stands in metrics/waivers.yml. `kpi check` goes on showing it, as waived, and counts it
again when the waiver is over:

```yaml
waivers:
  - rule: KPI204
    of: sales_west
    reason: The team carries the KPIs of the South until its head is hired
    requested_by: head_of_sales
    approved_by: cfo
    valid_from: 2017-10-01
    expires_on: 2018-03-31
```"""


def rules_page(lessons: Mapping[str, Lesson], from_lines: Mapping[str, tuple[str, ...]]) -> str:
    """The page, from what each rule teaches and the lines that ask for it."""
    rows = [(f"[{code}](#{code.lower()})", lesson.rule, _limits(lesson)) for code, lesson in lessons.items()]
    return page(
        "Rules of good KPI work",
        "What people who worked with KPIs for long would say of a KPI or an agreement before it is merged. `kpi check` "
        "says it; `kpi check --explain KPI204` shows one rule. They are warnings and stop nothing. Where they come "
        "from is told line by line in [Seeds](../guide/seeds.md).",
        table(("code", "rule", "limits"), rows),
        _SETTING,
        *("\n\n".join(_section(code, lesson, from_lines[code])) for code, lesson in lessons.items()),
    )


def _section(code: str, lesson: Lesson, lines: tuple[str, ...]) -> Iterator[str]:
    yield f"## {code}"
    yield f"**{lesson.rule}** (asked for by {', '.join(lines)})"
    yield f"For example: {lesson.example}"
    yield f"Why: {lesson.why}"
    yield f"Remedy: {lesson.remedy}"
    if lesson.limits:
        yield f"Limits: {_limits(lesson)}."


def _limits(lesson: Lesson) -> str:
    return ", ".join(f"`{name}` {value:f}" for name, value in lesson.limits)
