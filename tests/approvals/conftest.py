"""What tests of approvals share: keys, which are slow to make and harmless to share, and a company with a ledger."""

from __future__ import annotations

from pathlib import Path

import pytest
from company import Company
from signers import Keys, small_company


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    """Real SSH keys, made when first asked for."""
    return Keys(tmp_path_factory.mktemp("keys"))


@pytest.fixture
def company(tmp_path: Path, keys: Keys) -> Company:
    """The officer p1001 may approve; so may p1003, who proposed the amendment."""
    return Company(small_company(tmp_path / "project", keys.line("ed25519", "p1001"), keys.line("both", "p1003")))
