"""One command of the shell, from its arguments to its exit code.

What a user gets wrong is answered in a line, with exit code 2.
"""

import contextlib
import os
import sys
from collections.abc import Sequence

from dnn.files import sets
from dnn.shell import options, predict, train
from dnn.training import DivergenceError

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return the exit code.

    0, 1 where training diverged, 2 for a user's mistake, 130 after Ctrl-C, 141 where
    nobody reads what is printed.
    """
    parser = options.parser()
    given = parser.parse_args(arguments)
    try:
        COMMANDS[given.command](given) if given.command else parser.print_help()
        print(end="", flush=True)  # a pipe that broke is told here, not at the exit
    except DivergenceError as error:
        return _fail(error, 1)
    except BrokenPipeError:  # the reader has seen enough, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except MemoryError as error:
        return _fail(error, 2, "not enough memory: ")
    except ModuleNotFoundError as error:
        return _fail(error, 2, "pip install 'dnn[files]' brings what is missing: ")
    except (ValueError, OSError) as error:
        return _fail(error, 2)
    except KeyboardInterrupt:
        return _fail("interrupted", 130)
    return 0


def _fail(error, code, opening=""):
    told = "; ".join([str(error), *getattr(error, "__notes__", [])])
    with contextlib.suppress(OSError):  # a terminal that is gone
        print(f"dnn: error: {opening}{told}", file=sys.stderr)
    return code


def _fetch(given):
    print(f"the photographs are in {sets.find_photos()}")


COMMANDS = {"train": train.run, "predict": predict.run, "fetch": _fetch}
