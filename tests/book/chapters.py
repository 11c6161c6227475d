"""Where the chapters are, and what each of them builds: the one place that says so."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BOOK = ROOT / "book"
NOTEBOOKS = sorted(BOOK.glob("[0-9][0-9]_*.ipynb"))
# What stands around the program, and the chapter that may show some of it: these may
# import the rest, and no chapter's module imports them.
AROUND = {"__main__": 99, "estimators": 99, "shell": 99, "lab": 99, "files": 17}

# The chapter in which a module begins. Later chapters add definitions to it, never
# lines to those it has.
CHAPTER_OF = {
    "checks": 1,
    "data": 1,
    "losses": 2,
    "gradcheck": 3,
    "optimizers": 4,
    "layers": 5,
    "activations": 6,
    "network": 7,
    "training": 9,
    "callbacks": 9,
    "initializers": 10,
    "schedules": 13,
    "evaluation": 14,
    "penalties": 15,
    "models": 17,
}
