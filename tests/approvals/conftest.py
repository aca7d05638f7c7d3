"""Keys are slow to make and harmless to share."""

from __future__ import annotations

import pytest
from signers import Keys


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    """Real SSH keys, made when first asked for."""
    return Keys(tmp_path_factory.mktemp("keys"))
