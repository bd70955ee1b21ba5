"""Entry point of the command.

Exit codes: 0 done; 1 something you can put right, said in one line; 2 the command line is not understood; 3 a fault of
Mailworth's own, with its traceback.
"""

import atexit
import logging
import os
import sys
import traceback
from typing import NoReturn

from cyclopts import CycloptsError

from flows.cli import mailings, nights, plans, published  # noqa: F401  # they add their commands
from flows.cli.app import app
from flows.cli.progress import warn
from segmentation.errors import MailworthError


def main() -> NoReturn:
    """Entry point."""
    _leave(run_command(sys.argv[1:]))


def run_command(arguments: list[str]) -> int:
    """Run one command line and return its exit code; every error the user can put right is one line and code 1."""
    try:
        app(arguments, exit_on_error=False)
    except CycloptsError:
        return 2  # cyclopts has said what is wrong
    except MailworthError as error:
        warn(f"mailworth: {error}")
        return 1
    except KeyboardInterrupt:
        warn("mailworth: interrupted; what was published before stays as it was")
        return 130
    except Exception:
        traceback.print_exc()
        return 3
    return 0


def _leave(code: int) -> NoReturn:
    """End now: after a run of Prefect the interpreter's own clean-up takes long and prints noise."""
    logging.shutdown()  # sends what Prefect still has to log, while its server is there
    sys.stdout.flush()
    sys.stderr.flush()
    atexit._run_exitfuncs()
    os._exit(code)
