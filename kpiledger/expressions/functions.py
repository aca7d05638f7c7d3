"""The functions an expression may call, and why others may not be called."""

from __future__ import annotations

import difflib

from kpiledger.expressions.problem import ANOTHER_ANSWER, NotAccepted
from kpiledger.expressions.terms import Op

# Name -> operation, least and most arguments. Only what gives the same answer in every warehouse stands here.
FUNCTIONS: dict[str, tuple[Op, int, int]] = {
    "abs": (Op.ABS, 1, 1),
    "ceil": (Op.CEIL, 1, 1),
    "ceiling": (Op.CEIL, 1, 1),
    "coalesce": (Op.COALESCE, 2, 20),
    "floor": (Op.FLOOR, 1, 1),
    "greatest": (Op.GREATEST, 2, 20),
    "least": (Op.LEAST, 2, 20),
    "length": (Op.LENGTH, 1, 1),
    "lower": (Op.LOWER, 1, 1),
    "nullif": (Op.NULLIF, 2, 2),
    "round": (Op.ROUND, 1, 2),
    "substring": (Op.SUBSTRING, 3, 3),
    "trim": (Op.TRIM, 1, 1),
    "upper": (Op.UPPER, 1, 1),
}
SPECIAL_FORMS = ("case", "cast", "date", "extract")
PARTS_OF_DATES = ("year", "quarter", "month", "week", "day")

_AGGREGATES = frozenset(
    "any_value arg_max arg_min array_agg avg average count first last list max mean median min mode percentile_cont"
    " percentile_disc product quantile quantile_cont stddev string_agg sum variance".split()
)
# Functions whose answer depends on the moment, on chance, on who asks or on what was asked before.
CHANGING = frozenset(
    "age clock_timestamp current_catalog current_database current_date current_role current_schema current_setting"
    " current_time current_timestamp current_user currval gen_random_uuid get_current_time get_current_timestamp"
    " getdate getenv getvariable lastval localtime localtimestamp monotonically_increasing_id newid nextval now rand"
    " randn random session_user setseed setval statement_timestamp sysdate system_user timeofday today"
    " transaction_timestamp txid_current unix_timestamp user uuid uuidv4 uuidv7 version".split()
)
# Those of them that need no brackets.
CHANGING_WORDS = frozenset(
    "current_catalog current_date current_role current_schema current_time current_timestamp current_user localtime"
    " localtimestamp session_user sysdate system_user user".split()
)
_WINDOWS = frozenset(
    "cume_dist dense_rank first_value lag last_value lead nth_value ntile percent_rank rank row_number".split()
)


def refused_function(name: str) -> NotAccepted:
    """Why a function is not among those an expression may call."""
    if name in CHANGING:
        return changing(f"{name}()")
    if name in _AGGREGATES:
        hint = "an expression reads one row; `agg:` of the measure says how rows become a number"
        return NotAccepted(f"`{name}()` is an aggregate", hint)
    if name in _WINDOWS:
        return NotAccepted(f"`{name}()` looks at other rows", "let the mart hold what depends on other rows")
    known = [*FUNCTIONS, *SPECIAL_FORMS]
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.75)
    hint = f"did you mean {near[0]}?" if near else f"the functions are {', '.join(sorted(known))}"
    return NotAccepted(f"there is no function `{name[:63]}` in expressions", hint)


def changing(name: str) -> NotAccepted:
    """The refusal of what gives another answer at another time."""
    message = f"`{name}` gives another answer each time, to each user or on each machine"
    hint = "a number must be the same when it is computed again: compare columns, or dates written out"
    return NotAccepted(message, hint, ANOTHER_ANSWER)
