"""`python -m dnn`, which `dnn.shell` carries out."""

import sys

from dnn.shell.main import main

__all__ = ["main"]

if __name__ == "__main__":
    if sys.stdout:
        sys.stdout.reconfigure(errors="backslashreplace")  # not every terminal has a λ
    sys.exit(main())
