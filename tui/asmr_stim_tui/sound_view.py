"""What can be drawn of the sound at this moment, and where that comes from."""

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from asmr_stim.io.audio_spans import AudioSpans
from asmr_stim.schema.annotation import Clip
from asmr_stim_tui.glimpses import Glimpses
from asmr_stim_tui.peaks import DetailedOutline, Outline
from asmr_stim_tui.sound_picture import PictureSize, SoundPicture, kept_picture, opened_picture
from asmr_stim_tui.sound_reader import Placed
from asmr_stim_tui.spectrum import DetailedSpectrum, Spectrum, window_samples

SHORT = 3_000_000
"""Samples of all channels, half a minute of stereo: so much is read without a process for it."""

_OUTLINE_WINDOW = 512  # samples of a glimpse that an outline is drawn from


class Drawable(NamedTuple):
    """What the pictures on the screen are drawn from.

    Parameters
    ----------
    outline : Outline
    scale : float
        The magnitude that reaches the edge of the outline's band, 0 to 1.
    spectrum : Spectrum
    share_read : float
        How much of the sound has been read, 0 to 1; 1 also if no more will be.
    """

    outline: Outline
    scale: float
    spectrum: Spectrum
    share_read: float


class SoundView:
    """The picture of a clip, close views from its samples, glimpses of what has not been read.

    Parameters
    ----------
    sound : Path
        The file of its samples.
    clip : Clip
    """

    def __init__(self, sound: Path, clip: Clip) -> None:
        self.size = PictureSize(clip.n_samples, clip.n_channels, clip.rate_hz)
        self.is_short = clip.n_samples * clip.n_channels <= SHORT
        self.is_given_up = False
        self._spans = AudioSpans(sound)
        self.picture = SoundPicture(self.size)
        if not self.is_short:
            self.picture = kept_picture(clip.sha256, self.size) or self.picture
        look = self._spans.read_only
        self._outline_looks = Glimpses(look, _OUTLINE_WINDOW, clip.n_channels)
        self._spectrum_looks = Glimpses(look, window_samples(clip.rate_hz), clip.n_channels)

    @property
    def share_read(self) -> float:
        """How much of the sound has been read, 0 to 1; 1 also if no more will be."""
        return 1.0 if self.is_given_up else self.picture.share

    @property
    def read(self) -> Callable[[int, int], NDArray[np.float32]]:
        """Reads any stretch of the samples."""
        return self._spans.read

    def take(self, placed: Placed) -> None:
        """Draw from a picture that another process fills, or has filled, from now on."""
        picture = opened_picture(placed.path, self.size)
        if not placed.is_kept:
            with contextlib.suppress(OSError):
                placed.path.unlink()
        if picture is None:
            self.is_given_up = True
            return
        if placed.is_whole:
            picture.filled_up_to(self.size.n_samples)
        if picture.share >= self.picture.share:
            self.picture = picture

    def drawable(self, gain_steps: int) -> Drawable:
        """Return what to draw now.

        Parameters
        ----------
        gain_steps : int
            How many times 6 dB larger than what fits.
        """
        outline = DetailedOutline(self.picture.peaks, self.read, self._outline_looks)
        spectrum = DetailedSpectrum(
            self.picture.spectrum, self.size.rate_hz, self.read, self._spectrum_looks
        )
        scale = 1.0
        while scale / 2 >= outline.largest > 0:
            scale /= 2
        return Drawable(outline, scale / 2**gain_steps, spectrum, self.share_read)

    def close(self) -> None:
        """Let go of the file; doing so again is harmless."""
        self._spans.close()
