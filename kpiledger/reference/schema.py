"""A model of a file as JSON Schema: what is written in the file, with meanings and examples for editors.

pydantic gives the frame. Changed here is what differs between reading and writing: an empty key says nothing, so
null is not offered; figures may be texts; and each written form (name, period, duration) stands once.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any, cast

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from kpiledger.reference.kinds import MARK
from kpiledger.reference.markdown import heading
from kpiledger.reference.meanings import meanings

# The draft that the editors' YAML extensions know best.
DRAFT = "http://json-schema.org/draft-07/schema#"
Examples = Mapping[tuple[type[BaseModel], str], list[Any]]

_DAY = {
    "title": "date",
    "description": "A day, without quotes.",
    "type": "string",
    "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$",
    "examples": ["2017-01-31"],
}
# A figure may stand in quotes, so that its decimals are kept as they are written.
_FIGURE: JsonSchemaValue = {"type": ["number", "string"], "pattern": r"^-?[0-9]{1,28}(\.[0-9]{1,10})?$"}
_BOUNDS = {"ge": "minimum", "gt": "exclusiveMinimum", "le": "maximum", "lt": "exclusiveMaximum"}
# A share that is written as a text: bounds are for numbers only.
_SHARE_PATTERN = r"^(0(\.[0-9]{1,10})?|1(\.0{1,10})?)$"
# Set aside while pydantic works: in a written form they would be taken for the form's own.
_MEANING, _SHOWN = "x-meaning", "x-examples"


def schema_of(model: type[BaseModel], examples: Examples) -> JsonSchemaValue:
    """The JSON Schema of a file; `examples` are values of keys, by model and key."""

    class Written(_Written):
        shown = examples

    raw = model.model_json_schema(schema_generator=Written)
    forms: dict[str, Any] = {}
    finished = cast(dict[str, Any], _finished(raw, forms))
    definitions = {**forms, **finished.pop("$defs", {})}
    return {"$schema": DRAFT, "$comment": MARK, **finished, "$defs": dict(sorted(definitions.items()))}


class _Written(GenerateJsonSchema):
    """The schema of what is written."""

    shown: Examples = {}

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        """A mapping whose keys carry their meaning and examples."""
        found = super().model_schema(schema)
        model = schema["cls"]
        found["title"] = heading(model.__name__)
        told = meanings(model)
        for name, field in model.model_fields.items():
            key = field.alias or name
            written = found["properties"][key]
            written[_MEANING] = told.get(name, "")
            if shown := self.shown.get((model, key)):
                written[_SHOWN] = shown
        return found

    def enum_schema(self, schema: core_schema.EnumSchema) -> JsonSchemaValue:
        """A closed list of words, each with its meaning."""
        found = super().enum_schema(schema)
        found["title"] = heading(schema["cls"].__name__)
        told = meanings(schema["cls"])
        if told:
            members = cast(list[Enum], schema["members"])
            found["markdownEnumDescriptions"] = [told.get(member.name, "") for member in members]
        return found

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        """What is written when the key is: a key without a value says nothing."""
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        """A default, but not that of a key which is left out."""
        found = super().default_schema(schema)
        if found.get("default", "") is None:
            del found["default"]
        return found

    def date_schema(self, schema: core_schema.DateSchema) -> JsonSchemaValue:
        """A day in full."""
        return dict(_DAY)

    def decimal_schema(self, schema: core_schema.DecimalSchema) -> JsonSchemaValue:
        """A figure, with or without quotes."""
        bounds = {_BOUNDS[key]: float(bound) for key, bound in schema.items() if key in _BOUNDS}  # type: ignore[arg-type]
        is_share = bounds == {"minimum": 0.0, "maximum": 1.0}
        return {**_FIGURE, **bounds, **({"pattern": _SHARE_PATTERN} if is_share else {})}

    def float_schema(self, schema: core_schema.FloatSchema) -> JsonSchemaValue:
        """A figure, with or without quotes."""
        return self.decimal_schema(cast(core_schema.DecimalSchema, schema))

    def dict_schema(self, schema: core_schema.DictSchema) -> JsonSchemaValue:
        """A mapping with keys of the user's own, each of which must be of the form asked for."""
        keys = self.generate_inner(schema["keys_schema"])
        found: JsonSchemaValue = {
            "type": "object",
            "additionalProperties": self.generate_inner(schema["values_schema"]),
        }
        if keys != {"type": "string"}:
            found["propertyNames"] = keys
        if "min_length" in schema:
            found["minProperties"] = schema["min_length"]
        return found

    def sort(self, value: JsonSchemaValue, parent_key: str | None = None) -> JsonSchemaValue:
        """Keys stay as they are written in the code, and so do those of examples."""
        return value

    def field_title_should_be_set(self, schema: Any) -> bool:
        """Titles are kept for written forms."""
        return False


def _finished(node: Any, forms: dict[str, Any]) -> Any:
    """A schema in which each written form is a reference, and each key has its own meaning and examples."""
    if isinstance(node, list):
        return [_finished(part, forms) for part in node]
    if not isinstance(node, dict):
        return node
    found = {key: _finished(part, forms) for key, part in node.items() if key not in (_MEANING, _SHOWN)}
    if isinstance(title := found.get("title"), str) and "pattern" in found:
        beside = {"default": found.pop("default")} if "default" in found else {}
        name = title.replace(" ", "_")
        told = f"this is no {title}: write it as {', '.join(found['examples'])}"
        forms[name] = {**found, "patternErrorMessage": told}
        found = {"$ref": f"#/$defs/{name}", **beside}
    if meaning := node.get(_MEANING):
        found["description"] = meaning
        # An editor shows the branch that a value is of: there, too, the key's meaning is what a reader wants.
        found |= {"anyOf": [{**part, "description": meaning} for part in found["anyOf"]]} if "anyOf" in found else {}
    if isinstance(said := found.get("description"), str) and "`" in said:
        found["markdownDescription"] = said  # editors show marks of a plain description as they are
    if _SHOWN in node:
        found["examples"] = node[_SHOWN]
    return found
