"""The devices that this program knows: sounddevice, miniaudio, and a clock without sound.

Each function opens one at the clip's own rate and channels. A device that refuses the rate is
opened at its own instead, and says so; the file is never changed.
"""

import threading
import time
from collections.abc import Generator
from contextlib import suppress
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from asmr_stim_tui.sound.line import NoSoundError, Take

SILENT_STEP_S = 0.01
MINIAUDIO_BUFFER_MS = 40


def open_sounddevice(rate_hz: int, n_channels: int) -> "SounddeviceLine":
    """Open the usual output of this machine through PortAudio."""
    try:
        library = import_module("sounddevice")
    except ImportError:
        raise NoSoundError("sounddevice is not installed") from None
    except OSError:
        raise NoSoundError("sounddevice finds no PortAudio library") from None
    try:
        device = library.query_devices(kind="output")
    except (library.PortAudioError, ValueError):
        raise NoSoundError("sounddevice finds no device") from None
    return SounddeviceLine(library, device, rate_hz, n_channels)


class SounddeviceLine:
    """A stream of PortAudio.

    Parameters
    ----------
    library : module
        ``sounddevice``.
    device : dict
        What PortAudio tells of the device.
    rate_hz, n_channels : int
        Of the clip.
    """

    name = "sounddevice"

    def __init__(self, library: Any, device: dict[str, Any], rate_hz: int, n_channels: int) -> None:
        self._library = library
        self._take: Take | None = None
        self.n_channels = max(1, min(n_channels, int(device["max_output_channels"])))
        self.rate_hz, self._stream = self._opened(rate_hz, int(device["default_samplerate"]))
        self.latency_s = float(self._stream.latency)
        self.notice = notice(rate_hz, self.rate_hz, n_channels, self.n_channels)

    def _opened(self, rate_hz: int, usual_hz: int) -> tuple[int, Any]:
        """Return rate and stream: the clip's rate, or the device's own if it refuses that."""
        reason: object = ""
        for rate in dict.fromkeys((rate_hz, usual_hz)):
            try:
                return rate, self._library.OutputStream(
                    samplerate=rate,
                    channels=self.n_channels,
                    dtype="float32",
                    callback=self._fill,
                )
            except (self._library.PortAudioError, ValueError) as error:
                reason = error
        raise NoSoundError(f"the device cannot be opened ({one_line(reason)})")

    def _fill(self, frames: NDArray[np.float32], n_frames: int, *_: object) -> None:
        frames[:] = 0 if self._take is None else self._take(n_frames)

    def start(self, take: Take) -> None:
        """Begin to ask for frames."""
        self._take = take
        try:
            self._stream.start()
        except self._library.PortAudioError as error:
            raise NoSoundError(f"the device does not start ({one_line(error)})") from None

    def stop(self) -> None:
        """Ask for no more."""
        with suppress(self._library.PortAudioError):
            self._stream.abort()
        self._take = None

    def close(self) -> None:
        """Let go of the device."""
        with suppress(self._library.PortAudioError):
            self._stream.close()


def open_miniaudio(rate_hz: int, n_channels: int) -> "MiniaudioLine":
    """Open the usual output of this machine through miniaudio."""
    try:
        library = import_module("miniaudio")
    except ImportError:
        raise NoSoundError("miniaudio is not installed") from None
    try:
        device = library.PlaybackDevice(
            output_format=library.SampleFormat.FLOAT32,
            nchannels=n_channels,
            sample_rate=rate_hz,
            buffersize_msec=MINIAUDIO_BUFFER_MS,
            app_name="asmr-stim",
        )
    except library.MiniaudioError:
        raise NoSoundError("miniaudio finds no device") from None
    return MiniaudioLine(library, device, rate_hz, n_channels)


class MiniaudioLine:
    """A device of miniaudio.

    It takes every rate and number of channels, converts where the device has others, and does not
    tell whether it does.

    Parameters
    ----------
    library : module
        ``miniaudio``.
    device : miniaudio.PlaybackDevice
    rate_hz, n_channels : int
        Of the clip.
    """

    name = "miniaudio"
    latency_s = MINIAUDIO_BUFFER_MS / 1000

    def __init__(self, library: Any, device: Any, rate_hz: int, n_channels: int) -> None:
        self._library = library
        self._device = device
        self.rate_hz = rate_hz
        self.n_channels = n_channels
        self.notice: str | None = (
            f"miniaudio plays at {rate_hz / 1000:g} kHz; if the device runs at another rate, or "
            "has fewer channels, it converts and does not tell."
        )

    def start(self, take: Take) -> None:
        """Begin to ask for frames."""
        frames = _frames(take)
        next(frames)
        try:
            self._device.start(frames)
        except self._library.MiniaudioError as error:
            raise NoSoundError(f"the device does not start ({one_line(error)})") from None

    def stop(self) -> None:
        """Ask for no more."""
        with suppress(self._library.MiniaudioError):
            self._device.stop()

    def close(self) -> None:
        """Let go of the device."""
        with suppress(self._library.MiniaudioError):
            self._device.close()


def _frames(take: Take) -> Generator[bytes, int, None]:
    """Yield as many frames as are sent for, as miniaudio wants them."""
    n_frames = yield b""
    while True:
        n_frames = yield take(n_frames).tobytes()


def open_silent(rate_hz: int, n_channels: int) -> "SilentLine":
    """Return a clock that takes frames at their rate and lets nobody hear them."""
    return SilentLine(rate_hz, n_channels)


class SilentLine:
    """Takes frames as fast as a device would.

    Parameters
    ----------
    rate_hz, n_channels : int
        Of the clip.
    """

    name = "silent"
    latency_s = 0.0
    notice: str | None = None

    def __init__(self, rate_hz: int, n_channels: int) -> None:
        self.rate_hz = rate_hz
        self.n_channels = n_channels
        self._stopped = threading.Event()

    def start(self, take: Take) -> None:
        """Begin to ask for frames."""
        self._stopped = threading.Event()
        threading.Thread(
            target=self._run, args=(take, self._stopped), name="silent clock", daemon=True
        ).start()

    def _run(self, take: Take, stopped: threading.Event) -> None:
        began, n_taken = time.monotonic(), 0
        while not stopped.wait(SILENT_STEP_S):
            n_due = int((time.monotonic() - began) * self.rate_hz)
            take(n_due - n_taken)
            n_taken = n_due

    def stop(self) -> None:
        """Ask for no more."""
        self._stopped.set()

    def close(self) -> None:
        """Stop the clock."""
        self.stop()


def notice(rate_hz: int, line_rate_hz: int, n_channels: int, n_heard: int) -> str | None:
    """Return what is heard otherwise than it is in the file, in a sentence; None if nothing is.

    Parameters
    ----------
    rate_hz, line_rate_hz : int
        Of the clip, and of the device.
    n_channels, n_heard : int
        Channels of the clip, and of the device.
    """
    said = []
    if line_rate_hz != rate_hz:
        said.append(
            f"The device refuses {rate_hz / 1000:g} kHz, so that what is heard is resampled to "
            f"{line_rate_hz / 1000:g} kHz; the file and its times stay as they are."
        )
    if n_heard < n_channels:
        heard = "channel 1" if n_heard == 1 else f"channels 1 to {n_heard}"
        said.append(f"The device lets you hear {heard} of {n_channels}; nothing is mixed.")
    return " ".join(said) or None


def one_line(error: object) -> str:
    """Return what an error says, without its end of a sentence."""
    return " ".join(str(error).split()).rstrip(".")
