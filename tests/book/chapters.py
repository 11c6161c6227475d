"""Where the chapters are, and what each of them builds: the one place that says so."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BOOK = ROOT / "book"
NOTEBOOKS = sorted(BOOK.glob("[0-9][0-9]_*.ipynb"))
SUPPORT = {
    "svg",
    "plots",
    "widgets",
    "experiments",
    "__main__",
}  # may import the rest; nothing imports them

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
    "initializers": 10,
    "schedules": 13,
    "evaluation": 14,
    "penalties": 15,
    "models": 17,
    "storage": 17,
}
