"""What opening a clip and a frame of the annotator cost, on a pseudo-terminal of 200x50.

    python benchmarks/annotator.py [--minutes 60] [--frames 60]

Opens a clip of noise bursts without a cache: time to the first picture, time of one page while the
sound is still read, time until all is read. Opens it again from the cache, zooms in 128 times, and
pages on through it. For each page: CPU of the program (user and system, from /proc) and bytes that
it sent. The same once more with the spectrogram drawn from Textual's ordinary Segments, in the same
minutes: the ratio is what counts, since times depend on the machine and on what else it does.
"""

import argparse
import contextlib
import fcntl
import os
import pty
import select
import signal
import struct
import sys
import tempfile
import termios
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

SIZE = (200, 50)
QUIET_S = 0.15  # a frame is over when nothing has come for this long
PATIENCE_S = 300.0
RATE_HZ = 48000

PROGRAM = """
import sys
from asmr_stim.cli import main
clip, way = sys.argv[1:]
if way == "ordinary":
    from textual.strip import Strip
    from asmr_stim_tui.pixel_strip import PixelStrip
    PixelStrip.render = Strip.render
    PixelStrip.crop = Strip.crop
    PixelStrip.divide = Strip.divide
sys.argv[1:] = ["annotate", clip, "--rater", "bench", "--sound", "none"]
main()
"""


MARKS = """marks: CPU <= 12 ms and <= 100 kB a page, first picture < 3 s cold and < 1 s cached,
memory <= 100 MB"""


@dataclass(frozen=True)
class Opening:
    """What opening a clip costs that was never seen before."""

    first_picture_s: float
    page_while_reading_s: float
    read_s: float


@dataclass(frozen=True)
class Cost:
    """What one way of drawing costs, per page, on a clip from the cache."""

    cpu_ms: float
    kilobytes: float
    first_picture_s: float
    resident_mb: float


class Program:
    """The annotator on a pseudo-terminal, with what it sends counted."""

    def __init__(self, clip: Path, way: str) -> None:
        self.began = time.monotonic()
        environment = os.environ | {
            "TERM": "xterm-256color",
            "COLORTERM": "truecolor",
            "XDG_CACHE_HOME": str(clip.parent / "cache"),
        }
        unwanted = {"COLUMNS", "LINES", "SSH_CONNECTION", "NO_COLOR", "PYTHONDONTWRITEBYTECODE"}
        environment = {k: v for k, v in environment.items() if k not in unwanted}
        self.process, self.terminal = pty.fork()
        if self.process == 0:
            arguments = [sys.executable, "-c", PROGRAM, str(clip), way]
            os.execve(sys.executable, arguments, environment)  # noqa: S606 the program measured
        size = struct.pack("HHHH", SIZE[1], SIZE[0], 0, 0)
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, size)
        self.tail = b""

    def read_until_quiet(self, quiet_s: float = QUIET_S) -> int:
        """Return how many bytes come until nothing has come for a while."""
        n_bytes = 0
        while select.select([self.terminal], [], [], quiet_s)[0]:
            piece = os.read(self.terminal, 1 << 20)
            n_bytes += len(piece)
            self.tail = (self.tail + piece)[-200_000:]
        return n_bytes

    def wait_for(self, words: bytes) -> None:
        """Read until the program has written the words."""
        end = time.monotonic() + PATIENCE_S
        while words not in self.tail:
            self.read_until_quiet(0.02)
            if time.monotonic() > end:
                raise SystemExit(f"the annotator never wrote {words!r}")

    def wait_until_read(self) -> None:
        """Wait until the status line no longer says that the sound is being read."""
        self.wait_for(b"whole clip")
        while b"reading" in self.tail[-60_000:]:
            self.tail = b""
            self.read_until_quiet(1.0)

    def press(self, keys: bytes) -> int:
        """Type keys, and return how many bytes came in answer."""
        os.write(self.terminal, keys)
        while not select.select([self.terminal], [], [], PATIENCE_S)[0]:
            pass
        return self.read_until_quiet()

    def answer_s(self, keys: bytes) -> float:
        """Type keys, and return how long the answer takes."""
        began = time.monotonic()
        os.write(self.terminal, keys)
        self.tail = b""
        self.wait_for("▀".encode())
        return time.monotonic() - began

    def cpu_s(self) -> float:
        """Return the CPU that the program has used so far."""
        fields = Path(f"/proc/{self.process}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def resident_mb(self) -> float:
        """Return the memory that the program holds."""
        status = Path(f"/proc/{self.process}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0]) / 1024

    def close(self) -> None:
        """End the program."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.process, signal.SIGTERM)
        os.waitpid(self.process, 0)
        os.close(self.terminal)


def clip_of_bursts(path: Path, minutes: float) -> None:
    """Write quiet stereo noise with louder bursts, a second at a time."""
    dice = np.random.default_rng(0)
    with soundfile.SoundFile(path, "w", RATE_HZ, 2, "PCM_16") as file:
        for second in range(round(60 * minutes)):
            loudness = 0.004 if second % 3 else 0.1
            file.write(dice.standard_normal((RATE_HZ, 2)) * loudness)


def first_picture_s(program: Program) -> float:
    """Return the time from the start of a program to its first picture of the spectrum."""
    program.wait_for("▀".encode())
    return time.monotonic() - program.began


def start_once(folder: Path) -> None:
    """Open a second of sound, so that the program's bytecode is there, as it is once installed."""
    clip = folder / "first.wav"
    clip_of_bursts(clip, 1 / 60)
    program = Program(clip, "fast")
    try:
        first_picture_s(program)
    finally:
        program.close()


def opening_of(clip: Path) -> Opening:
    """Return what opening a clip costs that was never seen before."""
    program = Program(clip, "fast")
    try:
        first_s = first_picture_s(program)
        program.press(b"++")
        answer_s = program.answer_s(b"\x1b[1;2C")
        program.press(b"f")
        program.wait_until_read()
        return Opening(first_s, answer_s, time.monotonic() - program.began)
    finally:
        program.close()


def cost_of(clip: Path, way: str, n_frames: int) -> Cost:
    """Return what paging through a clip from the cache costs in one way of drawing."""
    program = Program(clip, way)
    try:
        first_s = first_picture_s(program)
        program.wait_until_read()
        program.read_until_quiet(2.0)
        program.press(b"+++++++")
        before = program.cpu_s()
        n_bytes = [program.press(b"\x1b[1;2C") for _ in range(n_frames)]
        cpu_ms = (program.cpu_s() - before) / n_frames * 1000
        return Cost(cpu_ms, float(np.median(n_bytes)) / 1000, first_s, program.resident_mb())
    finally:
        program.close()


def main() -> None:
    """Measure opening and both ways of drawing, and print them."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--frames", type=int, default=60)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        clip = Path(folder) / "bursts.wav"
        clip_of_bursts(clip, options.minutes)
        start_once(Path(folder))
        opening = opening_of(clip)
        costs = {way: cost_of(clip, way, options.frames) for way in ("fast", "ordinary")}
        kept_mb = sum(path.stat().st_size for path in Path(folder).glob("cache/**/*.picture")) / 1e6
    print(f"{options.minutes:g} min, 48 kHz stereo, terminal {SIZE[0]}x{SIZE[1]}, truecolor")
    print(
        f"first opening: picture after {opening.first_picture_s:.2f} s, "
        f"a page while the sound is read {opening.page_while_reading_s * 1000:.0f} ms, "
        f"all read after {opening.read_s:.1f} s, {kept_mb:.0f} MB kept"
    )
    print(f"{'':10}{'CPU ms/page':>12}{'kB/page':>9}{'cached picture s':>18}{'memory MB':>11}")
    for way, cost in costs.items():
        print(
            f"{way:10}{cost.cpu_ms:12.1f}{cost.kilobytes:9.1f}{cost.first_picture_s:18.2f}"
            f"{cost.resident_mb:11.0f}"
        )
    fast, ordinary = costs["fast"], costs["ordinary"]
    print(
        f"ordinary / fast: CPU {ordinary.cpu_ms / fast.cpu_ms:.2f}, "
        f"bytes {ordinary.kilobytes / fast.kilobytes:.2f}"
    )
    print(MARKS)


if __name__ == "__main__":
    main()
