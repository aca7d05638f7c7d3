"""How are durations, shares and dbt models written in an expectations file?"""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from kpiledger.specs.base import written

_DURATION = re.compile(r"([0-9]+) (second|minute|hour|day)s?\Z")
Share = Annotated[Decimal, Field(ge=0, le=1)]
# A dbt model, as stg_erp__order: two underscores part the source from the entity.
_MODEL_NAME = r"^[a-z](?:_{0,2}[a-z0-9])*$"
ModelName = Annotated[
    str,
    Field(pattern=_MODEL_NAME, max_length=63),
    written(
        "model name",
        "The name of a dbt model; two underscores part the source from the entity.",
        _MODEL_NAME,
        ("stg_erp__order",),
        maxLength=63,
    ),
]


def _duration(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    found = _DURATION.match(value)
    if not found:
        raise ValueError(f"{value!r} is no duration; write 2 days, 1 hour, 30 minutes or 1 second")
    return timedelta(**{f"{found.group(2)}s": int(found.group(1))})


Duration = Annotated[
    timedelta,
    BeforeValidator(_duration),
    written(
        "duration",
        "A time that a clock measures: seconds, minutes, hours, or days of 24 hours.",
        "^[0-9]+ (second|minute|hour|day)s?$",
        ("2 days", "1 hour", "30 minutes", "1 second"),
    ),
]
