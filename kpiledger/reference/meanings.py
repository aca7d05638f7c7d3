"""What a key or a word means: the text that stands below it in the code of its class."""

from __future__ import annotations

import ast
import inspect
import sys
from functools import cache


def meanings(owner: type) -> dict[str, str]:
    """The meaning of each field of a model, or member of an enum, by its name in Python."""
    found: dict[str, str] = {}
    for ancestor in reversed(owner.__mro__):
        found |= _classes(ancestor.__module__).get(ancestor.__qualname__, {})
    return found


@cache
def _classes(module: str) -> dict[str, dict[str, str]]:
    if not module.startswith("kpiledger."):
        return {}
    tree = ast.parse(inspect.getsource(sys.modules[module]))
    return {node.name: dict(_told(node)) for node in tree.body if isinstance(node, ast.ClassDef)}


def _told(owner: ast.ClassDef) -> list[tuple[str, str]]:
    """The names that a class gives a value or a type, each with the text that follows it."""
    told = []
    for node, following in zip(owner.body, owner.body[1:], strict=False):
        name, text = _named(node), _text(following)
        if name and text:
            told.append((name, " ".join(text.split())))
    return told


def _named(node: ast.stmt) -> str | None:
    targets = [node.target] if isinstance(node, ast.AnnAssign) else node.targets if isinstance(node, ast.Assign) else []
    return next((target.id for target in targets if isinstance(target, ast.Name)), None)


def _text(node: ast.stmt) -> str | None:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return str(node.value.value)
    return None
