"""Answers in rows: a table to read, JSON or CSV for another program."""

import csv
import json
import sys
from collections.abc import Iterable
from itertools import chain

__all__ = ["show"]

# How wide a column is, and how its values are written; names of files say how wide.
LOOKS = {"label": "{:<16}", "probability": "{:>11.1%}", "value": "{:>11.5g}"}
LOOKS |= {"example": "{:>7}", "true": "{:<16}", "note": "{}"}


def show(rows: Iterable[dict], form: str | None = None, width: int = 7) -> None:
    """Print rows, dicts of the same keys, as "json", as "csv", or as a table.

    All but JSON are printed row by row, as they come. ``width`` is that of the column
    of the table for which no other is set.
    """
    if form == "json":
        print(json.dumps(list(rows), indent=1))
        return
    rows = iter(rows)
    for first in rows:
        write = _csv(first) if form == "csv" else _table(first, width)
        for row in chain([first], rows):
            write(row)


def _csv(first):
    """Print the heads of these columns, and return what writes a row below."""
    writer = csv.DictWriter(sys.stdout, first, lineterminator="\n")
    writer.writeheader()
    return writer.writerow


def _table(first, width):
    """Print the heads of these columns, and return what prints a row below."""
    looks = {key: LOOKS.get(key, f"{{:<{width}}}") for key in first}
    heads = (look.partition(".")[0].rstrip("}") + "}" for look in looks.values())
    print("  ".join(map(str.format, heads, looks)).rstrip())

    def write(row):
        shown = ("" if row[key] is None else row[key] for key in looks)
        print("  ".join(map(str.format, looks.values(), shown)).rstrip())

    return write
