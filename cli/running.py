"""One command line to its exit code: every way in which a command may end is one sentence and a number."""

from __future__ import annotations

import copy
import gc
import logging
import os
import sys
from functools import cache
from typing import Any

import typer
import typer.exceptions

from casework.terminal import report_error, take_every_sign
from cli import every_day, experts, looking, watching
from cli.app import app
from collector.errors import DONE, WRONG_REQUEST, TradewitnessError

_COMPLETING = "_TRADEWITNESS_COMPLETE"  # set by a shell in which Tab was pressed
_STOPPED = 130  # what typer gives for a command that was ended by Ctrl-C, and shells likewise
_LOG = logging.getLogger("casework.cli")

for _group in (every_day, watching, looking, experts):  # in the order in which `--help` shows them
    app.add_typer(_group.commands)


@cache
def command_line() -> Any:
    """The commands as typer makes them, each of which takes --verbose too, as the one without a name does."""
    root = typer.main.get_command(app)
    verbose = copy.copy(next(option for option in root.params if option.name == "verbose"))
    verbose.expose_value = False  # it has acted when it was read: no command's function needs to know of it
    waiting: list[Any] = [root]
    for command in waiting:
        if command is not root:
            command.params.append(verbose)
        for parameter in command.params:
            _name_what_it_takes(parameter)
        waiting += getattr(command, "commands", {}).values()
    return root


def _name_what_it_takes(parameter: Any) -> None:
    """`--help` says what an option takes by a word (`--lang LANG`), never by its type in the code (`<str>`, `<bool>`)."""
    if parameter.param_type_name == "argument":
        parameter.display_type_rich = lambda ctx: None
    elif parameter.metavar is None:
        parameter.metavar = "" if parameter.is_flag else str(parameter.name).upper()


def _named(arguments: list[str], command: Any) -> str:
    """The command and the names of its options, without anything else that was typed: that may be anybody's words."""
    words = ["tradewitness"]
    for argument in arguments:
        commands = getattr(command, "commands", {})
        if argument in commands:
            command = commands[argument]
            words.append(argument)
        elif argument.partition("=")[0] in {name for option in command.params for name in option.opts}:
            words.append(argument.partition("=")[0])
    return " ".join(words)


def _say(error: TradewitnessError, as_json: bool) -> int:
    _LOG.debug("ended by an error", exc_info=error)
    report_error(error, as_json)
    return error.exit_code


def _stopped(as_json: bool) -> int:
    stopped = TradewitnessError("Stopped before it was done; what was kept so far is kept.")
    stopped.exit_code = _STOPPED
    return _say(stopped, as_json)


def run(arguments: list[str]) -> int:
    """One command line to its exit code; nothing is raised."""
    command = command_line()
    if {"-h", "--help", "--version"} & set(arguments) or _COMPLETING in os.environ:
        return _run(command, arguments)  # these must not wait, and there is nothing to tell of them
    from casework.logfile import logged

    with logged(_named(arguments, command)):
        code = _run(command, arguments)
        _LOG.info("exit code %d", code)
    return code


def _run(command: Any, arguments: list[str]) -> int:
    as_json = "--json" in arguments
    try:
        code = int(command.main(arguments, prog_name="tradewitness", standalone_mode=False) or DONE)
        return _stopped(as_json) if code == _STOPPED else code
    except SystemExit as ended:  # how completion ends
        return ended.code if isinstance(ended.code, int) else DONE
    except typer.exceptions.Abort:
        return _stopped(as_json)
    except typer.exceptions.TyperException as error:
        context = getattr(error, "ctx", None)  # only usage errors know their command
        where = context.command_path if context else "tradewitness"
        wrong = TradewitnessError(error.format_message(), f"Run: {where} --help")
        wrong.exit_code = WRONG_REQUEST
        return _say(wrong, as_json)
    except TradewitnessError as error:
        return _say(error, as_json)
    except KeyboardInterrupt:
        return _stopped(as_json)
    except BrokenPipeError:
        return DONE
    except Exception as error:  # noqa: BLE001 - the last door: a user never sees a traceback, and it is kept for a report
        from casework.logfile import keep_details

        hint = f"Nothing that was kept is lost. {keep_details(error)}"
        return _say(TradewitnessError(f"Something unexpected happened ({type(error).__name__}).", hint), as_json)


def main() -> None:
    """The console script."""
    take_every_sign()
    code = run(sys.argv[1:])
    gc.freeze()  # the interpreter need not look for what is unused among all that it loaded: a tenth of a second
    sys.exit(code)
