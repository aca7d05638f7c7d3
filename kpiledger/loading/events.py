"""YAML text to a `Tree`, read event by event.

Nothing is resolved that could be read in two ways: anchors, aliases, merge keys, tags, duplicate keys and
ambiguous scalars are findings. Reading events needs no recursion, so depth cannot exhaust the stack.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import yaml

from kpiledger.loading.scalars import Refused, plain_scalar
from kpiledger.loading.syntax import refuse_syntax
from kpiledger.loading.text import INVISIBLE, read_source
from kpiledger.loading.tree import Places, Tree
from kpiledger.specs.base import Path

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the C parser is eight times as fast
_DEPTH_MAX = 20  # our deepest spec has 8
_TEMPLATING = re.compile(r"\{\{|\{%|\{#")  # dbt would run it where the text reaches its YAML


@dataclass(slots=True)
class _Open:
    """A mapping or list that is being read; `key` is the key whose value comes next."""

    path: Path
    value: Any
    key: Any = None
    key_mark: Any = None
    seen: dict[str, int] = field(default_factory=dict)  # key -> line
    is_repeat: bool = False


def read_tree(path: str, content: bytes, *, judge_scalars: bool = True) -> Tree:
    """The values of a file's bytes, their places, and everything wrong with the YAML.

    `judge_scalars` off is for dbt's files: their structure must be sound, their words are dbt's.
    """
    source, findings = read_source(path, content)
    tree = Tree(source, Places(source), findings=findings, is_whole=not findings)
    if findings:
        return tree
    try:
        _Reading(tree, judge_scalars).run()
    except yaml.MarkedYAMLError as problem:
        refuse_syntax(tree, problem)
    if tree.is_whole and not isinstance(tree.value, dict):
        found = "nothing" if tree.value is None else "a list" if isinstance(tree.value, list) else "a text"
        tree.findings.append(
            source.error(
                "KPI007",
                1,
                1,
                f"the file holds {found}, expected `key: value` lines",
                "begin with `key: value`",
            )
        )
        tree.is_whole = False
    return tree


class _Reading:
    """The state between two events: the collections that are open, and what to do with each event."""

    def __init__(self, tree: Tree, judge_scalars: bool) -> None:
        self.tree = tree
        self.judge_scalars = judge_scalars
        # Only an escape can bring what does not stand in the text itself.
        self.has_templating = _TEMPLATING.search(tree.source.text) is not None
        self.open: list[_Open] = []
        self.documents = 0

    def run(self) -> None:
        """Read until the end of the file, or until a second document or too deep a nesting."""
        loader = _LOADER(self.tree.source.text)
        while not isinstance(event := loader.get_event(), yaml.StreamEndEvent):
            if isinstance(event, yaml.NodeEvent):
                if len(self.open) >= _DEPTH_MAX:
                    message = f"this is nested more than {_DEPTH_MAX} deep"
                    self.tree.refuse(
                        "KPI008", event.start_mark, message, "no spec is that deep; look at the indentation"
                    )
                    return
                self._node(event)
            elif isinstance(event, yaml.CollectionEndEvent):
                self.open.pop()
            elif isinstance(event, yaml.DocumentStartEvent):
                self.documents += 1
                if self.documents > 1:
                    self.tree.refuse(
                        "KPI007",
                        event.start_mark,
                        "a second document begins here",
                        "make it a file of its own",
                    )
                    return

    def _node(self, event: Any) -> None:
        if event.anchor is not None or event.tag is not None:  # an alias has an anchor
            self._refuse_sharing(event)
        top = self.open[-1] if self.open else None
        if top is not None and isinstance(top.value, dict) and top.key is None:
            self._key(top, event)
        else:
            self._value(top, event)

    def _refuse_sharing(self, event: Any) -> None:
        mark, anchor = event.start_mark, event.anchor
        if isinstance(event, yaml.AliasEvent):
            self.tree.refuse("KPI004", mark, f"`*{anchor}` repeats an anchor", "write the value out where it is meant")
        elif anchor is not None:
            self.tree.refuse("KPI004", mark, f"`&{anchor}` is an anchor", f"delete `&{anchor}` and write values out")
        if getattr(event, "tag", None) is not None:
            tag = event.tag.replace("tag:yaml.org,2002:", "!!")
            self.tree.refuse("KPI005", mark, f"the tag `{tag}` stands here", "delete it; put a text in quotes")

    def _key(self, top: _Open, event: Any) -> None:
        mark = event.start_mark
        if not isinstance(event, yaml.ScalarEvent):
            if not isinstance(event, yaml.AliasEvent):
                self.tree.refuse("KPI007", mark, "a key is a list or a mapping", "write a word as the key")
            top.key, top.is_repeat = "", True
            if isinstance(event, yaml.CollectionStartEvent):
                self.open.append(_Open((*top.path, ""), {} if isinstance(event, yaml.MappingStartEvent) else []))
            return
        key = event.value
        if key == "<<" and not event.style:
            self.tree.refuse("KPI004", mark, "`<<` merges another mapping", "write its keys out")
        top.key, top.key_mark, top.is_repeat = key, mark, key in top.seen
        if top.is_repeat:
            message = f"the key `{key}` stands twice, first in line {top.seen[key]}"
            self.tree.refuse("KPI006", mark, message, "keep one of them", is_whole=True)
        top.seen.setdefault(key, mark.line + 1)

    def _value(self, top: _Open | None, event: Any) -> None:
        path: Path = () if top is None else (*top.path, top.key if isinstance(top.value, dict) else len(top.value))
        if top is not None and top.is_repeat:
            path = (*path, "")  # what stands under a repeated key has no place of its own
        value = self._built(event, path)
        self._store(top, path, value, event)
        if isinstance(event, yaml.CollectionStartEvent):
            self.open.append(_Open(path, value))

    def _built(self, event: Any, path: Path) -> Any:
        if isinstance(event, yaml.MappingStartEvent):
            return {}
        if isinstance(event, yaml.SequenceStartEvent):
            return []
        if isinstance(event, yaml.AliasEvent):
            return None
        if not self.judge_scalars:
            return event.value
        if event.style == '"' and INVISIBLE.search(event.value):
            message, hint = "an invisible character is escaped in this text", "leave it out"
            self.tree.refuse("KPI002", event.start_mark, message, hint, is_whole=True)
            self.tree.refused.add(path)
        if (self.has_templating or event.style == '"') and _TEMPLATING.search(event.value):
            message = "templating stands in this text"
            self.tree.refuse(
                "KPI005",
                event.start_mark,
                message,
                "write plain text; specs are read as they stand",
                is_whole=True,
            )
            self.tree.refused.add(path)
        if event.style:
            return event.value
        try:
            return plain_scalar(event.value)
        except Refused as refusal:
            self.tree.refuse("KPI009", event.start_mark, str(refusal), refusal.hint, is_whole=True)
            self.tree.refused.add(path)
            return event.value

    def _store(self, top: _Open | None, path: Path, value: Any, event: Any) -> None:
        places, mark = self.tree.places, event.start_mark
        if top is None:
            self.tree.value = value
            places.note(path, mark)
        elif isinstance(top.value, list):
            top.value.append(value)
            places.note(path, mark)
        else:
            if not top.is_repeat:
                top.value[top.key] = value
                is_block = isinstance(event, yaml.CollectionStartEvent) and not event.flow_style
                is_empty = isinstance(event, yaml.ScalarEvent) and not event.value and not event.style
                places.note(path, top.key_mark if is_block or is_empty else mark, top.key_mark)
            top.key = None
