"""Templating in every text of a spec: dbt would run it where the text reaches its YAML."""

from __future__ import annotations

from hostile_case import LINES, REVENUE, SHIPMENT, Hostile, Swap, hostile, quoted

from tests.findings.finding_case import CHAIN, CRM, ORGANISATION, WEST

# Name of the place, its file, what stands there, and how it is written with a text in it.
PLACES: tuple[tuple[str, str, str, str], ...] = (
    ("description of a KPI", REVENUE, "description: What customers pay, by order date.", "description: {}"),
    ("label of a KPI", REVENUE, "en: Revenue,", "en: {},"),
    ("label in another language", REVENUE, "da: Omsætning,", "da: {},"),
    ("reason of a version", REVENUE, "reason: first definition,", "reason: {},"),
    ("description of a fact", LINES, "description: The lines of orders. One row per order line.", "description: {}"),
    ("description of a measure", SHIPMENT, "    time: ordered_on\n", "    time: ordered_on\n    description: {}\n"),
    ("question of a stage", CHAIN, "question: Is it here when you said it would be?", "question: {}"),
    ("label of a role", ORGANISATION, "en: Chief financial officer", "en: {}"),
    ("reason of an agreement", WEST, "text: Budget 2017 as discussed on 12 December", "text: {}"),
    ("what a rule says", CRM, "says: Every meeting is registered within 2 days", "says: {}"),
)  # fmt: skip
_TEMPLATES = (
    "{{ env_var('SECRET') }}",
    "{% set x = run_query('drop table x') %}",
    "{# a comment",
    "a {{'{{'}} b",
)


def _case(template: str, place: tuple[str, str, str, str]) -> Hostile:
    name, path, old, new = place
    return hostile(f"{name}: {template}", Swap(path, old, new.format(quoted(template))))


GROUPS: dict[str, tuple[Hostile, ...]] = {
    "templating": tuple(_case(template, place) for place in PLACES for template in _TEMPLATES)
}
