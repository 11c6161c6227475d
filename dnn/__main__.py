"""`python -m dnn`, which `dnn.shell` carries out."""

import sys
import warnings

from dnn.shell.main import main

__all__ = ["main"]


def run() -> int:
    """Run the command that this process was started with; return its exit code."""
    if sys.stdout:
        sys.stdout.reconfigure(errors="backslashreplace")  # not every terminal has a λ
    warnings.formatwarning = lambda message, *rest, **more: f"dnn: warning: {message}\n"
    return main()


if __name__ == "__main__":
    sys.exit(run())
