"""Functions, casts and `case`: the parts of the grammar that begin with a word of their own."""

from __future__ import annotations

from collections.abc import Callable

from kpiledger.expressions.cursor import Cursor, made
from kpiledger.expressions.functions import FUNCTIONS, PARTS_OF_DATES, refused_function
from kpiledger.expressions.problem import NotAccepted
from kpiledger.expressions.terms import Op, Term

# Reads a whole expression within brackets; the grammar hands it in.
Condition = Callable[[Cursor], Term]


def called(cursor: Cursor, name: str, condition: Condition) -> Term:
    """The call of a function whose name was read."""
    if name == "extract":
        return _extract(cursor, condition)
    if name == "cast":
        return _cast(cursor, condition)
    if name not in FUNCTIONS:
        raise refused_function(name)
    op, least, most = FUNCTIONS[name]
    arguments = listed(cursor, condition)
    if not least <= len(arguments) <= most:
        wanted = str(least) if least == most else f"{least} to {most}"
        message = f"`{name}` has {len(arguments)} arguments, expected {wanted}"
        raise NotAccepted(message, "write its arguments in brackets, separated by commas")
    if op in (Op.ROUND, Op.SUBSTRING):
        _written_out(name, arguments[1:])
    return made(op, *arguments)


def listed(cursor: Cursor, condition: Condition) -> list[Term]:
    """Expressions in brackets, separated by commas."""
    cursor.need("(")
    with cursor.deeper():
        terms = [condition(cursor)]
        while cursor.took(","):
            terms.append(condition(cursor))
    cursor.need(")")
    return terms


def case(cursor: Cursor, condition: Condition) -> Term:
    """What follows the word `case`, up to its `end`."""
    has_subject = cursor.value != "when"
    parts = [condition(cursor)] if has_subject else []
    cursor.need("when")
    while True:
        parts.append(condition(cursor))
        cursor.need("then")
        parts.append(condition(cursor))
        if not cursor.took("when"):
            break
    if cursor.took("else"):
        parts.append(condition(cursor))
    cursor.need("end")
    return made(Op.SWITCH if has_subject else Op.CASE, *parts)


def _extract(cursor: Cursor, condition: Condition) -> Term:
    cursor.need("(")
    if cursor.value not in PARTS_OF_DATES:
        raise cursor.unexpected(", ".join(PARTS_OF_DATES))
    part = cursor.take().value
    cursor.need("from")
    term = made(Op.EXTRACT, condition(cursor), text=part)
    cursor.need(")")
    return term


def _cast(cursor: Cursor, condition: Condition) -> Term:
    cursor.need("(")
    term = condition(cursor)
    cursor.need("as")
    if cursor.took("date"):
        term = made(Op.TO_DATE, term)
    elif cursor.took("decimal") or cursor.took("numeric"):
        term = made(Op.TO_DECIMAL, term, text=_digits(cursor))
    else:
        raise cursor.unexpected("`date` or `decimal(12, 2)`")
    cursor.need(")")
    return term


def _digits(cursor: Cursor) -> str:
    cursor.need("(")
    digits = cursor.take().value
    cursor.need(",")
    decimals = cursor.take().value
    cursor.need(")")
    is_whole = all(text.isdigit() and len(text) <= 2 for text in (digits, decimals))
    if not is_whole or not (int(decimals) <= int(digits) <= 38 and int(decimals) <= 12 and int(digits) > 0):
        message = f"`decimal({digits[:12]}, {decimals[:12]})` is no kind of figure"
        raise NotAccepted(message, "write at most 38 digits, at most 12 of them decimals, as decimal(12, 2)")
    return f"{int(digits)}, {int(decimals)}"


def _written_out(name: str, arguments: list[Term]) -> None:
    """What says where to round or to cut stands in the text, and counts from 1 where it counts characters."""
    least, most = (0, 12) if name == "round" else (1, 9999)
    for argument in arguments:
        is_whole = argument.op is Op.NUMBER and argument.text.isdigit() and len(argument.text) <= 4
        if not is_whole or not least <= int(argument.text) <= most:
            example = "round(amount, 2)" if name == "round" else "substring(code, 1, 3)"
            raise NotAccepted(f"`{name}` wants whole figures from {least} to {most}", f"write them out, as {example}")
