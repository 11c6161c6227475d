"""The program from a shell: `python -m dnn train`, `predict`, `fetch`."""

__all__ = ["begin", "inputs", "keeping", "main", "options", "predict", "report",
           "rows", "train"]  # fmt: skip
