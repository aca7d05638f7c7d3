"""Who may approve what on which day: the policy, who holds which role, and the keys that speak for people.

Made from the files or from what the ledger recorded; people are ids there and commitments here, and only compared.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING

from kpiledger.specs.authority import appointments_of

if TYPE_CHECKING:
    from kpiledger.project import Project
    from kpiledger.specs.organisation import Organisation


@dataclass(frozen=True, slots=True)
class Right:
    """A role may approve for units, all of them named, on some days."""

    role: str
    units: frozenset[str]
    valid_from: date | None
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class Holding:
    """A person holds a role on some days."""

    role: str
    person: str
    valid_from: date | None
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class Key:
    """A public key that speaks for a person, and when its signatures count."""

    person: str
    public_key: str
    valid_after: datetime | None
    valid_before: datetime | None
    signs_closes: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """From when events need an approval, who may give it, who holds which role, and the unit of each role.

    Closes need a signature from `closes_from` on, by somebody with the right for `close_units`.
    """

    required_from: date | None
    rights: tuple[Right, ...]
    holdings: tuple[Holding, ...]
    role_units: Mapping[str, str | None]
    closes_from: date | None = None
    close_units: frozenset[str] = frozenset()
    # The same few people decide on the same days about many events.
    _roles: dict[tuple[str, date], frozenset[str]] = field(default_factory=dict, compare=False, repr=False)
    _rights: dict[str, tuple[Right, ...]] = field(default_factory=dict, compare=False, repr=False)
    # What `judging.refuse_signer` found of a person and an event.
    refusals: dict[object, tuple[str, str] | None] = field(default_factory=dict, compare=False, repr=False)

    def roles_of(self, person: str, day: date) -> frozenset[str]:
        """The roles that a person holds on a day."""
        known = self._roles.get((person, day))
        if known is None:
            known = frozenset(held.role for held in self.holdings if held.person == person and _covers(held, day))
            self._roles[person, day] = known
        return known

    def holders_of(self, role: str, day: date) -> frozenset[str]:
        """The people who hold a role on a day."""
        return frozenset(held.person for held in self.holdings if held.role == role and _covers(held, day))

    def people_behind(self, name: str, day: date) -> frozenset[str]:
        """Who a role or a person is on a day."""
        return self.holders_of(name, day) if name in self.role_units else frozenset((name,))

    def units_of(self, holder: str, day: date) -> frozenset[str]:
        """The units that an agreement's holder answers in: itself, the role's, or those of a person's roles."""
        if holder in self.role_units:
            unit = self.role_units[holder]
            return frozenset((unit,)) if unit else frozenset()
        roles = self.roles_of(holder, day)
        if roles:
            return frozenset(unit for role in roles if (unit := self.role_units.get(role)))
        return frozenset((holder,))

    def may_approve(self, roles: Iterable[str], units: frozenset[str], day: date) -> bool:
        """Whether one of the roles has the right for all of the units on a day."""
        return bool(units) and any(
            units <= right.units and _covers(right, day) for role in roles for right in self._rights_of(role)
        )

    def _rights_of(self, role: str) -> tuple[Right, ...]:
        if role not in self._rights:
            self._rights[role] = tuple(right for right in self.rights if right.role == role)
        return self._rights[role]


NOBODY = Standing(None, (), (), {})


def standing_in_files(project: Project) -> Standing:
    """What authority.yml and organisation.yml say."""
    organisation, authority = project.organisation, project.authority
    return Standing(
        required_from=None if authority is None else authority.required_from,
        rights=()
        if authority is None
        else tuple(
            Right(grant.role, _with_those_below(organisation, grant.units), grant.valid_from, grant.valid_to)
            for grant in authority.authorities
        ),
        holdings=tuple(
            Holding(held.role, held.person, held.valid_from, held.valid_to)
            for held in appointments_of(organisation, authority)
        ),
        role_units={name: role.unit for name, role in organisation.roles.items()},
        closes_from=None if authority is None else authority.close_signatures_from,
        close_units=company_units(organisation),
    )


def keys_in_files(project: Project) -> tuple[Key, ...]:
    """The keys of allowed_signers."""
    return tuple(
        Key(line.person, line.public_key, line.valid_after, line.valid_before, line.signs_closes)
        for line in project.signers
    )


def company_units(organisation: Organisation) -> frozenset[str]:
    """The units that stand for the whole: those of kind company, else those without one above."""
    units = organisation.units.items()
    return frozenset(name for name, unit in units if unit.kind == "company") or frozenset(
        name for name, unit in units if unit.parent is None
    )


def _with_those_below(organisation: Organisation, units: Iterable[str]) -> frozenset[str]:
    found: set[str] = set()
    waiting = list(units)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += [below for below, unit in organisation.units.items() if unit.parent == name]
    return frozenset(found)


def _covers(dated: Right | Holding, day: date) -> bool:
    begins = dated.valid_from is None or dated.valid_from <= day
    return begins and (dated.valid_to is None or day <= dated.valid_to)
