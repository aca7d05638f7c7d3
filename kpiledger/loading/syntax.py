"""The YAML parser's complaints in our words, at the place where the slip is and not where it was noticed."""

from __future__ import annotations

import yaml

from kpiledger.loading.tree import Tree


def refuse_syntax(tree: Tree, problem: yaml.MarkedYAMLError) -> None:
    """Add the finding of a file that is no YAML."""
    context, words = str(problem.context), str(problem.problem)
    if "quoted scalar" in context:  # the parser notices at the end of the file; the quote is where to look
        tree.refuse("KPI001", problem.context_mark, "the quote that opens here is not closed", "close the quote")
    elif "flow" in context:
        hint = "close the bracket or brace, and part the entries with commas"
        tree.refuse("KPI001", problem.context_mark, "the list or mapping that opens here is not closed", hint)
    else:
        mark = problem.problem_mark or problem.context_mark
        tree.refuse("KPI001", mark, f"this is no YAML: {words}", _syntax_hint(words))


def _syntax_hint(words: str) -> str:
    if "mapping values are not allowed" in words:
        return "a text with `: ` in it stands in quotes; or look at the indentation"
    if "cannot start any token" in words:
        return "a text that begins with @, `, % or a like sign stands in quotes"
    return "look at the indentation of this line and the one above, and for a missing `:` or quote"
