"""Files that are either the old one or the new one, whole, whatever happens.

What is to be saved is written beside its place, flushed to the disk, and renamed into
it: a crash, at any moment, leaves the old file as it was.
"""

import errno
import os
import stat
import warnings
from pathlib import Path

__all__ = ["write"]

# What renaming over a file says where that is mounted by itself, as in a container, and
# writing beside it where only the file may be written to.
UNMOVABLE = errno.EBUSY, errno.EPERM, errno.EINVAL, errno.EACCES, errno.EROFS


def write(path, body: bytes) -> None:
    """Put these bytes into a file, by renaming where that can be done, else in place.

    A link's target is written, and its mode kept. ValueError for a device, a pipe or a
    folder; OSError where the folder cannot be written. A warning says where a file had
    to be written in place.
    """
    target = Path(os.path.realpath(path))
    mode = target.stat().st_mode if target.exists() else None
    if mode and not stat.S_ISREG(mode):
        raise ValueError(f"{path}: not a file that can be replaced; name another place")
    _clean(target)
    beside = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        _fill(beside, body)
        beside.chmod(stat.S_IMODE(mode or beside.stat().st_mode))
        os.replace(beside, target)
    except OSError as error:
        if not mode or error.errno not in UNMOVABLE:
            raise _renamed(error, path) from None
        warnings.warn(f"{path}: cannot be replaced; written in place", stacklevel=3)
        _fill(target, body)
    finally:
        beside.unlink(missing_ok=True)


def _renamed(error, path):
    """Return an error that names this path, and not that of what was written beside."""
    if error.errno is None:
        return error
    return OSError(error.errno, error.strerror, os.fspath(path))


def _clean(target):
    """Remove what processes that are gone have left beside a file."""
    for stale in target.parent.glob(f".{target.name}.*.tmp"):
        process = stale.name.split(".")[-2]
        if not process.isdecimal() or not _runs(int(process)):
            stale.unlink(missing_ok=True)


def _runs(process):
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _fill(path, body):
    with open(path, "wb") as file:
        file.write(body)
        file.flush()
        os.fsync(file.fileno())
