"""How do policy, keys and people of approvals read as contents of entries, and back?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from kpiledger.approvals.judging import Asked
from kpiledger.approvals.standing import Holding, Key, Right, Standing
from kpiledger.ledger.canonical import instant, instant_text
from kpiledger.specs.signing import fingerprint

Committed = Callable[[str], Mapping[str, str]]


def person_of(value: Any) -> str:
    """A recorded person as approvals compare people: the commitment, or the text where it is none."""
    if isinstance(value, str):  # by far most often
        return value
    return str(value["commitment"]) if isinstance(value, Mapping) else str(value)


def authority_content(standing: Standing, committed: Committed) -> dict[str, Any]:
    """The content of `authority.recorded`, in one order; `committed` gives what stands for a person's id."""
    if standing.required_from is None:
        raise ValueError("a project without an authority file has no policy to record")
    rights = sorted(standing.rights, key=lambda right: (right.role, sorted(right.units), right.valid_from or date.min))
    held = sorted(standing.holdings, key=lambda one: (one.role, one.valid_from or date.min, one.person))
    return {
        "required_from": standing.required_from.isoformat(),
        "authorities": [
            {"role": right.role, "units": sorted(right.units), **_days(right.valid_from, right.valid_to)}
            for right in rights
        ],
        "holders": [
            {"role": one.role, "person": dict(committed(one.person)), **_days(one.valid_from, one.valid_to)}
            for one in held
        ],
        "role_units": dict(sorted(standing.role_units.items())),
        **_close_signatures(standing),
    }


def _close_signatures(standing: Standing) -> dict[str, Any]:
    if standing.closes_from is None:
        return {}
    said = {"valid_from": standing.closes_from.isoformat(), "units": sorted(standing.close_units)}
    return {"close_signatures": said}


def recorded_standing(content: Mapping[str, Any]) -> Standing:
    """The standing that an `authority.recorded` holds; people are commitments."""
    closes = content.get("close_signatures")
    return Standing(
        required_from=date.fromisoformat(content["required_from"]),
        rights=tuple(
            Right(one["role"], frozenset(one["units"]), _day(one["valid_from"]), _day(one["valid_to"]))
            for one in content["authorities"]
        ),
        holdings=tuple(
            Holding(one["role"], person_of(one["person"]), _day(one["valid_from"]), _day(one["valid_to"]))
            for one in content["holders"]
        ),
        role_units=content["role_units"],
        closes_from=date.fromisoformat(closes["valid_from"]) if closes else None,
        close_units=frozenset(closes["units"]) if closes else frozenset(),
    )


def key_content(key: Key, committed: Committed) -> dict[str, Any]:
    """The content of `key.added`."""
    return {
        "person": dict(committed(key.person)),
        "fingerprint": fingerprint(key.public_key),
        "public_key": key.public_key,
        "valid_after": instant_text(key.valid_after) if key.valid_after else None,
        "valid_before": instant_text(key.valid_before) if key.valid_before else None,
        **({"signs_closes": True} if key.signs_closes else {}),
    }


def recorded_key(content: Mapping[str, Any]) -> Key:
    """The key that a `key.added` holds; the person is a commitment."""
    after, before = content["valid_after"], content["valid_before"]
    days = after and instant(after), before and instant(before)
    return Key(person_of(content["person"]), content["public_key"], *days, content.get("signs_closes", False))


def recorded_asked(content: Mapping[str, Any]) -> Asked:
    """Who decided a recorded agreement event, and when; people are commitments."""
    holder, proposed_by, approved_by = (person_of(content[name]) for name in ("holder", "proposed_by", "approved_by"))
    return Asked(holder, date.fromisoformat(content["decided_on"]), proposed_by, approved_by)


def _days(first: date | None, last: date | None) -> dict[str, str | None]:
    return {"valid_from": first.isoformat() if first else None, "valid_to": last.isoformat() if last else None}


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
