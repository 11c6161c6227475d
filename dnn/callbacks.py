"""What may be called between epochs.

A callback is told of each epoch and of the end, and may ask for one. The training loop
knows nothing more of it.
"""

import numpy as np

from dnn import checks

__all__ = ["Callback", "EarlyStopping"]


class Callback:
    """What all callbacks share; the base class does nothing."""

    needs_val = False

    def on_epoch(self, net, record) -> bool | None:
        """Return True to stop after this epoch."""

    def on_end(self, net) -> None:
        """Be told that training is over, for whatever reason."""


class EarlyStopping(Callback):
    """Stop when the held-out loss is at its best ``patience`` epochs ago; go back there.

    The best parameters and buffers are restored however training ends. ValueError
    without ``val``. Source: chapter 14, def-early-stopping.
    """

    needs_val = True

    def __init__(self, patience: int):
        self.patience = checks.setting("patience", patience)
        self.best = self.snapshot = None

    def on_epoch(self, net, record) -> bool:
        """Keep the best net so far; return True when patience is at an end."""
        # NaN is worst.
        if self.best is None or record.val_loss < np.fmin(self.best.val_loss, np.inf):
            self.best, self.snapshot = record, net.snapshot()
        return record.epoch - self.best.epoch >= self.patience

    def on_end(self, net) -> None:
        """Put the best net back, and be ready for another run."""
        if self.snapshot is not None:
            net.restore(self.snapshot)
        self.best = self.snapshot = None
