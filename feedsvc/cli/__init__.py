"""The door of the command line: `feedsvc COMMAND`; what each error means for the exit status."""

from __future__ import annotations

import signal
import sys
from importlib import import_module
from types import FrameType

import click

from feedsvc import __version__
from feedsvc.cli.shown import shown
from feedsvc.errors import ConfigError, FeedsvcError, StoreError
from feedsvc.loading import loading

EXIT_FAILED = 1
EXIT_USAGE = 2
EXIT_STORE = 3
EXIT_INTERRUPTED = 128  # and the number of the signal

# In the order of a first day with feedsvc; each has a module of its name.
_COMMANDS = (
    "serve",
    "ingest",
    "quarantine",
    "extract",
    "check",
    "withdraw",
    "restore",
    "feeds",
    "roots",
    "token",
    "db",
)


class _Commands(click.Group):
    """Imports a command when it is asked for: a process starts with what it needs alone."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        with loading():
            command = getattr(import_module(f"feedsvc.cli.{cmd_name}"), cmd_name)
        assert isinstance(command, click.Command)
        return command


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit status: 0 done; 1 something was found wrong, or failed; 2 wrong options or "
    "settings; 3 the store cannot be used; 130 and 143 stopped by Ctrl-C or SIGTERM, but 0 for "
    "`serve`, which is there to be stopped.",
)
@click.version_option(__version__, package_name="feedsvc", message="%(prog)s %(version)s")
def commands() -> None:
    """A folder of articles goes in; feeds that readers can rely on come out."""


def main() -> None:
    """Run one command, and turn what it raises into a message and an exit status."""
    signal.signal(signal.SIGTERM, _stop)
    try:
        commands.main(prog_name="feedsvc", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except ConfigError as error:
        for problem in error.problems:
            click.echo(f"feedsvc: {shown(problem)}", err=True)
        sys.exit(EXIT_USAGE)
    except StoreError as error:
        click.echo(f"feedsvc: {shown(error)}", err=True)
        sys.exit(EXIT_STORE)
    except FeedsvcError as error:
        click.echo(f"feedsvc: {shown(error)}", err=True)
        sys.exit(EXIT_FAILED)
    except (click.Abort, KeyboardInterrupt):
        click.echo("feedsvc: stopped", err=True)
        sys.exit(EXIT_INTERRUPTED + signal.SIGINT)
    except _Terminated:
        click.echo("feedsvc: stopped", err=True)
        raise
    except BrokenPipeError:
        # Whoever read our output has gone; nothing is left to say.
        sys.stderr.close()
        sys.exit(EXIT_INTERRUPTED + signal.SIGPIPE)


class _Terminated(SystemExit):
    """Unwinds whatever is going on: transactions roll back, worker processes end."""


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise _Terminated(EXIT_INTERRUPTED + signal.SIGTERM)
