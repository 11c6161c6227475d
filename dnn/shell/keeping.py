"""No work is lost: a training that is ended from outside, or that fails, is kept.

Whatever asks the program to end asks it to end the training, so that the net is saved
and judged as it would have been. A net that cannot be saved in its place is saved in
another.
"""

import os
import signal
from collections.abc import Callable
from pathlib import Path
from secrets import token_hex

from dnn.callbacks import Callback
from dnn.files import storage
from dnn.training import Record

__all__ = ["Keeper", "keep"]

_NAMES = "SIGINT", "SIGTERM", "SIGHUP", "SIGALRM"  # Windows has but two of them
ENDINGS = [getattr(signal, name) for name in _NAMES if hasattr(signal, name)]
GRACE = 1.0  # seconds that an epoch may go on once it is to be the last
FOLDERS = ".", "~", "/tmp", "/dev/shm"  # the last is memory, where disks are full


class Keeper(Callback):
    """Keeps the records of a training, saves it on the way, and ends it when told to.

    ``whole`` is a snapshot of the net after the last epoch. ``save`` takes the number
    of an epoch; it is called after every ``every`` of them. As a context it has Ctrl-C
    and other signals end the training, after the epoch that runs; where that takes long
    or the signal comes twice, at once.
    """

    def __init__(self, net, save: Callable[[int], None], every: int | None):
        self.save, self.every, self.whole = save, every, net.snapshot()
        self.records, self.told, self.training = [], 0, True

    def __enter__(self):
        # What is ignored, as under nohup, stays so.
        heeded = [s for s in ENDINGS if signal.getsignal(s) != signal.SIG_IGN]
        self.before = {number: signal.signal(number, self._heed) for number in heeded}
        return self

    def __exit__(self, *trouble):
        _ring_in(0)
        for number, handler in self.before.items():
            signal.signal(number, handler)

    def _heed(self, number, frame):
        self.told += 1
        _ring_in(GRACE)
        if self.told == 2 and self.training:
            raise KeyboardInterrupt

    def on_epoch(self, net, record: Record) -> bool:
        """Keep the record, save the net if it is time, and return whether to stop."""
        self.records.append(record)
        self.whole = net.snapshot()
        if self.every and record.epoch % self.every == 0:
            self.save(record.epoch)
        return self.told > 0

    def on_end(self, net) -> None:
        """Let nothing interrupt what follows."""
        self.training = False


def _ring_in(seconds):
    """Have the system send SIGALRM after so many seconds, where it can; never for 0."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, seconds)


def keep(net, out: Path, optimizer, epoch: int) -> tuple[Path, Exception | None]:
    """Save a net, in another place if need be; return the place, and what was wrong."""
    wrong, spare = None, f"{out.stem}-{token_hex(3)}.npz"
    for place in (out, *(Path(os.path.expanduser(f), spare) for f in FOLDERS)):
        try:
            storage.save(net, place, optimizer, epoch)
            return place, wrong
        except (OSError, ValueError) as error:
            wrong = wrong or error
    raise wrong
