"""Where checkpoints are anchored, by the settings and the environment."""

import os

import pytest

from kpiledger.ledger.store import Ledger
from kpiledger.settings import load_settings

DEFAULT = ["build/anchors"]


@pytest.mark.parametrize(
    ("written", "environ", "expected"),
    [
        ("", {}, DEFAULT),
        ("anchors: [one, /mnt/two]", {}, ["one", "/mnt/two"]),
        ("anchors: []", {}, []),
        ("anchors: [one]", {"KPI_ANCHORS": os.pathsep.join(["/a", "b"])}, ["/a", "b"]),
        ("", {"KPI_ANCHORS": ""}, DEFAULT),
        ("", {"KPI_LEDGER": "/tmp/try"}, ["/tmp/try-anchors"]),
        ("", {"KPI_LEDGER": "/tmp/try", "KPI_ANCHORS": "/a"}, ["/a"]),
        ("", {"KPI_BUILD": "/tmp/build"}, DEFAULT),
    ],
)
def test_the_environment_overrides_the_file(tmp_path, written, environ, expected):
    (tmp_path / "kpiledger.yml").write_text(written)
    found = load_settings(tmp_path, environ).anchors
    assert found == tuple(tmp_path / folder for folder in expected)


def test_a_ledger_without_anchors_copies_nothing(tmp_path):
    assert Ledger(tmp_path).anchors == ()
