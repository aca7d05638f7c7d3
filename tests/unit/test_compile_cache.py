"""`kpi compile` does nothing where nothing changed, and compiles anew where a byte of anything did."""

from __future__ import annotations

from pathlib import Path

import pytest

from kpiledger.compile_cache import current_files, read_digest, remember
from kpiledger.compiled_files import FOLDER, write
from kpiledger.compiling.text import MARK
from kpiledger.settings import Settings, load_settings

COMPILED = {"kpi_sale.sql": f"{MARK} from a spec.\nselect 1\n", "_kpis.yml": f"{MARK.replace('--', '#')}.\n"}
SPECS = ("metrics/calendar.yml", "expectations/shop.yml", "models/marts/_marts.yml", "models/staging/shop/_shop.yml")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    for name in SPECS:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("a: 1\n")
    (tmp_path / "kpiledger.yml").write_text("")
    found = load_settings(tmp_path, {})
    write(tmp_path, COMPILED)
    remember(found, read_digest(found), COMPILED)
    return found


def current(settings: Settings) -> int | None:
    return current_files(settings, read_digest(settings))


def test_nothing_is_to_do_where_nothing_changed(settings: Settings) -> None:
    assert current(settings) == len(COMPILED)


@pytest.mark.parametrize("name", SPECS)
def test_a_changed_byte_of_what_is_read_compiles_anew(settings: Settings, name: str) -> None:
    (settings.root / name).write_text("a: 2\n")
    assert current(settings) is None


@pytest.mark.parametrize("name", ["metrics/kpis/order/new.yml", "models/marts/other.yml"])
def test_a_new_file_compiles_anew(settings: Settings, name: str) -> None:
    (settings.root / name).parent.mkdir(parents=True, exist_ok=True)
    (settings.root / name).write_text("")
    assert current(settings) is None


def test_a_renamed_file_compiles_anew(settings: Settings) -> None:
    (settings.root / SPECS[0]).rename(settings.root / "metrics/almanac.yml")
    assert current(settings) is None


def test_a_link_in_the_place_of_a_file_compiles_anew(settings: Settings) -> None:
    spec, elsewhere = settings.root / SPECS[0], settings.root / "elsewhere.yml"
    spec.rename(elsewhere)
    spec.symlink_to(elsewhere)
    assert current(settings) is None


@pytest.mark.parametrize("name", COMPILED)
def test_a_compiled_file_that_was_edited_or_deleted_is_written_anew(settings: Settings, name: str) -> None:
    path = settings.root / FOLDER / name
    path.write_text(COMPILED[name] + " ")
    assert current(settings) is None
    path.unlink()
    assert current(settings) is None


def test_a_compiled_file_that_is_left_over_is_found(settings: Settings) -> None:
    (settings.root / FOLDER / "kpi_gone.sql").write_text(f"{MARK} from a spec.\n")
    assert current(settings) is None


def test_a_file_of_somebody_else_in_the_folder_changes_nothing(settings: Settings) -> None:
    (settings.root / FOLDER / "notes.md").write_text("ours\n")
    assert current(settings) == len(COMPILED)


def test_another_dialect_compiles_anew(settings: Settings) -> None:
    other = load_settings(settings.root, {"KPI_DIALECT": "postgres"})
    assert current(other) is None


def test_a_changed_engine_compiles_anew(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = settings.root / "engine"
    engine.mkdir()
    monkeypatch.setattr("kpiledger.compile_cache._ENGINE", engine)
    (engine / "text.py").write_text("a = 1\n")
    remember(settings, read_digest(settings), COMPILED)
    assert current(settings) == len(COMPILED)
    (engine / "text.py").write_text("a = 2\n")
    assert current(settings) is None


@pytest.mark.parametrize("note", ["", "[]", "{}", '{"read": 1}'])
def test_a_note_that_cannot_be_read_compiles_anew(settings: Settings, note: str) -> None:
    (settings.build / "compiled.json").write_text(note)
    assert current(settings) is None


def test_a_spec_that_changed_while_it_was_compiled_is_compiled_again(settings: Settings) -> None:
    before = read_digest(settings)
    (settings.root / SPECS[0]).write_text("a: 2\n")
    remember(settings, before, COMPILED)
    assert current(settings) is None
