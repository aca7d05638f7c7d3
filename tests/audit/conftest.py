"""What the tests of questions share: a small ledger whose story is told here, and how a question is put to it."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "unit"))

from ledger_builders import agreed, agreements, clock, event, kpi, project, target

from kpiledger.audit.answer import Answer, Asked, Question
from kpiledger.audit.asking import ask, question_of
from kpiledger.audit.questions import QUESTIONS
from kpiledger.audit.rendering import render_text
from kpiledger.checking import check_folder
from kpiledger.demo_history import replay
from kpiledger.ledger.store import Ledger
from kpiledger.ledger_index.opening import open_index
from kpiledger.project import Project
from kpiledger.recording import record
from kpiledger.settings import Settings, load_settings

_HASH = re.compile(r"\b[0-9a-f]{64}\b")
EXPECTED = Path(__file__).parent / "expected"
ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class AuditWorld:
    """A project with a ledger, and the questions put to it."""

    settings: Settings
    ledger: Ledger
    project: Project

    def ask(self, number: int, **words: str) -> Answer:
        """The answer to a question; words have underscores where the options have dashes."""
        question, asked = self._asked(number, words)
        return ask(question, asked)

    def text(self, number: int, **words: str) -> str:
        """The answer as `kpi audit` prints it; hashes are left out, since salts make each ledger another."""
        question, asked = self._asked(number, words)
        return _HASH.sub("<hash>", render_text(question, asked.words, ask(question, asked))) + "\n"

    def rows(self, number: int, **words: str) -> list[dict[str, object]]:
        """The rows of an answer by column."""
        found = self.ask(number, **words)
        return [dict(zip(found.columns, row, strict=True)) for row in found.rows]

    def _asked(self, number: int, words: dict[str, str]) -> tuple[Question, Asked]:
        given = {name.rstrip("_").replace("_", "-"): value for name, value in words.items()}
        asked = Asked(
            self.settings, self.ledger, lambda: open_index(self.settings, self.ledger), lambda: self.project, given
        )
        return question_of(QUESTIONS, number), asked


def at(text: str) -> Callable[[], datetime]:
    """A clock that stands at a moment."""
    return clock(datetime.fromisoformat(text).replace(tzinfo=UTC))


@pytest.fixture(scope="session")
def small_world(tmp_path_factory: pytest.TempPathFactory) -> AuditWorld:
    """Two holders in 2017: agreed in time, amended ahead, amended after the fact, and one retired.

    2016-12-15 west agrees 21000 revenue a month; person p1001 agrees 10 new customers a month.
    2017-06-20 west is lowered to 18000 from July on, a margin of 0.12 is added.
    2017-10-05 west is lowered to 15000 from September on: after September's end.
    2017-11-10 p1001's agreement ends with October.
    """
    root = tmp_path_factory.mktemp("audit") / "project"
    root.mkdir()
    (root / "kpiledger.yml").write_text("build: build\nledger: ledger\n", encoding="utf-8")
    settings = load_settings(root, {})
    ledger = Ledger(settings.ledger)
    kpis = [kpi(), kpi("margin", unit="ratio", currency=None), kpi("new_customers", unit="count", currency=None)]
    west = [agreed(target(weight="0.4", amber={"share_of_target": "0.95"}))]
    own = [agreed(target("new_customers", "10", region=None), agreement="p1001_2017", approved_by="head_of_sales")]
    lowered = [*west, event("amended", target(value="18000"), target("margin", "0.12"))]
    late = event("amended", target(value="15000"), valid_from="2017-09-01", reason="As agreed orally")
    left = event("retired", agreement="p1001_2017", valid_from="2017-11-01", reason="Left")
    story = [
        ("2016-12-15T09:00:00", west, []),
        ("2016-12-15T10:00:00", west, own),
        ("2017-06-20T15:30:00", lowered, own),
        ("2017-10-05T08:00:00", [*lowered, late], own),
        ("2017-11-10T12:00:00", [*lowered, late], [*own, left]),
    ]
    specs = project()
    for moment, of_west, of_person in story:
        files = [agreements(*of_west)]
        if of_person:
            files.append(agreements(*of_person, holder="p1001", path="metrics/agreements/2017/p1001.yml"))
        specs = project(*files, kpis=kpis, root=root)
        record(specs, root, ledger, at(moment))
    return AuditWorld(settings, ledger, specs)


@pytest.fixture(scope="session")
def audit_world(tmp_path_factory: pytest.TempPathFactory) -> AuditWorld:
    """The demo's three years, as `demo_world` makes them; nothing is published."""
    return demo_world(tmp_path_factory.mktemp("audit") / "demo")


def demo_world(root: Path) -> AuditWorld:
    """The demo's three years in a new folder, each decision recorded the morning after; nothing is published."""
    for folder in ("metrics", "models", "expectations", "docs/decisions"):
        shutil.copytree(ROOT / folder, root / folder)
    shutil.copy(ROOT / "kpiledger.yml", root)
    settings = load_settings(root, {})
    specs, findings = check_folder(root)
    assert specs is not None
    assert findings == []
    ledger = Ledger(settings.ledger)
    replay(specs, root, ledger)
    return AuditWorld(settings, ledger, specs)
