"""Is a text accepted as an expression over some columns, and is it of the kind that its place wants?"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping

from kpiledger.expressions.inference import kind_in
from kpiledger.expressions.kinds import Kind, kind_of
from kpiledger.expressions.parsing import parse
from kpiledger.expressions.problem import CONDITION, NotAccepted, Problem


def check_expression(text: str, columns: Collection[str] | Mapping[str, str]) -> list[Problem]:
    """What is wrong with an expression over the declared columns; an empty list means it is accepted.

    `columns` may say the data type of each column; without, kinds are judged as far as the text shows them.
    """
    return checked_expression(text, columns)[1]


def check_condition(text: str, columns: Collection[str] | Mapping[str, str]) -> list[Problem]:
    """What is wrong with an expression that must be true or false."""
    kind, problems = checked_expression(text, columns)
    if not problems and kind not in (Kind.BOOLEAN, Kind.UNKNOWN):
        message = f"the condition is {kind}, expected true or false"
        return [Problem(message, "compare it with something, as status = 'open' or amount > 0", CONDITION)]
    return problems


def checked_expression(
    text: str, columns: Collection[str] | Mapping[str, str], owner: str = "model", noun: str = "column"
) -> tuple[Kind, list[Problem]]:
    """The kind of an expression, and what is wrong with it; owner and noun say what its names are."""
    try:
        term = parse(text)
    except NotAccepted as refusal:
        return Kind.UNKNOWN, [refusal.problem]
    unknown = [_unknown(name, columns, owner, noun) for name in term.columns if name not in columns]
    if unknown:
        return Kind.UNKNOWN, unknown
    types = columns if isinstance(columns, Mapping) else dict.fromkeys(columns, "")
    return kind_in(term, {name: kind_of(types[name]) for name in term.columns})


def _unknown(name: str, columns: Collection[str], owner: str, noun: str) -> Problem:
    near = difflib.get_close_matches(name.lower(), sorted(columns), n=1)
    hint = f"did you mean {near[0]}?" if near else f"its {noun}s are {', '.join(sorted(columns)[:20])}"
    return Problem(f"the {owner} has no {noun} {name[:63]}", hint)
