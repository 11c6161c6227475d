"""Let the tests of the chapters see the few helpers beside them, and the extensions."""

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "book" / "_ext")]
