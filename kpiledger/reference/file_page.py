"""The page of a kind of file: each of its keys, and complete examples."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kpiledger.reference.kinds import FileKind, schema_line
from kpiledger.reference.markdown import anchor, code, heading, in_line, page, table

_LONGEST = 70  # characters of an example in a table
_BOUNDS = {
    "minimum": "at least {}",
    "exclusiveMinimum": "more than {}",
    "maximum": "at most {}",
    "exclusiveMaximum": "less than {}",
}
_KINDS = {"string": "text", "integer": "whole figure", "number": "figure", "boolean": "true or false"}
_EXAMPLES = "Complete examples"


def file_page(kind: FileKind, schema: Mapping[str, Any], files: Mapping[str, str]) -> str:
    """The page of a kind, from its schema and the files of the example project."""
    path = next(iter(files), kind.written)
    definitions = schema["$defs"]
    return page(
        kind.title,
        f"`{kind.written}`: {schema['description']}",
        f"Editors check and complete it with `{kind.schema}`, which its first line names:",
        code(schema_line(path, kind), "yaml"),
        "## Keys",
        _keys(schema, definitions),
        *(
            f"### {heading(name)}\n\n{definitions[name]['description']}\n\n{_keys(definitions[name], definitions)}"
            for name in mappings_in(schema)
        ),
        f"## {_EXAMPLES}",
        "They belong to one small project; `kpi check` finds nothing in it.",
        *(f"`{path}`\n\n{code(text, 'yaml')}" for path, text in files.items()),
    )


def mappings_in(schema: Mapping[str, Any]) -> list[str]:
    """The mappings with keys of ours that a schema leads to, in the order that a reader meets them."""
    definitions = schema["$defs"]
    met: dict[str, None] = {}
    waiting = [schema.get("properties", {})]
    while waiting:
        for name in _references(waiting.pop(0)):
            if "properties" in definitions[name] and name not in met:
                met[name] = None
                waiting.append(definitions[name]["properties"])
    return list(met)


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if "$ref" in node:
            yield node["$ref"].rpartition("/")[2]
        for key, part in node.items():
            if key not in ("examples", "discriminator"):
                yield from _references(part)
    elif isinstance(node, list):
        for part in node:
            yield from _references(part)


def _keys(schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> str:
    required = schema.get("required", ())
    rows = [
        (
            f"`{key}`",
            kind_text(found, definitions),
            "required" if key in required else _default(found),
            found.get("description", ""),
            _example(found),
        )
        for key, found in schema["properties"].items()
    ]
    return table(("key", "type", "default", "means", "example"), rows)


def kind_text(schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> str:
    """What kind of value is written, with links to where it is explained."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        place = "" if "properties" in definitions[name] else "vocabulary.md"
        return f"[{heading(name)}]({place}#{anchor(heading(name))})"
    for choice in ("anyOf", "oneOf"):
        if choice in schema:
            return " or ".join(kind_text(part, definitions) for part in schema[choice])
    if "const" in schema or "enum" in schema:
        return " or ".join(f"`{word}`" for word in schema.get("enum", [schema.get("const")]))
    if schema.get("type") == "array":
        return f"list of {kind_text(schema['items'], definitions)}"
    if schema.get("type") == "object":
        keys = kind_text(schema.get("propertyNames", {"type": "string"}), definitions)
        return f"mapping of {keys} to {kind_text(schema['additionalProperties'], definitions)}"
    bounds = [words.format(f"{schema[bound]:g}") for bound, words in _BOUNDS.items() if bound in schema]
    kind = schema["type"]
    return " ".join([_KINDS[kind if isinstance(kind, str) else kind[0]], " and ".join(bounds)]).strip()


def _default(schema: Mapping[str, Any]) -> str:
    value = schema.get("default")
    return f"`{in_line(value)}`" if value not in (None, "", [], {}) else "none"


def _example(schema: Mapping[str, Any]) -> str:
    shown = [in_line(value) for value in schema.get("examples", ())]
    short = next((text for text in shown if len(text) <= _LONGEST), None)
    return f"`{short}`" if short else f"[below](#{anchor(_EXAMPLES)})"
