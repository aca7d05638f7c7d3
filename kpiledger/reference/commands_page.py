"""The page of commands: each command of `kpi` with its arguments and options."""

from __future__ import annotations

from collections.abc import Iterator

import click

from kpiledger.reference.markdown import code, page, table


def commands_page(top: click.Group) -> str:
    """The page, from the command itself."""
    context = click.Context(top, info_name="kpi")
    return page(
        "Commands",
        top.get_short_help_str(limit=200),
        "Exit codes: 0 fine, 1 findings or failed checks, 2 wrong use or a broken world. Answers go to standard "
        "output, progress and problems to standard error.",
        "Options of `kpi` itself stand before the command; `--help` stands after any.",
        _options(top, context),
        *(_command(command, context) for command, context in commands_below(top, context)),
    )


def commands_below(group: click.Group, context: click.Context) -> Iterator[tuple[click.Command, click.Context]]:
    """Every command that can be called, with the words it is called by."""
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command is None or command.hidden:
            continue
        inner = click.Context(command, info_name=name, parent=context)
        if isinstance(command, click.Group):
            yield from commands_below(command, inner)
        else:
            yield command, inner


def _command(command: click.Command, context: click.Context) -> str:
    usage = " ".join([context.command_path, *command.collect_usage_pieces(context)]).replace("[OPTIONS]", "[options]")
    told = (command.help or "").split("\f")[0].strip()
    parts = [f"## {context.command_path}", told, code(usage), _options(command, context)]
    return "\n\n".join(part for part in parts if part)


def _options(command: click.Command, context: click.Context) -> str:
    rows = []
    for option in command.params:
        if isinstance(option, click.Option) and not option.hidden:
            record = option.get_help_record(context)
            if record is not None:
                rows.append((f"`{record[0]}`", record[1], _default(option)))
    return table(("option", "means", "default"), rows) if rows else ""


def _default(option: click.Option) -> str:
    if option.required:
        return "required"
    is_said = isinstance(option.default, (str, int)) and not option.is_flag
    return f"`{option.default}`" if is_said else "none"
