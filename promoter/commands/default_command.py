"""A command with subcommands that is also a command of its own: `measure FILE` beside `measure latency ...`."""

import importlib
from collections.abc import Mapping

import click

_HELP = frozenset({"-h", "--help"})


class DefaultCommand(click.Group):
    """Runs `default` unless the first word names a subcommand; subcommands are loaded when they are called.

    A file that bears a subcommand's name is named with its folder: `./latency`.
    """

    def __init__(self, name: str, *, default: click.Command, others: Mapping[str, str]) -> None:
        super().__init__(name, help=default.help, no_args_is_help=False)
        self._default = default
        self._others = others

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the default's name, then the others'."""
        return [self._default.name or "", *self._others]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return one command, loaded now."""
        if cmd_name == self._default.name:
            return self._default
        if cmd_name not in self._others:
            return None
        command: click.Command = importlib.import_module(self._others[cmd_name]).command
        return command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the default's name before words that name no subcommand and ask for no help."""
        first = args[0] if args else ""
        if first not in self.list_commands(ctx) and first not in _HELP:
            args = [self._default.name or "", *args]
        return super().parse_args(ctx, args)
