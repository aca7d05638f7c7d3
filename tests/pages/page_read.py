"""A rendered page as a reader takes it in: its text, its links, its figures by tile."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

APART = frozenset({"td", "th", "dt", "dd", "p", "li", "h1", "h2", "h3", "br", "caption", "title", "text"})


class Page(HTMLParser):
    """The text of a page without its style, its addresses, and its figures by tile and name."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.text, self.links, self.tags = "", list[str](), list[str]()
        self.figures: dict[tuple[str, str], str] = {}
        self.tiles: list[str] = []
        self._kpi, self._is_style = "", False
        self.source = path.read_text(encoding="utf-8")
        self.feed(self.source)
        self.text = re.sub(r"\s+", " ", self.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        self.tags.append(tag)
        self._is_style = tag == "style"
        self.text += " " if tag in APART else ""
        self.links += [named[name] for name in ("href", "src") if name in named]
        if "data-kpi" in named:
            self._kpi = named["data-kpi"]
            self.tiles += [self._kpi] if tag == "article" else []
        if "data-of" in named:
            self.figures[(self._kpi, named["data-of"])] = named["value"]

    def handle_endtag(self, tag: str) -> None:
        self._is_style = False
        self.text += " " if tag in APART else ""

    def handle_data(self, data: str) -> None:
        if not self._is_style:
            self.text += data
