"""The command line: `lingnan COMMAND …`. Exit status 0 clean, 1 violations found, 2 bad input or usage.

A command is a module of `lingnan.tapeout.commands` with `add_arguments(parser)` and `run(arguments) -> status`; it is
imported only when it is named, so that `lingnan --help` needs nothing.
"""

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

import lingnan
from lingnan.pdk.errors import LingnanError, did_you_mean

COMMANDS: dict[str, str] = {
    "chip": "a design file to GDS, OASIS, PNG, DRC, LVS, manifest and report",
    "drc": "check a layout against the design rules",
    "lvs": "compare a layout with its design file",
    "cells": "every cell, with its parameters",
    "cell": "one cell to GDS or PNG",
    "datasheet": "one cell, or all, on a page: layout, ports, limits, design rules, spectra",
    "process": "the numbers of the line and where they come from",
    "klayout": "technology, layer views, DRC macro and cells for the KLayout application",
    "doctor": "versions, what is installed, and how to get what is missing",
}


class _OneLineParser(argparse.ArgumentParser):
    """Says what was wrong in one line, as every other error of the command line does."""

    def error(self, message: str) -> NoReturn:
        """Refuse the words of the command."""
        raise LingnanError(f"{message}. See `{self.prog} --help`.")


def _parser(command: str | None) -> argparse.ArgumentParser:
    parser = _OneLineParser(
        prog="lingnan",
        description=(lingnan.__doc__ or "").partition("\n")[0],
        epilog="Exit status: 0 clean, 1 violations found, 2 bad input or usage. `lingnan COMMAND --help` says more.",
    )
    parser.add_argument("--version", action="version", version=f"lingnan {lingnan.__version__}")
    parser.add_argument("--debug", action="store_true", help="show the stack trace of an error")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, text in COMMANDS.items():
        sub = commands.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
        sub.add_argument("--debug", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)
        if name == command:
            importlib.import_module(f"lingnan.tapeout.commands.{name}").add_arguments(sub)
    return parser


def _named_command(words: Sequence[str]) -> str | None:
    return next((word for word in words if not word.startswith("-")), None)


def main(words: Sequence[str] | None = None) -> int:
    """Run one command; errors are one line on stderr unless `--debug` is given."""
    words = list(sys.argv[1:] if words is None else words)
    command = _named_command(words)
    debug = "--debug" in words
    try:
        if command is not None and command not in COMMANDS:
            raise LingnanError(f"unknown command {command!r}. {did_you_mean(command, COMMANDS)}")
        arguments = _parser(command).parse_args([word for word in words if word != "--debug"])  # also below `install`
        from lingnan.tapeout.output import terminate_as_interrupt  # not for --help, which has to be quick

        with terminate_as_interrupt():
            status: int = importlib.import_module(f"lingnan.tapeout.commands.{arguments.command}").run(arguments)
        sys.stdout.flush()
        return status
    except BrokenPipeError:  # `lingnan cells | head`: the reader has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        if debug:
            raise
        print("lingnan: interrupted; nothing half-written is left", file=sys.stderr)
        return 2
    except LingnanError as error:
        if debug:
            raise
        print(f"lingnan: {_one_line(error)}", file=sys.stderr)
        return 2
    except OSError as error:
        if debug:
            raise
        print(f"lingnan: {error.filename or 'file'}: {error.strerror or error}", file=sys.stderr)
        return 2
    except Exception as error:
        if debug:
            raise
        print(
            f"lingnan: {type(error).__name__}: {_one_line(error)} (run again with --debug for the stack trace)",
            file=sys.stderr,
        )
        return 2


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split())


if __name__ == "__main__":
    sys.exit(main())
