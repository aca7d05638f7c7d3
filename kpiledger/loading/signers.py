"""Which keys may sign, as OpenSSH's allowed_signers file says it.

    p_1002 namespaces="kpi-agreement",valid-after="20160701Z" ssh-ed25519 AAAA... comment

Narrower than OpenSSH, so that every line means one thing: one person, our namespace, times in UTC, no certificates.
A key that may also sign closes is bound to `kpi-agreement,kpi-close`.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.dsa import DSAPublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_ssh_public_key

from kpiledger.finding import Finding, Position, Severity
from kpiledger.loading.text import Source, read_source
from kpiledger.specs.signing import CLOSE_NAMESPACE, NAMESPACE, SIGNERS, Signer
from kpiledger.vocabulary import is_name

_LINE = re.compile(
    r"(?P<person>\S+)[ \t]+(?:(?P<options>[a-z][a-z-]*(?:=\"[^\"]*\")?(?:,[a-z][a-z-]*(?:=\"[^\"]*\")?)*)[ \t]+)?"
    r"(?P<type>(?:ssh|ecdsa|sk)-\S+)[ \t]+(?P<key>[A-Za-z0-9+/=]+)(?:[ \t].*)?\Z"
)
_OPTION = re.compile(r"([a-z-]+)(?:=\"([^\"]*)\")?")
_MOMENT = re.compile(r"(\d{8})(\d{4}(?:\d{2})?)?Z\Z")
_NOBODY = re.compile(rb"#[ \t]*nobody[ \t]*")
_FORM = f'<person> namespaces="{NAMESPACE}",valid-after="20170101Z",valid-before="20181231Z" ssh-ed25519 AAAA...'
_RSA_BITS = 2048  # shorter ones have been broken


class _Refused(ValueError):
    """What is wrong with a line, and what to do."""

    def __init__(self, message: str, hint: str = f"write {_FORM}") -> None:
        super().__init__(message)
        self.hint = hint


def read_signers(root: Path) -> tuple[tuple[Signer, ...], list[Finding]]:
    """The signers of a project, and what is wrong with the lines of the file; a project may have none."""
    path = root / SIGNERS
    if path.is_symlink() or not path.exists():  # a link is told where the files are looked for
        return (), []
    try:
        content = path.read_bytes()
    except OSError as problem:
        message = f"the keys of approvers cannot be read: {problem.strerror}"
        hint = "put a file here that may be read; without it everybody's key would be taken back"
        return (), [Finding("KPI163", Severity.ERROR, Position(SIGNERS, 1, 1), message, hint)]
    source, findings = read_source(SIGNERS, content)
    signers: list[Signer] = []
    for number, line in enumerate(source.lines if not findings else (), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        try:
            signers.append(_signer(line.strip(), source.position(number, 1)))
        except _Refused as refused:
            findings.append(source.error("KPI150", number, 1, str(refused), refused.hint))
    return tuple(signers), [*findings, *_shared(source, signers)]


def says_nobody(root: Path) -> bool:
    """Whether the file says on purpose that nobody's key counts: by a comment that is the word `nobody`."""
    path = root / SIGNERS
    if path.is_symlink() or not path.is_file():
        return False
    return any(_NOBODY.fullmatch(line) for line in path.read_bytes().splitlines())


def _signer(line: str, position: Position) -> Signer:
    found = _LINE.match(line)
    if found is None:
        raise _Refused("this line does not read as a person, options and a public key")
    if not is_name(found["person"]):
        raise _Refused(f"{found['person'][:80]!r} is not the id of one person")
    options = dict(_OPTION.findall(found["options"] or ""))
    unknown = sorted(set(options) - {"namespaces", "valid-after", "valid-before"})
    if unknown:
        raise _Refused(f"the option `{unknown[0]}` is not known here")
    namespaces = options.get("namespaces", "")
    if namespaces not in (NAMESPACE, f"{NAMESPACE},{CLOSE_NAMESPACE}"):
        raise _Refused("the key is not bound to our namespace, so that a signature for anything else would count")
    after, before = (_moment(options.get(name), name) for name in ("valid-after", "valid-before"))
    if after and before and before < after:
        raise _Refused("`valid-before` lies before `valid-after`", "write a later time")
    public_key = f"{found['type']} {found['key']}"
    _require_strong(public_key)
    return Signer(found["person"], public_key, after, before, position, CLOSE_NAMESPACE in namespaces)


def _moment(text: str | None, name: str) -> datetime | None:
    if text is None:
        return None
    found = _MOMENT.match(text)
    try:
        if found is None:
            raise ValueError
        clock = (found[2] or "").ljust(6, "0")
        return datetime.strptime(found[1] + clock, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError as problem:
        message = f"`{name}` is {text[:80]!r}, expected a day or a time in UTC"
        raise _Refused(message, f'write {name}="20170101Z": without the Z it depends on where it is read') from problem


def _require_strong(public_key: str) -> None:
    try:
        key = load_ssh_public_key(public_key.encode())
    except (ValueError, UnsupportedAlgorithm) as problem:
        raise _Refused("the public key cannot be read", "copy it from the person's .pub file") from problem
    hint = "make a key with `ssh-keygen -t ed25519`"
    if isinstance(key, DSAPublicKey) or public_key.startswith("sk-") or "-cert-v0" in public_key.split()[0]:
        raise _Refused(f"keys of the type {public_key.split()[0]} are not accepted", hint)
    if isinstance(key, RSAPublicKey) and key.key_size < _RSA_BITS:
        raise _Refused(f"the RSA key has {key.key_size} bits, expected {_RSA_BITS} or more", hint)


def _shared(source: Source, signers: list[Signer]) -> list[Finding]:
    """A key speaks for one person only, or nobody could tell who signed; and on one run of days, as it is recorded."""
    findings: list[Finding] = []
    owners: dict[str, str] = {}
    for signer in signers:
        # By the bytes of the key: bits of its text that stand for nothing make one key look like two.
        owner = owners.get(signer.fingerprint)
        owners.setdefault(signer.fingerprint, signer.person)
        if owner is not None:
            message = f"the key {signer.fingerprint} is `{owner}`'s already"
            hint = "give each person a key of their own"
            if owner == signer.person:
                hint = "write one line for a key, from its first day to its last, or take another key for later days"
            findings.append(source.error("KPI150", signer.position.line, 1, message, hint))
    return findings
