"""The shell loses no work: whatever ends a training, the net as far as it came is in its
place, or where the message says.
"""

import contextlib
import errno
import os
import re
import signal
import subprocess
import sys
import termios
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from dnn import Adam, binary_cross_entropy, fit, mlp
from dnn.__main__ import main
from dnn.files import atomic, storage
from dnn.shell import keeping, report
from dnn.shell.keeping import Keeper

LONG = ["train", "--data", "moons", "--hidden", "4", "--epochs", "1000000"]
SHORT = ["train", "--data", "moons", "--hidden", "2", "--epochs", "1"]
BAR = rb"[1-9]\d*/1000000 .*epoch/s, loss=\d\.\d{4}, score=\d\.\d{3}\]"
HEEDS = """
import runpy, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored in the background
signal.signal(signal.SIGHUP, signal.SIG_DFL)
if "without matplotlib" in sys.argv:
    sys.argv.remove("without matplotlib")
    sys.modules["matplotlib"] = None
runpy.run_module("dnn", run_name="__main__", alter_sys=True)
"""


def started(*arguments, cwd, **streams):
    """Start `python -m dnn`, which heeds Ctrl-C as in a terminal; return the process."""
    command = [sys.executable, "-c", HEEDS, *arguments]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | streams
    one = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    process = subprocess.Popen(command, cwd=cwd, text=True, env=one, **pipes)
    threading.Timer(60, process.kill).start()
    return process


def begun(process):
    """Wait until a process has begun to train; return what it printed before."""
    lines = []
    while "in all" not in "".join(lines[-1:]):
        lines.append(process.stdout.readline())
    time.sleep(0.1)
    return "".join(lines)


@pytest.fixture(autouse=True)
def no_timer_is_left():
    """What was to kill a process that hangs is called off."""
    yield
    for thread in threading.enumerate():
        if isinstance(thread, threading.Timer):
            thread.cancel()


@pytest.fixture
def here(tmp_path, monkeypatch):
    """Work in a folder of one's own, with a home beside it, and draw no plots."""
    (tmp_path / "home").mkdir()
    (tmp_path / "work").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setattr(report, "plot", lambda records, path: "")
    monkeypatch.chdir(tmp_path / "work")
    return tmp_path


def dnn(words):
    """Run a command in this process."""
    return main(words.split())


def train(words):
    """Run `train` in this process, on the moons and with a small net."""
    return dnn(f"train --data moons --hidden 4 {words}")


def same(one, other):
    """Assert that two checkpoints hold the same net, optimizer and epoch, to the bit."""
    (net, optimizer, epoch), (twin, again, number) = map(
        storage.load_checkpoint, (one, other)
    )
    assert_array_equal(net.theta, twin.theta)
    assert_array_equal(optimizer.v, again.v)
    assert (optimizer.t, epoch) == (again.t, number)


# ---- signals -------------------------------------------------------------------------


def test_a_bar_runs_in_a_terminal_until_ctrl_c_and_what_was_learned_is_saved(
    tmp_path,
):
    reader, terminal = os.openpty()
    termios.tcsetwinsize(terminal, (24, 120))
    with started(*LONG, cwd=tmp_path, stderr=terminal) as process:
        os.close(terminal)
        shown = b""
        while not re.search(BAR, shown):
            shown += os.read(reader, 1000)
        process.send_signal(signal.SIGINT)
        with contextlib.suppress(OSError):  # the terminal ends with the process
            while os.read(reader, 1000):
                pass
        out = process.stdout.read()
    os.close(reader)
    assert process.returncode == 0
    net, optimizer, epochs = storage.load_checkpoint(tmp_path / "net.npz")
    assert f"\nstopped after {epochs} of 1000000 epochs\n" in out
    assert optimizer.t == 8 * epochs > 0  # 500 examples are eight batches of 64
    assert np.isfinite(net.theta).all()
    assert out.endswith("saved net.npz and net.png\n")
    assert (tmp_path / "net.png").read_bytes().startswith(b"\x89PNG")


ENDINGS = {
    "twice": [signal.SIGINT, signal.SIGINT],
    "often": [signal.SIGHUP] * 9,
    "term": [signal.SIGTERM],
}


def test_whatever_signal_ends_it_the_net_is_saved_and_goes_on(here):
    running = {
        name: started(*LONG, "--out", f"{name}.npz", cwd=".") for name in ENDINGS
    }
    for process in running.values():
        begun(process)
    for name, process in running.items():
        for number in ENDINGS[name]:
            process.send_signal(number)
            time.sleep(0.03)
    for name, process in running.items():
        out, err = process.communicate()
        assert (process.returncode, err) == (0, "")
        _, optimizer, epochs = storage.load_checkpoint(f"{name}.npz")
        assert f"stopped after {epochs} of 1000000 epochs\n" in out
        assert out.endswith(f"saved {name}.npz and {name}.png\n")
        assert optimizer.t >= 8 * epochs > 0
    # One signal lets the epoch end, so that going on is as if it had not come.
    epochs = storage.load_checkpoint("term.npz")[2]
    assert train(f"--epochs {epochs + 2} --out whole.npz") == 0
    assert dnn("train --resume term.npz --epochs 2") == 0
    same("net.npz", "whole.npz")


class Slow:
    """A loss of which one epoch takes long, and in which a signal comes."""

    def __init__(self, *signals):
        self.signals, self.calls = list(signals), 0

    def __call__(self, Z, Y):
        self.calls += 1
        if self.signals:
            signal.raise_signal(self.signals.pop())
        time.sleep(0.01)
        return binary_cross_entropy(Z, Y)


@pytest.fixture(autouse=True)
def heeding():
    """A process that was started in the background ignores Ctrl-C, and so would these."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def run_slow(*signals, steps=1000):
    """Train with a slow loss, by single examples; return it and the Keeper."""
    net, loss, X = mlp([2, 1]), Slow(*signals), np.ones((2, steps))
    with Keeper(net, None, None) as keeper:
        pair = X, np.ones((1, steps))
        fit(net, loss, Adam(), pair, epochs=5, batch_size=1, callbacks=[keeper])
    return loss, keeper


@pytest.mark.parametrize("grace", [0.05, 60])
def test_an_epoch_that_takes_long_is_cut_short(grace, monkeypatch):
    """After a while, or when the signal comes again."""
    monkeypatch.setattr(keeping, "GRACE", grace)
    signals = [signal.SIGTERM] if grace < 1 else [signal.SIGTERM, signal.SIGHUP]
    loss, keeper = run_slow(*signals)
    assert loss.calls < 900
    assert keeper.records == []


def test_an_epoch_that_is_nearly_done_is_done(monkeypatch):
    loss, keeper = run_slow(signal.SIGINT, steps=9)
    assert loss.calls == 9
    assert len(keeper.records) == 1


def test_signals_are_left_as_they_were():
    before = [signal.getsignal(number) for number in keeping.ENDINGS]
    ignoring = signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as nohup does
    try:
        keeper = run_slow(signal.SIGHUP, steps=3)[1]
        assert len(keeper.records) == 5
        assert signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, ignoring)
    assert [signal.getsignal(number) for number in keeping.ENDINGS] == before
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)


def test_what_follows_the_training_is_not_interrupted(here, monkeypatch, capsys):
    save, told = storage.save, []

    def interrupted(*arguments):
        told.extend(signal.raise_signal(signal.SIGINT) for _ in range(3))
        save(*arguments)

    monkeypatch.setattr(storage, "save", interrupted)
    assert train("--epochs 2") == 0
    assert len(told) == 3
    assert storage.load_checkpoint("net.npz")[2] == 2


# ---- checkpoints ---------------------------------------------------------------------


def test_checkpoints_are_written_on_the_way(here, monkeypatch):
    save, epochs = storage.save, []

    def noted(net, out, optimizer, epoch):
        epochs.append(epoch)
        save(net, out, optimizer, epoch)
        save(net, f"{epoch}.npz", optimizer, epoch)

    monkeypatch.setattr(storage, "save", noted)
    assert train("--epochs 5 --every 2") == 0
    assert epochs == [2, 4, 5]
    assert dnn("train --resume 2.npz --every 3 --epochs 3 --out b.npz") == 0
    assert epochs == [2, 4, 5, 3, 5]
    same("net.npz", "b.npz")


def test_what_is_killed_leaves_its_last_checkpoint(here):
    process = started(*LONG, "--every", "7", cwd=".")
    while not Path("net.npz").exists():
        time.sleep(0.02)
    process.kill()
    process.communicate()
    _, optimizer, epoch = storage.load_checkpoint("net.npz")
    assert epoch % 7 == 0
    assert optimizer.t == 8 * epoch
    assert dnn("train --resume net.npz --epochs 1") == 0


# ---- places that cannot be written ---------------------------------------------------


def full(*folders):
    """Return what fills files as `atomic` does, but on a full disk in these folders."""
    fill = atomic._fill

    def filled(path, body):
        if any(path.parent == Path(folder) for folder in folders):
            raise OSError(errno.ENOSPC, "No space left on device")
        fill(path, body)

    return filled


def test_on_a_full_disk_the_net_is_kept_elsewhere(here, monkeypatch, capsys):
    assert train("--epochs 3 --out whole.npz") == 0
    monkeypatch.setattr(atomic, "_fill", full(here / "work"))
    assert train("--epochs 3 --out other.npz") == 2
    said = capsys.readouterr()
    pattern = r"dnn: error: \[Errno 28\] .*: 'other.npz'; the net as far as it came is in (.*)\n"
    (place,) = re.fullmatch(pattern, said.err).groups()
    assert Path(place).parent == here / "home"
    same(place, "whole.npz")
    assert f"saved {place}" in said.out
    assert sorted(os.listdir()) == ["whole.npz"]


def test_a_checkpoint_that_cannot_be_written_ends_it_and_all_is_kept(
    here, monkeypatch, capsys
):
    monkeypatch.setattr(atomic, "_fill", full(here / "work"))
    assert train("--epochs 9 --every 4") == 2
    place = re.search(r"'net.npz'; the net .* is in (.*)\n", capsys.readouterr().err)[1]
    assert storage.load_checkpoint(place)[2] == 4


def test_where_there_is_no_place_at_all_that_is_told(here, monkeypatch, capsys):
    folders = [here / "work", here / "home", "/tmp", "/dev/shm"]
    monkeypatch.setattr(atomic, "_fill", full(*folders))
    assert train("--epochs 1") == 2
    said = capsys.readouterr().err
    assert said == "dnn: error: [Errno 28] No space left on device: 'net.npz'\n"


def mounted(*arguments):
    """Mount something, or skip the test where that is not allowed."""
    done = subprocess.run(["mount", *map(str, arguments)], capture_output=True)
    if done.returncode:
        pytest.skip("mounting takes rights that this user has not")
    return contextlib.closing(Mount(arguments[-1]))


class Mount:
    """Something mounted."""

    def __init__(self, place):
        self.place = place

    def close(self):
        subprocess.run(["umount", str(self.place)], check=True)


def test_a_disk_that_is_really_full(here, capsys):
    (here / "small").mkdir()
    with mounted("-t", "tmpfs", "-o", "size=8k", "tmpfs", here / "small"):
        assert train(f"--hidden 30 30 --epochs 2 --out {here}/small/net.npz") == 2
        assert os.listdir(here / "small") == []
    place = re.search(r"it came is in (.*)\n", capsys.readouterr().err)[1]
    assert storage.load_checkpoint(place)[2] == 2


def test_a_file_that_is_mounted_is_written_in_place(here):
    for name in ("net.npz", "inside.npz"):
        Path(name).write_bytes(b"old")
    with mounted("--bind", Path("inside.npz").resolve(), Path("net.npz").resolve()):
        out, err = started(*SHORT, cwd=".").communicate()
    assert err == "dnn: warning: net.npz: cannot be replaced; written in place\n"
    assert out.endswith("saved net.npz and net.png\n")
    assert storage.load_checkpoint("inside.npz")[2] == 1


def test_where_only_the_file_may_be_written_it_is(here, monkeypatch):
    fill = atomic._fill

    def refused(path, body):
        if path.suffix == ".tmp":
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        fill(path, body)

    Path("net.npz").write_bytes(b"old")
    monkeypatch.setattr(atomic, "_fill", refused)
    with pytest.warns(UserWarning, match=r"^net\.npz: cannot be replaced; written in"):
        assert train("--epochs 1") == 0
    assert storage.load_checkpoint("net.npz")[2] == 1


@pytest.mark.parametrize("place", ["/dev/null", "fifo", "folder", "absent/net.npz"])
def test_what_is_no_file_is_refused_before_the_training(place, here, capsys):
    os.mkfifo("fifo")
    Path("folder").mkdir()
    assert train(f"--epochs 1000000 --out {place}") == 2
    assert f"--out {place}: its folder does not exist or " in capsys.readouterr().err


def test_a_link_and_a_mode_are_kept(here):
    Path("target.npz").write_bytes(b"")
    Path("target.npz").chmod(0o600)
    Path("link.npz").symlink_to("target.npz")
    assert train("--epochs 1 --out link.npz") == 0
    assert Path("link.npz").is_symlink()
    assert Path("target.npz").stat().st_mode & 0o777 == 0o600
    assert storage.load_checkpoint("target.npz")[2] == 1


# ---- plots, streams, divergence ------------------------------------------------------


def test_a_plot_that_cannot_be_drawn_costs_nothing_else(here, monkeypatch, capsys):
    monkeypatch.undo()
    monkeypatch.chdir(here)
    Path("net.png").mkdir()
    assert train("--epochs 1") == 0
    said = capsys.readouterr()
    assert "\nsaved net.npz, without a plot of its cost: net.png: not a fi" in said.out
    assert said.err == ""
    assert storage.load_checkpoint("net.npz")[2] == 1


def test_without_matplotlib_it_trains(tmp_path):
    out, err = started(*SHORT, "without matplotlib", cwd=tmp_path).communicate()
    assert err == ""
    assert re.search(r"\nsaved net.npz, without a plot of its cost: .*matplotlib", out)
    assert storage.load_checkpoint(tmp_path / "net.npz")[2] == 1


@pytest.mark.parametrize("closed", ["2>&-", "<&- >&- 2>&-"])
def test_streams_may_be_closed(closed, tmp_path):
    line = f"{sys.executable} -m dnn train --data moons --hidden 2 --epochs 2 {closed}"
    done = subprocess.run(
        line, cwd=tmp_path, shell=True, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert storage.load_checkpoint(tmp_path / "net.npz")[2] == 2
    if closed == "2>&-":
        assert done.stdout.endswith("saved net.npz and net.png\n")


def test_a_terminal_may_go(tmp_path):
    reader, terminal = os.openpty()
    termios.tcsetwinsize(terminal, (24, 120))
    streams = {"stdout": terminal, "stderr": terminal}
    with started(*LONG, cwd=tmp_path, **streams) as process:
        os.close(terminal)
        shown = b""
        while b"epoch/s" not in shown:
            shown += os.read(reader, 1000)
        os.close(reader)
        time.sleep(0.3)
        process.send_signal(signal.SIGHUP)
    assert storage.load_checkpoint(tmp_path / "net.npz")[2] > 0


def test_who_reads_a_pipe_may_leave_it(tmp_path):
    with started(*LONG, cwd=tmp_path) as process:
        begun(process)
        process.stdout.close()
        process.send_signal(signal.SIGTERM)
        assert process.stderr.read() == ""
    assert process.returncode == 141
    assert storage.load_checkpoint(tmp_path / "net.npz")[2] > 0


def test_a_net_that_diverges_is_saved_as_it_was_before(here, capsys):
    """Each step takes the weights times −2, for αλ/m is 3, and overflows in the end."""
    words = "train --data moons --hidden --optimizer gradientdescent --lr 1"
    words += " --penalty 1500 --epochs"
    assert dnn(f"{words} 999") == 1
    said = capsys.readouterr()
    epoch = int(re.search(r"not finite in epoch (\d+) at lr 1: ", said.err)[1])
    assert said.err.endswith("; the net as far as it came is in net.npz\n")
    assert f"stopped after {epoch - 1} of 999 epochs" in said.out
    net, optimizer, epochs = storage.load_checkpoint("net.npz")
    assert (optimizer, epochs) == (None, epoch - 1)
    assert epoch > 50
    assert dnn(f"{words} {epochs} --out b.npz") == 0
    assert_array_equal(net.theta, storage.load("b.npz").theta)


@pytest.mark.parametrize("progress", [None, True, False])
def test_fit_runs_without_a_stream_and_without_tqdm(progress, monkeypatch):
    def trained():
        X, Y = np.ones((2, 3)), np.ones((1, 3))
        options = {"epochs": 2, "progress": progress}
        return fit(mlp([2, 1]), binary_cross_entropy, Adam(), (X, Y), **options)

    with monkeypatch.context() as patch:
        patch.setattr(sys, "stderr", None)
        assert len(trained().loss) == 2
    monkeypatch.setattr("dnn.training.find_spec", lambda name: None)
    assert len(trained().loss) == 2
