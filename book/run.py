"""Execute the chapters, and store what they print.

Run from top to bottom in a fresh kernel, so that a second run changes no byte but those
of images: no timings, no widget state, a reduced header, and widget ids that are the
notebook's name and a count. Of an output that has a live face and one of plain HTML, the
second is stored: the first is nothing without its kernel, and JupyterLab would say so.

    python book/run.py [chapter.ipynb …]        all of them without a name
"""

import os
import re
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

BOOK = Path(__file__).resolve().parent
VIEW = "application/vnd.jupyter.widget-view+json"


def execute(path):
    """Run one notebook in place; one that fails is left as it was, and the failing cell
    is shown.
    """
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook,
        kernel_name="python3",
        timeout=300,
        record_timing=False,
        coalesce_streams=True,
        store_widget_state=False,
        resources={"metadata": {"path": str(path.parent)}},
    )
    try:
        client.execute()
    except CellExecutionError as error:
        raise SystemExit(
            f"{path.name}: left as it was, for a cell failed:\n{error}"
        ) from None
    path.write_text(normalize(notebook, path.stem), encoding="utf-8")


def normalize(notebook, stem):
    """Return the notebook as text, without what differs from run to run."""
    notebook.metadata = {
        **{k: v for k, v in notebook.metadata.items() if k == "dnn"},
        "kernelspec": {
            "display_name": "Python 3",
            "language": "python",
            "name": "python3",
        },
        "language_info": {"name": "python"},
    }
    for number, cell in enumerate(notebook.cells):
        cell.id = f"{stem[:40]}-{number}".replace("_", "-")
        for output in cell.get("outputs", []):
            output.get("metadata", {}).pop("execution", None)
            if "text/html" in output.get("data", {}):
                output.data.pop(VIEW, None)
    text = nbformat.writes(notebook) + "\n"
    models = dict.fromkeys(re.findall(r'"model_id": "([0-9a-f]{32})"', text))
    for number, model in enumerate(models):
        text = text.replace(model, f"{stem}-{number}")
    return text


if __name__ == "__main__":
    os.environ.setdefault(
        "OPENBLAS_NUM_THREADS", "1"
    )  # the last bits then depend on the machine alone
    os.environ["PYTHONHASHSEED"] = "0"
    for chapter in [Path(name).resolve() for name in sys.argv[1:]] or sorted(
        BOOK.glob("*.ipynb")
    ):
        print(chapter.name, flush=True)
        execute(chapter)
