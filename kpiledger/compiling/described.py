"""How the dbt YAML of a compiled model is put together: its columns, contract and tests, and texts that are safe."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from kpiledger.compiling.dialects import Dialect, type_name
from kpiledger.compiling.text import MARK

# By column: its type, none where no contract holds it, and what it says.
Columns = dict[str, tuple[str, str]]
_TEMPLATING = re.compile(r"(?<=\{)(?=[{%#])|(?<=[%#}])(?=\})")


class _Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]
    """The C writer, which gives the same text five times as fast, without looking for what could be written once.

    Of ten thousand KPIs it gets a few hundred thousand values, nearly all of them texts, lists and maps.
    """

    def ignore_aliases(self, data: Any) -> bool:
        """Nothing is written once and meant twice."""
        return True

    def represent_data(self, data: Any) -> yaml.Node:
        """The node of a value; the plain kinds without the search for who represents them."""
        kind = type(data)
        if kind is str:
            return yaml.ScalarNode("tag:yaml.org,2002:str", data)
        if kind is dict:
            pairs = [(self.represent_data(key), self.represent_data(value)) for key, value in data.items()]
            return yaml.MappingNode("tag:yaml.org,2002:map", pairs, flow_style=False)
        if kind is list:
            items = [self.represent_data(item) for item in data]
            return yaml.SequenceNode("tag:yaml.org,2002:seq", items, flow_style=False)
        node: yaml.Node = super().represent_data(data)
        return node


def described(
    name: str,
    description: str,
    columns: Columns,
    key: Sequence[str] = (),
    contract: bool = True,
    config: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """A model as dbt's YAML has it; `key` is tested to be unique."""
    model: dict[str, Any] = {"name": name, "access": "public", "description": plain(description)}
    settings = {**({"contract": {"enforced": True}} if contract else {}), **(config or {})}
    if settings:
        model["config"] = settings
    if key:
        model["data_tests"] = [{"unique_together": {"arguments": {"columns": list(key)}}}]
    model["columns"] = [
        {"name": column, **({"data_type": kind} if kind else {}), "description": plain(text)}
        for column, (kind, text) in columns.items()
    ]
    return model


def yaml_file(content: Mapping[str, Any], dialect: Dialect) -> str:
    """The text of a YAML file with our mark above it: keys in the order given, types as the warehouse calls them."""
    for column in (column for model in content["models"] for column in model.get("columns", ())):
        if "data_type" in column:
            column["data_type"] = type_name(column["data_type"], dialect)
    body = yaml.dump({"version": 2, **content}, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)
    return f"{MARK.replace('--', '#')} from metrics/. Do not edit: change the YAML there.\n{body}"


def plain(text: str) -> str:
    """A user's sentence on one line and without template marks: dbt renders what its YAML says as Jinja."""
    return _TEMPLATING.sub(" ", " ".join(text.split()))
