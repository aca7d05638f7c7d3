"""Our reading of SSH signatures agrees with ssh-keygen: on good ones, and on everything that is wrong with others."""

from __future__ import annotations

import base64
import hashlib
import random
import subprocess
from datetime import date
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_ssh_private_key
from signers import Keys, public_key, small_company, ssh_verifies

from kpiledger.approvals.judging import refuse_key
from kpiledger.approvals.sshsig import SignatureProblem, read_signature, require_signed
from kpiledger.approvals.standing import Key, keys_in_files
from kpiledger.loading import load_project

CONTENT = b'{"agreement":"sales_west_2017"}'
KINDS = {
    "ed25519": ("-t", "ed25519"),
    "ecdsa256": ("-t", "ecdsa", "-b", "256"),
    "ecdsa384": ("-t", "ecdsa", "-b", "384"),
    "ecdsa521": ("-t", "ecdsa", "-b", "521"),
    "rsa": ("-t", "rsa", "-b", "2048"),
}


def signed(key: Path, content: bytes = CONTENT, namespace: str = "kpi-agreement", *options: str) -> str:
    words = ["ssh-keygen", "-Y", "sign", "-n", namespace, "-f", str(key), *options]
    return subprocess.run(words, input=content, capture_output=True, check=True).stdout.decode()


def we_verify(text: str, content: bytes, key: Path) -> bool:
    try:
        signature = read_signature(text)
        require_signed(signature, content)
    except SignatureProblem:
        return False
    return signature.public_key == public_key(key)


@pytest.mark.parametrize("kind", KINDS)
def test_a_good_signature_holds_and_one_over_other_bytes_does_not(kind: str, keys: Keys, tmp_path: Path) -> None:
    key = keys.make(kind, *KINDS[kind])
    folder = small_company(tmp_path / "project", keys.line(kind, "p1001"))
    signature = tmp_path / "event.sig"
    for options in ((), ("-O", "hashalg=sha256")):
        signature.write_text(signed(key, CONTENT, "kpi-agreement", *options))
        for content, holds in ((CONTENT, True), (CONTENT + b" ", False)):
            assert we_verify(signature.read_text(), content, key) is holds
            assert ssh_verifies(folder, "p1001", signature, content, "20170101Z") is holds


def test_a_signature_for_another_namespace_does_not_hold(keys: Keys, tmp_path: Path) -> None:
    key = keys.make("ed25519")
    signature = tmp_path / "event.sig"
    signature.write_text(signed(key, namespace="file"))
    folder = small_company(tmp_path / "project", keys.line("ed25519", "p1001"))
    assert not ssh_verifies(folder, "p1001", signature, CONTENT, "20170101Z")
    with pytest.raises(SignatureProblem, match="it was made for `file` and not for `kpi-agreement`"):
        require_signed(read_signature(signature.read_text()), CONTENT)


def test_a_signature_by_another_persons_key_does_not_hold(keys: Keys, tmp_path: Path) -> None:
    signature = tmp_path / "event.sig"
    signature.write_text(signed(keys.make("other")))
    folder = small_company(tmp_path / "project", keys.line("ed25519", "p1001"), keys.line("other", "p1002"))
    project, _ = load_project(folder)
    assert project is not None
    by = read_signature(signature.read_text()).public_key
    for person, holds in (("p1001", False), ("p1002", True)):
        assert ssh_verifies(folder, person, signature, CONTENT, "20170101Z") is holds
        assert (refuse_key(keys_in_files(project), person, by, date(2017, 1, 1)) is None) is holds


@pytest.mark.parametrize(
    ("day", "holds"),
    [("2016-06-30", False), ("2016-07-01", True), ("2017-03-01", True), ("2017-06-30", True), ("2017-07-01", False)],
)
def test_a_key_counts_from_its_first_to_its_last_day(day: str, holds: bool, keys: Keys, tmp_path: Path) -> None:
    days = ',valid-after="20160701Z",valid-before="20170630Z"'
    folder = small_company(tmp_path / "project", keys.line("ed25519", "p1001", days))
    signature = tmp_path / "event.sig"
    signature.write_text(signed(keys.make("ed25519")))
    project, findings = load_project(folder)
    assert project is not None
    assert findings == []
    refusal = refuse_key(keys_in_files(project), "p1001", project.signers[0].public_key, date.fromisoformat(day))
    assert (refusal is None) is holds
    assert ssh_verifies(folder, "p1001", signature, CONTENT, day.replace("-", "") + "000000Z") is holds
    if refusal:
        assert refusal[0].endswith(f"counts from 2016-07-01 until 2017-06-30, and this was decided on {day}")


def test_every_flipped_bit_of_a_signature_is_refused_by_both(keys: Keys, tmp_path: Path) -> None:
    key = keys.make("ed25519")
    folder = small_company(tmp_path / "project", keys.line("ed25519", "p1001"))
    whole = signed(key).strip().splitlines()
    blob = base64.b64decode("".join(whole[1:-1]))
    some = random.Random(7).sample(range(len(blob)), 12)  # ssh-keygen takes a process for each
    for place in range(len(blob)):
        changed = bytearray(blob)
        changed[place] ^= 1 << (place % 8)
        text = "\n".join([whole[0], base64.b64encode(changed).decode(), whole[-1], ""])
        assert not we_verify(text, CONTENT, key)
        if place in some:
            signature = tmp_path / "event.sig"
            signature.write_text(text)
            assert not ssh_verifies(folder, "p1001", signature, CONTENT, "20170101Z")


@pytest.mark.parametrize("kind", ["rsa", "ed25519"])
def test_a_signature_that_ends_too_early_is_none(kind: str, keys: Keys) -> None:
    key = keys.make(kind, *KINDS[kind])
    assert we_verify(signed(key), CONTENT, key)  # what is remembered of it must not make one of a part
    whole = signed(key).strip().splitlines()
    blob = base64.b64decode("".join(whole[1:-1]))
    for length in range(len(blob)):
        text = "\n".join([whole[0], base64.b64encode(blob[:length]).decode(), whole[-1]])
        assert not we_verify(text, CONTENT, key)


@pytest.mark.parametrize("text", ["", "nonsense", "-----BEGIN SSH SIGNATURE-----\n!!\n-----END SSH SIGNATURE-----"])
def test_what_is_no_signature_is_told_so(text: str) -> None:
    with pytest.raises(SignatureProblem, match="SSH signature"):
        read_signature(text)


def test_nothing_may_stand_behind_a_signature(keys: Keys) -> None:
    whole = signed(keys.make("ed25519")).strip().splitlines()
    longer = base64.b64encode(base64.b64decode("".join(whole[1:-1])) + b"\x00").decode()
    with pytest.raises(SignatureProblem, match="its bytes are no SSH signature"):
        read_signature("\n".join([whole[0], longer, whole[-1]]))


def test_a_reserved_field_that_says_something_is_refused_as_ssh_keygen_does(keys: Keys, tmp_path: Path) -> None:
    key = keys.make("ed25519")
    private = load_ssh_private_key(key.read_bytes(), None)
    assert isinstance(private, Ed25519PrivateKey)

    def string(part: bytes) -> bytes:
        return len(part).to_bytes(4, "big") + part

    parts = string(b"kpi-agreement") + string(b"more") + string(b"sha512")
    raw = private.sign(b"SSHSIG" + parts + string(hashlib.sha512(CONTENT).digest()))
    public = string(base64.b64decode(public_key(key).split()[1]))
    blob = b"SSHSIG\x00\x00\x00\x01" + public + parts + string(string(b"ssh-ed25519") + string(raw))
    encoded = base64.b64encode(blob).decode()
    text = f"-----BEGIN SSH SIGNATURE-----\n{encoded}\n-----END SSH SIGNATURE-----\n"
    folder, signature = small_company(tmp_path / "project", keys.line("ed25519", "p1001")), tmp_path / "event.sig"
    signature.write_text(text)
    assert not ssh_verifies(folder, "p1001", signature, CONTENT, "20170101Z")
    with pytest.raises(SignatureProblem, match="its reserved field says something"):
        require_signed(read_signature(text), CONTENT)


def test_a_certificate_is_no_key(keys: Keys, tmp_path: Path) -> None:
    key = keys.make("certified")
    subprocess.run(["ssh-keygen", "-q", "-s", keys.make("authority"), "-I", "x", f"{key}.pub"], check=True)
    certificate = " ".join(Path(f"{key}-cert.pub").read_text().split()[:2])
    folder = small_company(tmp_path / "project", f'p1001 namespaces="kpi-agreement" {certificate}\n')
    project, findings = load_project(folder)
    assert project is not None
    assert project.signers == ()
    assert [finding.message for finding in findings] == [
        "keys of the type ssh-ed25519-cert-v01@openssh.com are not accepted"
    ]


def test_a_key_stands_in_one_line(keys: Keys, tmp_path: Path) -> None:
    days = ',valid-before="20170630Z"', ',valid-after="20180101Z"'
    folder = small_company(tmp_path / "project", *(keys.line("ed25519", "p1001", one) for one in days))
    findings = load_project(folder)[1]
    assert [(finding.rule, finding.position.line) for finding in findings] == [("KPI150", 2)]
    assert findings[0].hint.startswith("write one line for a key")


def test_a_key_that_is_nobodys_is_named_by_its_fingerprint(keys: Keys) -> None:
    public = public_key(keys.make("ed25519"))
    words = ["ssh-keygen", "-l", "-f", str(keys.make("ed25519")) + ".pub"]
    shown = subprocess.run(words, capture_output=True, check=True, text=True).stdout.split()[1]
    refusal = refuse_key([Key("p1001", "ssh-ed25519 AAAA", None, None)], "p1001", public, date(2017, 1, 1))
    assert refusal is not None
    assert refusal[0] == f"the key {shown} is none of this person's"
