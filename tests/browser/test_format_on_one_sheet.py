"""The format of the ledger is one page also when it is printed: in letters of 9 points, on A4."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt

pytestmark = pytest.mark.browser

PAGE = Path(__file__).parents[2] / "docs" / "ledger-format.md"
STYLE = """
    @page { size: A4; margin: 8mm }
    body { font: 9pt/1.2 sans-serif; margin: 0 }
    h1 { font-size: 13pt } h2 { font-size: 10pt }
    h1, h2, p, table, pre { margin: 0 0 3pt }
    code, pre { font: 8pt monospace }
    td, th { text-align: left; vertical-align: top; padding: 0 4pt }
"""


def test_the_format_prints_on_one_sheet(browser: Any) -> None:
    html = MarkdownIt("commonmark").enable("table").render(PAGE.read_text(encoding="utf-8"))
    page = browser.new_page()
    page.set_content(f"<!doctype html><meta charset=utf-8><style>{STYLE}</style>{html}")
    printed = page.pdf(prefer_css_page_size=True)
    page.close()
    assert printed.count(b"/Type /Page\n") + printed.count(b"/Type /Page/") == 1
