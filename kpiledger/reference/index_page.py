"""The first page of the reference: which page answers what, and how an editor is set up."""

from __future__ import annotations

from collections.abc import Iterable

from kpiledger.reference.kinds import FileKind
from kpiledger.reference.markdown import page, table

_OTHERS = (
    ("[Words](vocabulary.md)", "How names, periods, lengths and figures are written; every closed list, word by word."),
    ("[Findings](findings.md)", "Every code that `kpi check` may show, its rule, and how it looks."),
    ("[Rules](../rules/README.md)", "The rules of good KPI work: each with an example, why, and what to do."),
    ("[Commands](commands.md)", "Every command of `kpi` and its options."),
    ("[Tables](tables.md)", "Every table and column of schema `kpi`, for readers of the warehouse."),
)


def index_page(kinds: Iterable[FileKind]) -> str:
    """The page, from the kinds of file."""
    rows = [
        (f"[{kind.name}]({kind.page})", f"`{kind.written}`", f"[{kind.schema}](../../{kind.schema})") for kind in kinds
    ]
    return page(
        "Reference",
        "Made from the code by `kpi reference`; `kpi reference --check` fails where it is stale.",
        "## Files that you write",
        table(("page", "lies at", "schema"), rows),
        "## Everything else",
        table(("page", "answers"), _OTHERS),
        "## In your editor",
        "Each file begins with a line that names its schema, so any editor with the YAML language server (VS Code "
        "with the Red Hat YAML extension, Neovim, Helix, Emacs, Zed) completes keys and words, shows what they mean "
        "and marks what is wrong while you type. The schemas know one file at a time: whether a measure exists or "
        "versions follow each other is what `kpi check` finds.",
        "The schemas ask a little more than the loader: a key without a value is marked, although some may be "
        "empty. They cannot tell a time zone or a day that does not exist, or a figure that "
        "could be read in two ways.",
    )
