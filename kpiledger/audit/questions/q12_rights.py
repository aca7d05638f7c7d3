"""Question 12: who may change what: roles, people, keys, validity, revocations?

From the ledger: each policy that was recorded, the newest first, the scoring of targets, the keys added and revoked.
From the files: who owns each definition, and which rights, keys and scores they have that are not recorded yet.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from duckdb import DuckDBPyConnection

from kpiledger.approvals.standing import keys_in_files, standing_in_files
from kpiledger.audit.answer import Answer, Asked, Question
from kpiledger.audit.changing import counted
from kpiledger.audit.policies import Recorded, recorded, scores, unrecorded_scores
from kpiledger.audit.standing import tree_facts
from kpiledger.ledger.keys import trusted_key
from kpiledger.ledger.schema import EntryKind
from kpiledger.ledger_index.privacy import private_text
from kpiledger.project import Project
from kpiledger.specs.signing import fingerprint

COLUMNS = ("may", "what", "role", "person", "key", "valid_from", "valid_to", "state", "entry")
Row = tuple[object, ...]
_KEYS = "select seq, kind, content from key order by seq"


def answer(asked: Asked) -> Answer:
    """Rights first, the newest policy's at the head, then scores, keys, owners, and the key that signs the ledger."""
    index, project = asked.index(), asked.project()
    policies = recorded(index, EntryKind.AUTHORITY_RECORDED)
    scorings = recorded(index, EntryKind.SCORING_RECORDED)
    policy = policies[0].content if policies else None
    keys, rights = list(_keys(index)), [row for one in policies for row in _rights(one)]
    rows = [*rights, *scores(scorings), *keys, *_owners(project), _ledger_key(asked)]
    revoked = sum(1 for row in keys if row[7] == "revoked")
    told = [
        f"targets decided on {policy['required_from']} or later need an approval"
        if policy
        else "no policy is recorded: targets count without an approval",
        *_close_signatures(project, policies),
        f"{len(keys)} keys are recorded, {revoked} of them revoked",
        *([f"{len(policies)} policies are recorded, one after the other"] if policies[1:] else []),
        *([f"the scores of targets were changed {counted(len(scorings), 'time')}"] if scorings else []),
        *_unrecorded(project, policy, keys),
        *unrecorded_scores(project, scorings),
    ]
    facts = {"rights": len(rows) - len(keys), "keys": len(keys), "revoked": revoked, **tree_facts(index)}
    return Answer(COLUMNS, rows, tuple(told), _NOTES, facts=facts)


_NOTES = (
    "What is in the files is changed by whoever may merge into the project's main branch, which the git host says; "
    "what is recorded is added to by whoever holds the ledger's key, and changed by nobody.",
)


def _close_signatures(project: Project, policies: Sequence[Recorded]) -> Iterator[str]:
    """From when closes have to be signed: by the strictest policy recorded, which goes on counting."""
    days = [one.content["close_signatures"]["valid_from"] for one in policies if one.content.get("close_signatures")]
    if days:
        said = project.authority and project.authority.close_signatures_from
        dropped = "" if said and said.isoformat() <= min(days) else "; the files no longer say so"
        yield f"closes count only with their approver's signature from {min(days)} on{dropped}"


def _rights(recorded: Recorded) -> Iterator[Row]:
    """Each right with everybody who holds its role; a role that nobody holds is a row too."""
    policy, seq, state = recorded.content, recorded.seq, recorded.state
    for right in policy["authorities"]:
        units = ", ".join(right["units"])
        days = right["valid_from"], right["valid_to"]
        held = [one for one in policy["holders"] if one["role"] == right["role"]]
        if not held:
            nobody = "; ".join(filter(None, ("nobody holds the role", state)))
            yield "approve targets", units, right["role"], None, None, *days, nobody, seq
        for one in held:
            first = max(filter(None, (days[0], one["valid_from"])), default=None)
            last = min(filter(None, (days[1], one["valid_to"])), default=None)
            yield "approve targets", units, right["role"], private_text(one["person"]), None, first, last, state, seq


def _keys(index: DuckDBPyConnection) -> Iterator[Row]:
    """Each key as it was last added, and whether it was revoked since."""
    standing: dict[tuple[str, str], Row] = {}
    for seq, kind, text in index.execute(_KEYS).fetchall():
        content = json.loads(text)
        person = private_text(content["person"])
        name = person, content["fingerprint"]
        if kind == EntryKind.KEY_ADDED:
            days = content["valid_after"], content["valid_before"]
            standing[name] = ("sign approvals", None, None, *name, *days, "not revoked", seq)
        elif name in standing:
            standing[name] = (*standing[name][:7], "revoked", seq)
    yield from standing.values()


def _owners(project: Project) -> Iterator[Row]:
    """The role that stewards each definition, and who holds it, as the files say."""
    of_role: dict[str, list[str]] = {}
    for name, kpi in sorted(project.kpis.items()):
        of_role.setdefault(kpi.owner, []).append(name)
    for role, kpis in sorted(of_role.items()):
        for person in project.organisation.holding(role) or (None,):
            state = "" if person else "nobody holds the role"
            yield "own the definition", ", ".join(kpis), role, person, None, None, None, state, None


def _ledger_key(asked: Asked) -> Row:
    key = trusted_key(asked.ledger.keys)
    return "sign the ledger", key.name, None, None, f"{key.name}+{key.id.hex()}", None, None, "", None


def _unrecorded(project: Project, policy: Mapping[str, Any] | None, keys: Sequence[Row]) -> Iterator[str]:
    """What the files say and no entry does: it counts only once it is recorded."""
    standing = standing_in_files(project)
    if standing.required_from and policy is None:
        yield "the policy in metrics/approvers/authority.yml is not recorded yet"
    known = {str(row[4]) for row in keys}
    for key in keys_in_files(project):
        if fingerprint(key.public_key) not in known:
            yield f"the key {fingerprint(key.public_key)} of allowed_signers is not recorded yet"


QUESTION = Question(12, "Who may change what: roles, people, keys, validity, revocations", answer)
