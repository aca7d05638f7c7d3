"""The reference misses nothing: every key, word, code, command, table and column stands in it with its meaning."""

from __future__ import annotations

import json
import posixpath
import re
import typing
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal

import click
import pytest
import yaml
from click.testing import CliRunner
from jsonschema import Draft7Validator
from pydantic import BaseModel

from kpiledger import vocabulary
from kpiledger.cli import kpi
from kpiledger.compiling import compile_project
from kpiledger.errors import BrokenWorld
from kpiledger.loading import load_project
from kpiledger.loading.codes import CODES
from kpiledger.loading.events import read_tree
from kpiledger.loading.keys import options
from kpiledger.loading.shape import shaped
from kpiledger.quality.tables import FCT_CHECK_RESULT, FCT_RECONCILIATION, FCT_REGISTRATION_ISSUE
from kpiledger.reference.commands_page import commands_below
from kpiledger.reference.example import ROOT as EXAMPLE
from kpiledger.reference.example import as_json, examples
from kpiledger.reference.file_page import mappings_in
from kpiledger.reference.files import PAGES, reference_files, stale, write
from kpiledger.reference.kinds import FILE_KINDS, FileKind, kind_of, schema_line
from kpiledger.reference.meanings import meanings
from kpiledger.reference.schema import schema_of
from kpiledger.reference.tables_page import family_of
from kpiledger.reference.vocabulary_page import SHOWN
from kpiledger.rules.every_rule import check_project
from kpiledger.specs.calendar import Month

ROOT = Path(__file__).parents[2]
MADE = reference_files(ROOT, kpi)
SCHEMAS = {kind.name: schema_of(kind.model, examples()) for kind in FILE_KINDS}
BY_KIND = pytest.mark.parametrize("kind", FILE_KINDS, ids=[kind.name for kind in FILE_KINDS])


def models_below(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    """Every model that the annotations of a model lead to, itself first."""
    met: list[type[BaseModel]] = []
    waiting: list[Any] = [model]
    while waiting:
        for option in options(waiting.pop(0)):
            if isinstance(option, type) and not typing.get_origin(option) and issubclass(option, BaseModel):
                if option not in met:
                    met.append(option)
                    waiting += [field.annotation for field in option.model_fields.values()]
            elif typing.get_origin(option) is not Literal:
                waiting += typing.get_args(option)
    return iter(met)


def keys(kind: FileKind) -> Iterator[tuple[type[BaseModel], str, str]]:
    for model in models_below(kind.model):
        for name, field in model.model_fields.items():
            yield model, name, field.alias or name


def text(page: str) -> str:
    return MADE[f"{PAGES}/{page}"]


def spec_paths(root: Path) -> list[str]:
    found = [path.relative_to(root).as_posix() for path in sorted(root.glob("[kem]*/**/*.yml"))]
    return [path for path in ["kpiledger.yml", *found] if kind_of(path)]


def test_the_pages_and_schemas_are_those_that_the_code_makes() -> None:
    assert stale(ROOT, MADE) == [], "run `kpi reference`"


@BY_KIND
def test_every_key_of_a_file_stands_on_its_page_with_a_meaning_and_an_example(kind: FileKind) -> None:
    for model, name, key in keys(kind):
        meaning = meanings(model).get(name, "")
        assert meaning.endswith("."), f"{model.__name__}.{name} needs a sentence below it that says what it means"
        assert (model, key) in examples(), f"no file in {EXAMPLE} writes `{key}` of {model.__name__}"
        rows = [line for line in text(kind.page).splitlines() if line.startswith(f"| `{key}` |")]
        assert any(meaning.replace("|", "\\|") in row for row in rows), key


@BY_KIND
def test_every_mapping_has_a_section_and_every_key_is_refused_elsewhere(kind: FileKind) -> None:
    models = list(models_below(kind.model))
    assert len(mappings_in(SCHEMAS[kind.name])) == len(models) - 1
    definitions = [SCHEMAS[kind.name], *SCHEMAS[kind.name]["$defs"].values()]
    assert all(part["additionalProperties"] is False for part in definitions if "properties" in part)


@BY_KIND
def test_the_meaning_of_a_key_names_each_word_it_can_be(kind: FileKind) -> None:
    for model, name, _ in keys(kind):
        for option in options(model.model_fields[name].annotation):
            if typing.get_origin(option) is Literal:
                unnamed = [word for word in typing.get_args(option) if f"`{word}`" not in meanings(model)[name]]
                assert unnamed == [] or len(typing.get_args(option)) == 1, f"{model.__name__}.{name}: {unnamed}"


def test_every_word_of_a_closed_list_is_explained() -> None:
    shared = [words for words in vars(vocabulary).values() if isinstance(words, type) and issubclass(words, StrEnum)]
    annotations = [model.model_fields[name].annotation for kind in FILE_KINDS for model, name, _ in keys(kind)]
    for words in {*shared, *SHOWN, *closed_lists(annotations)} - {StrEnum, Month}:
        for word in words:
            meaning = meanings(words).get(word.name, "")
            assert meaning, f"{words.__name__}.{word.name} needs a sentence below it that says what it means"
            assert f"| `{word.value}` | {meaning} |" in text("vocabulary.md")
    assert "`january`, `february`" in text("vocabulary.md"), "the months mean themselves"


def closed_lists(annotations: list[Any]) -> Iterator[type[StrEnum]]:
    for annotation in annotations:
        for option in options(annotation):
            if isinstance(option, type) and not typing.get_origin(option) and issubclass(option, StrEnum):
                yield option
            elif typing.get_origin(option) is not Literal:
                yield from closed_lists(list(typing.get_args(option)))


def test_every_code_of_a_finding_is_listed_with_its_rule_and_most_are_shown() -> None:
    listed = text("findings.md").split("\n## ")[0].splitlines()
    for name, rule in CODES.items():
        assert any(name in line and f"| {rule} |" in line for line in listed), name
    assert text("findings.md").count("\n## KPI") / len(CODES) > 0.7


def test_every_command_and_option_is_listed_with_its_help() -> None:
    commands = list(commands_below(kpi, click.Context(kpi, info_name="kpi")))
    assert {"kpi check", "kpi compile", "kpi run"} <= {context.command_path for _, context in commands}
    for command, context in commands:
        section = text("commands.md").split(f"\n## {context.command_path}\n")[1].split("\n## ")[0]
        assert command.help, context.command_path
        for option in command.params:
            if isinstance(option, click.Option):
                assert option.help, f"{context.command_path} {option.name} has no help"
                assert " ".join(option.help.split()) in section
                assert all(word in section for word in option.opts)
            else:
                assert option.make_metavar(context) in section, f"{context.command_path} {option.name}"


def test_every_table_and_column_that_readers_query_is_described() -> None:
    facts = [path.stem for path in (ROOT / "metrics/facts").glob("*.yml")]
    written = [*(ROOT / "models/kpis").glob("*.yml"), *(ROOT / "models/scorecard").glob("*.yml")]
    models = [model for path in written for model in yaml.safe_load(path.read_text("utf-8")).get("models", ())]
    assert len(models) > 10
    for model in models:
        family = family_of(model["name"], facts)
        section = text("tables.md").split(f"\n## {family or model['name']}\n")[1].split("\n## ")[0]
        if family is None:
            for column in model.get("columns", ()):
                assert column["description"], f"{model['name']}.{column['name']} has no description"
                assert f"| `{column['name']}` | {column.get('data_type', 'as its measure')} |" in section
    for table in (FCT_CHECK_RESULT, FCT_REGISTRATION_ISSUE, FCT_RECONCILIATION):
        section = text("tables.md").split(f"\n## {table.name}\n")[1].split("\n## ")[0]
        assert all(f"| `{column.name}` |" in section for column in table.columns)


def test_the_example_project_has_no_findings_compiles_and_every_file_of_it_is_shown() -> None:
    project, findings = load_project(EXAMPLE)
    assert project is not None
    assert [*findings, *check_project(project)] == []
    assert "fct_kpi_value.sql" in compile_project(project)
    for path in spec_paths(EXAMPLE):
        kind = kind_of(path)
        assert kind is not None
        assert (EXAMPLE / path).read_text("utf-8").rstrip() in text(kind.page)


@pytest.mark.parametrize("path", spec_paths(ROOT))
def test_every_file_of_the_demo_names_its_schema_and_is_accepted_by_it(path: str) -> None:
    kind = kind_of(path)
    assert kind is not None
    content = (ROOT / path).read_text("utf-8")
    first = content.partition("\n")[0]
    assert first == schema_line(path, kind), "editors find the schema by this first line"
    assert (ROOT / path).parent.joinpath(first.partition("$schema=")[2]).resolve() == ROOT / kind.schema
    assert accepted(kind, content)


@pytest.mark.parametrize("path", spec_paths(EXAMPLE))
def test_every_example_is_accepted_by_its_schema(path: str) -> None:
    kind = kind_of(path)
    assert kind is not None
    assert accepted(kind, (EXAMPLE / path).read_text("utf-8"))


def accepted(kind: FileKind, content: str) -> bool:
    tree = read_tree("file.yml", content.encode())
    assert [error.message for error in Draft7Validator(SCHEMAS[kind.name]).iter_errors(as_json(tree.value))] == []
    return True


def test_the_line_that_names_a_schema_changes_nothing_that_is_read() -> None:
    path = "metrics/kpis/order/revenue.yml"
    kind = kind_of(path)
    assert kind is not None
    content = (EXAMPLE / path).read_text("utf-8")
    read = [
        shaped(read_tree(path, written.encode()), kind.model)[0]  # type: ignore[type-var]
        for written in (content, f"{schema_line(path, kind)}\n{content}")
    ]
    assert read[0] is not None
    assert read[1] is not None
    assert read[0].model_dump() == read[1].model_dump()


@BY_KIND
def test_a_schema_is_one_that_editors_can_read(kind: FileKind) -> None:
    schema = json.loads(MADE[kind.schema])
    Draft7Validator.check_schema(schema)
    assert schema["description"]
    assert '"x-' not in MADE[kind.schema]


def test_every_link_leads_to_a_page_and_heading_that_exist() -> None:
    pages = {name: content for name, content in MADE.items() if name.endswith(".md")}
    for name, content in pages.items():
        for address in re.findall(r"\]\(([^)]+)\)", re.sub(r"```.*?```|`[^`]*`", "", content, flags=re.DOTALL)):
            path, _, heading = address.partition("#")
            target = posixpath.normpath(f"{posixpath.dirname(name)}/{path}") if path else name
            assert target in MADE or (ROOT / target).is_file(), f"{name}: {address}"
            assert not heading or heading in anchors(pages[target]), f"{name}: {address}"


def anchors(content: str) -> list[str]:
    found = [line.lstrip("# ").lower().replace(" ", "-") for line in content.splitlines() if re.match("#{2,3} ", line)]
    assert len(found) == len(set(found)), "two headings of a page share an address"
    return found


def test_what_is_stale_is_named_and_what_others_wrote_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "kpiledger.yml").write_text("build: build\n")
    called = CliRunner().invoke(kpi, ["--project", str(tmp_path), "reference", "--check"])
    assert "stale  schemas/kpi.json" in called.output
    assert "run `kpi reference`" in str(called.exception)
    assert CliRunner().invoke(kpi, ["--project", str(tmp_path), "reference"]).exit_code == 0
    assert CliRunner().invoke(kpi, ["--project", str(tmp_path), "reference", "--check"]).exit_code == 0
    (tmp_path / "schemas/own.json").write_text("{}")
    (tmp_path / "schemas/kpi.json").write_text("{}")
    with pytest.raises(BrokenWorld, match=r"schemas/kpi\.json was not written by `kpi reference`"):
        write(tmp_path, reference_files(tmp_path, kpi))
    assert (tmp_path / "schemas/own.json").exists()
