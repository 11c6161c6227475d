"""The program from a shell: `python -m dnn train`, `predict`, `fetch`."""

__all__ = ["inputs", "main", "options", "predict", "report", "train"]
