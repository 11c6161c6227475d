"""Answers in rows: a table to read, JSON or CSV for another program."""

import csv
import json
import sys
from collections.abc import Iterable
from itertools import chain

__all__ = ["show"]

# The columns of a table: how wide, and how their values are written.
WIDE = {"example": ">7", "label": "<16", "probability": ">11", "value": ">11"}
WIDE |= {"true": "<16", "note": ""}
WRITTEN = {"probability": ".1%", "value": ".5g"}


def show(rows: Iterable[dict], form: str | None = None, width: int = 7) -> None:
    """Print rows, dicts of the same keys, as "json", as "csv", or as a table.

    All but JSON are printed row by row, as they come. ``width`` is that of a column of
    which no other is known; only the last may hold None.
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
    """Print the heads of these columns, and return what prints a row below."""
    writer = csv.DictWriter(sys.stdout, first, lineterminator="\n")
    writer.writeheader()
    return writer.writerow


def _table(first, width):
    """Print the heads of these columns, and return what prints a row below."""
    wide = {key: WIDE.get(key, f"<{width}") for key in first}
    print("  ".join(format(key, wide[key]) for key in first).rstrip())

    def write(row):
        told = {key: value for key, value in row.items() if value is not None}
        cells = (
            format(value, wide[key] + WRITTEN.get(key, ""))
            for key, value in told.items()
        )
        print("  ".join(cells).rstrip())

    return write
