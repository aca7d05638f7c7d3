"""What all compiled files of a project may hold at most, and what of the author's they must hold."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

import sqlglot
import yaml
from intended_trees import Shape, intended, shape
from sql_bounds import model_problem, without_templating

from kpiledger.project import Project

_FILE = re.compile(r"[a-z][a-z0-9_]*\.sql|_(kpis|exposed)\.yml")
_JINJA = re.compile(r"\{[{%#]|[%#}]\}")
_REF = re.compile(r"ref\('[a-z][a-z0-9_]*'\)")
RECORDED = {"run_context"}  # of what each run lays beside, all that compiled models read
_ENDING = ("Cc", "Cs", "Zl", "Zp")
# All that dbt is told; no hook, no query and no function is among it.
KEYS = {
    "version", "groups", "models", "exposures", "name", "owner", "email", "label", "type", "maturity", "url",
    "depends_on", "access", "description", "config", "contract", "enforced", "group", "meta", "kpiledger", "kpis",
    "kpi", "department", "unit", "versions", "valid_from", "valid_to", "definition", "data_tests", "unique_together",
    "arguments", "columns", "data_type", "granularity", "time_spine", "standard_granularity_column", "latest_version",
    "v", "deprecation_date", "alias", "materialized",
}  # fmt: skip


class CompiledBounds:
    """Judges compiled files; what was judged before is not judged again, for it depends on the text alone."""

    def __init__(self) -> None:
        self._shapes: dict[str, frozenset[Shape]] = {}  # of each SQL text, those of its parts
        self._meanings: dict[str, str] = {}  # of each SQL text, the text without its comments
        self._properties: dict[str, Any] = {}

    def problem(self, project: Project, files: Mapping[str, str]) -> str | None:
        """What stands in the files that may not, or is missing; None where nothing is wrong."""
        relations = {*_named(project), *(name.removesuffix(".sql") for name in files), *RECORDED}
        for name, text in files.items():
            problem = self._sql(text, relations) if name.endswith(".sql") else self._yaml(text)
            if problem or not _FILE.fullmatch(name):
                return f"{name!r} holds {problem}"
        models = {name: text for name, text in files.items() if name.endswith(".sql")}
        told = [model for text in files.values() for model in self._properties.get(text, {}).get("models", ())]
        if sorted(_files(told)) != sorted(models):
            return "dbt is told of other models"
        parts = frozenset[Shape]().union(*(self._shapes[text] for text in models.values()))
        lost = [text for text in expressions(project) if intended(text) not in parts]
        return f"no SQL means {lost}" if lost else None

    def meanings(self, files: Mapping[str, str]) -> dict[str, str]:
        """The SQL of files that were judged, without what people are told in it."""
        return {name: self._meanings[text] for name, text in files.items() if name.endswith(".sql")}

    def _sql(self, text: str, relations: set[str]) -> str | None:
        if text in self._shapes:
            return None
        problem = _unseen(text) or model_problem(text, relations)
        if problem is None:
            tree = sqlglot.parse_one(without_templating(text), read="duckdb")
            self._shapes[text] = frozenset(shape(node) for node in tree.find_all(sqlglot.exp.Condition))
            self._meanings[text] = tree.sql("duckdb", comments=False)
        return problem

    def _yaml(self, text: str) -> str | None:
        if _unseen(text) or _JINJA.search(text):
            return _unseen(text) or "templating"
        if text not in self._properties:
            self._properties[text] = yaml.load(text, yaml.CSafeLoader)
        told = self._properties[text]
        if keys := {key for key, _ in _pairs(told)} - KEYS:
            return f"the keys {sorted(map(str, keys))}"
        if hidden := [value for _, value in _pairs(told) if isinstance(value, str) and _JINJA.search(value)]:
            return f"templating: {hidden}"
        if {value for key, value in _pairs(told) if key == "materialized"} - {"view", "table"}:
            return "another materialization"
        refs = [ref for exposure in told.get("exposures", ()) for ref in exposure["depends_on"]]
        return None if all(map(_REF.fullmatch, refs)) else f"the references {refs}"


def expressions(project: Project) -> set[str]:
    """What authors wrote as SQL behind the KPIs of a project."""
    versions = [version for kpi in project.kpis.values() for version in kpi.versions]
    inputs = [given for version in versions for given in version.formula.inputs.values()]
    measures = [found[1] for given in inputs if (found := project.measure(given.measure))]
    parts: tuple[object, ...] = (*inputs, *measures)
    return {text for part in parts for key in ("where", "expr") if (text := getattr(part, key, None))}


def _named(project: Project) -> Iterator[str]:
    """The models that the facts of a project name."""
    for fact in project.facts.values():
        yield fact.model
        for dimension in fact.dimensions.values():
            yield from filter(None, [getattr(dimension, "through", None)])


def _files(models: list[dict[str, Any]]) -> Iterator[str]:
    """The files that dbt looks for, by the models that the YAML tells of."""
    for model in models:
        for version in model.get("versions", ()):
            yield f"{model['name']}_v{version['v']}.sql"
        if "versions" not in model:
            yield f"{model['name']}.sql"


def _unseen(text: str) -> str | None:
    """A character that ends a line where a reader sees none, or turns what is read; only the end of a line is one."""
    found = [one for one in text if one != "\n" and (unicodedata.category(one) in _ENDING or _turns(one))]
    return f"the characters {found}" if found else None


def _turns(character: str) -> bool:
    return unicodedata.bidirectional(character) in ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")


def _pairs(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every key and value of mappings in mappings and lists."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key, inner
            yield from _pairs(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _pairs(inner)
