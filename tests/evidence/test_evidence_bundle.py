"""The bundle that an auditor takes away: complete, the same each time, and checked without Python."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "unit"))

from ledger_builders import agreed, agreements, clock, event, project, target

from kpiledger.checking import check_folder
from kpiledger.demo_history import replay
from kpiledger.errors import LedgerDamaged, WrongUse
from kpiledger.evidence.bundle import Wanted, bundle_files, write_bundle
from kpiledger.evidence.proof_files import check_consistency_file, check_inclusion_file
from kpiledger.ledger.keys import trusted_key
from kpiledger.ledger.store import Ledger, read_entries
from kpiledger.recording import record
from tests.programs import COREUTILS, needs_perl, needs_script

ROOT = Path(__file__).parents[2]


@pytest.fixture
def ledger(tmp_path):
    """Two agreements, one with a person; each recording is a batch, and anchored."""
    found = Ledger(tmp_path / "ledger", anchors=(tmp_path / "anchor",))
    west = [agreed(target(), reason="Köln"), event("amended", target(value="18000"))]
    own = [agreed(target("revenue", "10", region=None), agreement="p1001_2017", reason="As p1001 and I discussed")]
    person = agreements(*own, holder="p1001", path="metrics/agreements/2017/p1001.yml")
    record(project(agreements(west[0])), tmp_path, found, clock())
    record(project(agreements(*west)), tmp_path, found, clock())
    record(project(agreements(*west), person), tmp_path, found, clock())
    return found


def laid(ledger, folder, *agreements, **more):
    files = bundle_files(ledger, Wanted(agreements, **more))
    write_bundle(folder, files)
    return files


def perl(folder, *words):
    return subprocess.run(["perl", "verify_ledger.pl", *words], cwd=folder, capture_output=True, text=True, check=False)


def test_the_same_ledger_gives_the_same_bundle(ledger):
    wanted = Wanted(("all",), from_size=2)
    assert bundle_files(ledger, wanted) == bundle_files(ledger, wanted)


def test_the_bundle_has_the_ledger_its_anchors_the_proofs_asked_for_and_the_programs(ledger, tmp_path):
    names = sorted(laid(ledger, tmp_path / "bundle", "west_2017", from_size=2))
    anchors = [name for name in names if name.startswith("anchors/1/")]
    assert len(anchors) == 4
    assert [name for name in names if name not in anchors] == [
        "README.txt",
        "ledger-format.md",
        "ledger/checkpoint",
        "ledger/checkpoints",
        "ledger/entries.jsonl",
        "ledger/keys/ledger.vkey",
        "ledger/leaves",
        "proofs/from-2.checkpoint",
        "proofs/from-2.consistency",
        "proofs/west_2017-1-entry-2.entry",
        "proofs/west_2017-1-entry-2.tlog-proof",
        "proofs/west_2017-2-entry-3.entry",
        "proofs/west_2017-2-entry-3.tlog-proof",
        "verify-ledger.sh",
        "verify_ledger.pl",
    ]


@needs_script
def test_a_machine_without_python_finds_that_it_holds(ledger, tmp_path):
    bundle, programs = tmp_path / "bundle", tmp_path / "bin"
    laid(ledger, bundle, "all")
    programs.mkdir()
    for name in ("sh", "openssl", *COREUTILS):
        (programs / name).symlink_to(shutil.which(name))
    anchors = sorted(str(path.relative_to(bundle)) for path in bundle.glob("anchors/*/*"))
    words = ["sh", "verify-ledger.sh", "ledger", "ledger/keys/ledger.vkey", *anchors]
    environment = {"PATH": str(programs)}
    done = subprocess.run(words, cwd=bundle, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("holds: 4 entries, root ")
    entries = bundle / "ledger" / "entries.jsonl"
    entries.write_bytes(entries.read_bytes().replace(b'"18000"', b'"17000"'))
    done = subprocess.run(words, cwd=bundle, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "DAMAGED: entry 3 is not the one in leaves\n")


@needs_perl
def test_every_command_of_the_readme_runs(ledger, tmp_path):
    bundle = tmp_path / "bundle"
    text = laid(ledger, bundle, "all", from_size=2)["README.txt"].decode()
    commands = [line.strip() for line in text.replace("\\\n", " ").splitlines() if line.startswith("    ")]
    assert len(commands) == 5
    for command in commands:
        done = subprocess.run(command, cwd=bundle, shell=True, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, ""), f"{command}: {done.stdout}"
        assert done.stdout.startswith("holds: ")


@needs_perl
def test_every_proof_is_accepted_by_both_programs_and_for_its_own_entry_alone(ledger, tmp_path):
    bundle = tmp_path / "bundle"
    files = laid(ledger, bundle, "all", from_size=2)
    key = trusted_key(ledger.keys)
    lines = {name: content for name, content in files.items() if name.endswith(".entry")}
    assert {line.rstrip(b"\n") for line in lines.values()} == {entry.line for entry in read_entries(ledger)[1:]}
    for name, line in lines.items():
        proof = name.removesuffix(".entry") + ".tlog-proof"
        check_inclusion_file(files[proof], line.rstrip(b"\n"), key)
        for other in lines:
            done = perl(bundle, "inclusion", proof, other, "--key", "ledger/keys/ledger.vkey")
            assert done.returncode == (0 if other == name else 1)
    earlier, whole = check_consistency_file(files["proofs/from-2.consistency"], files["proofs/from-2.checkpoint"], key)
    assert (earlier.size, whole.size) == (2, 4)


def test_nothing_in_it_names_a_person_unless_asked(ledger, tmp_path):
    shown = b"".join(bundle_files(ledger, Wanted(("west_2017",))).values())
    assert b"As p1001 and I discussed" not in shown
    assert b'"p1001"' not in shown
    files = laid(ledger, tmp_path / "bundle", with_subjects=True)
    values = [name for name in files if name.startswith("subjects/")]
    assert b'"p1001"' in b"".join(files[name] for name in values)
    assert {(tmp_path / "bundle" / name).stat().st_mode & 0o777 for name in values} == {0o600}
    assert "treat this bundle accordingly" in files["README.txt"].decode()


def test_what_was_never_acknowledged_stays_at_home(ledger):
    before = bundle_files(ledger, Wanted())
    for name in ("entries.jsonl", "leaves"):
        path = ledger.directory / name
        path.write_bytes(path.read_bytes() + b"torn")
    assert bundle_files(ledger, Wanted()) == before


def test_a_place_that_can_be_no_folder_is_told(tmp_path):
    link, file = tmp_path / "link", tmp_path / "file"
    link.symlink_to(tmp_path / "nowhere")
    file.write_text("in the way")
    for place, why in ((link, "is a link to nothing"), (file, "is no folder")):
        with pytest.raises(WrongUse, match=why):
            write_bundle(place, {"README.txt": b""})
    assert not (tmp_path / "nowhere").exists()


def test_a_damaged_ledger_gives_no_bundle(ledger):
    path = ledger.directory / "entries.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"18000"', b'"17000"'))
    with pytest.raises(LedgerDamaged, match="does not verify: entry 3"):
        bundle_files(ledger, Wanted())


def test_what_does_not_fit_is_refused(ledger, tmp_path):
    with pytest.raises(WrongUse, match="the ledger has no agreement 'east_2017'"):
        bundle_files(ledger, Wanted(("east_2017",)))
    with pytest.raises(WrongUse, match="no checkpoint of 1 entries was signed"):
        bundle_files(ledger, Wanted(from_size=1))
    with pytest.raises(WrongUse, match="is not empty"):
        write_bundle(ledger.directory, {})


@pytest.fixture(scope="module")
def signed(tmp_path_factory):
    """A bundle of the demo's three years, whose approvals were signed by people."""
    folder = tmp_path_factory.mktemp("signed")
    demo, _ = check_folder(ROOT)
    history = Ledger(folder / "ledger")
    replay(demo, ROOT, history)
    laid(history, folder / "bundle")
    return folder / "bundle" / "approvals"


def test_approvals_come_with_the_signature_the_signed_bytes_and_the_keys(signed):
    signatures = sorted(path.stem for path in signed.glob("*.sig"))
    assert signatures == sorted(path.stem for path in signed.glob("*.json"))
    assert any(name.startswith("sales_west_2017-2-entry-") for name in signatures)
    assert "p_1" not in (signed / "allowed_signers").read_text()


@pytest.mark.skipif(not shutil.which("ssh-keygen"), reason="needs ssh-keygen")
def test_every_approval_is_checked_by_ssh_keygen_alone(signed):
    def check():
        return subprocess.run(["sh", "check.sh"], cwd=signed, capture_output=True, text=True, check=False)

    count = len(list(signed.glob("*.sig")))
    done = check()
    assert (done.returncode, done.stdout.count('Good "kpi-agreement" signature')) == (0, count), done.stderr
    event = next(signed.glob("sales_west_2017-2-entry-*.json"))
    event.write_bytes(event.read_bytes().replace(b'"2017-', b'"2016-', 1))
    done = check()
    assert (done.returncode, done.stdout.count('Good "kpi-agreement" signature')) == (1, count - 1)
    assert f"DOES NOT COUNT: {event.stem}" in done.stdout


@pytest.mark.parametrize("name", ["verify-ledger.sh", "verify_ledger.pl", "ledger-format.md"])
def test_the_bundle_has_the_programs_of_the_project_and_not_a_copy_of_them(name, ledger):
    folder = ROOT / ("docs" if name.endswith(".md") else "tools")
    assert bundle_files(ledger, Wanted())[name] == (folder / name).read_bytes()
    assert (ROOT / "kpiledger" / "evidence" / "taken_along" / name).is_symlink()
