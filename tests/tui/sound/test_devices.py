import sys
import time
from types import SimpleNamespace

import numpy as np
import pytest

from asmr_stim_tui.sound.choice import SOUND_CHOICES, open_line
from asmr_stim_tui.sound.devices import notice, open_miniaudio, open_silent, open_sounddevice
from asmr_stim_tui.sound.line import NoSoundError
from asmr_stim_tui.sound.line_player import LinePlayer
from asmr_stim_tui.sound.player import Stretch


class PortAudioError(Exception):
    pass


class Stream:
    """What a PortAudio stream looks like from here."""

    latency = 0.1
    starts = True

    def __init__(self, samplerate, channels, dtype, callback):
        self.rate, self.channels, self.callback = samplerate, channels, callback
        self.is_running = self.is_closed = False
        assert dtype == "float32"

    def start(self):
        if not self.starts:
            raise PortAudioError("Device unavailable [PaErrorCode -9985]")
        self.is_running = True

    def abort(self):
        self.is_running = False

    def close(self):
        self.is_closed = True

    def ask(self, n_frames):
        """Return what the device would sound."""
        frames = np.full((n_frames, self.channels), 9, np.float32)
        self.callback(frames, n_frames, None, None)
        return frames


@pytest.fixture
def portaudio(monkeypatch):
    """A stand-in for sounddevice with one device of two channels at 44.1 kHz."""

    def query_devices(kind):
        if library.device is None:
            raise PortAudioError("Error querying device -1")
        return library.device

    def output_stream(**options):
        if options["samplerate"] not in library.rates:
            raise PortAudioError("Invalid sample rate [PaErrorCode -9997]")
        library.stream = Stream(**options)
        return library.stream

    library = SimpleNamespace(
        PortAudioError=PortAudioError,
        query_devices=query_devices,
        OutputStream=output_stream,
        device={"max_output_channels": 2, "default_samplerate": 44100.0},
        rates={44100, 48000},
        stream=None,
    )
    monkeypatch.setitem(sys.modules, "sounddevice", library)
    return library


@pytest.fixture
def no_libraries(monkeypatch):
    for name in ("sounddevice", "miniaudio"):
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.delenv("SSH_CONNECTION", raising=False)


def test_the_stream_opens_at_the_clips_own_rate(portaudio):
    line = open_sounddevice(48000, 2)
    assert (line.rate_hz, line.n_channels, portaudio.stream.rate) == (48000, 2, 48000)
    assert line.notice is None


def test_a_rate_that_the_device_refuses_is_said_in_a_sentence(portaudio):
    line = open_sounddevice(192000, 2)
    assert line.rate_hz == portaudio.stream.rate == 44100
    assert line.notice == (
        "The device refuses 192 kHz, so that what is heard is resampled to 44.1 kHz; the file and "
        "its times stay as they are."
    )


def test_channels_that_cannot_be_heard_are_said():
    assert notice(48000, 48000, 2, 2) is None
    assert "channels 1 to 2 of 8; nothing is mixed" in notice(48000, 48000, 8, 2)
    assert "channel 1 of 2" in notice(48000, 48000, 2, 1)


def test_a_device_that_refuses_every_rate_is_none(portaudio):
    portaudio.rates = set()
    with pytest.raises(NoSoundError, match=r"cannot be opened .Invalid sample rate"):
        open_sounddevice(48000, 2)


def test_a_machine_without_device_or_library_has_no_sound(portaudio, monkeypatch):
    portaudio.device = None
    with pytest.raises(NoSoundError, match="sounddevice finds no device"):
        open_sounddevice(48000, 2)
    monkeypatch.setitem(sys.modules, "sounddevice", None)
    with pytest.raises(NoSoundError, match="sounddevice is not installed"):
        open_sounddevice(48000, 2)
    monkeypatch.setitem(sys.modules, "miniaudio", None)
    with pytest.raises(NoSoundError, match="miniaudio is not installed"):
        open_miniaudio(48000, 2)


def test_without_anything_every_reason_is_named(no_libraries):
    with pytest.raises(NoSoundError, match="sounddevice is not installed; miniaudio is not"):
        open_line("auto", 48000, 2)


def test_over_ssh_no_device_of_the_far_machine_is_opened(portaudio, monkeypatch):
    monkeypatch.setenv("SSH_CONNECTION", "10.0.0.1 50000 10.0.0.2 22")
    monkeypatch.delenv("PULSE_SERVER", raising=False)
    with pytest.raises(NoSoundError, match="SSH carries none"):
        open_line("auto", 48000, 2)
    assert open_line("sounddevice", 48000, 2).name == "sounddevice"
    monkeypatch.setenv("PULSE_SERVER", "localhost:4713")
    assert open_line("auto", 48000, 2).name == "sounddevice"


def test_the_choices_are_those_of_the_command():
    assert SOUND_CHOICES == ("auto", "sounddevice", "miniaudio", "browser", "silent", "none")


SAMPLES = np.random.default_rng(1).standard_normal((48000, 2)).astype(np.float32)


@pytest.fixture
def player(portaudio):
    line = open_sounddevice(48000, 2)
    return LinePlayer(line, lambda first, last: SAMPLES[first:last], 48000)


def has_read(player):
    """Wait until the player has read its stretch."""
    while not player._feed._is_read:
        time.sleep(0.001)


def test_a_stretch_goes_to_the_device_and_its_position_is_what_is_heard(player, portaudio):
    stream = portaudio.stream
    assert player.position is None
    player.play(Stretch(1000, 12000))
    assert stream.is_running
    has_read(player)
    assert np.array_equal(stream.ask(6000), SAMPLES[1000:7000])
    assert player.position == 1000 + 6000 - 4800  # 0.1 s is on its way
    stream.ask(6000)
    assert player.position == 12000 - 4800 + 1000
    stream.ask(4000)
    assert player.position is None
    assert not stream.is_running


def test_what_is_played_next_takes_the_place_of_what_played(player, portaudio):
    player.play(Stretch(0, 40000))
    portaudio.stream.ask(100)
    player.play(Stretch(20000, 40000))
    assert np.array_equal(portaudio.stream.ask(10), SAMPLES[20000:20010])
    player.stop()
    assert player.position is None
    assert not portaudio.stream.ask(10).any()
    player.close()
    assert portaudio.stream.is_closed


def test_a_device_that_has_been_unplugged_is_said(player, portaudio):
    portaudio.stream.starts = False
    with pytest.raises(NoSoundError, match=r"does not start .Device unavailable"):
        player.play(Stretch(0, 100))
    assert player.position is None


def test_miniaudio_gets_the_frames_that_it_asks_for(monkeypatch):
    miniaudio = pytest.importorskip("miniaudio")
    opened = miniaudio.PlaybackDevice

    def silent_device(**options):
        return opened(**options, backends=[miniaudio.Backend.NULL])

    monkeypatch.setattr(miniaudio, "PlaybackDevice", silent_device)
    line = open_miniaudio(48000, 2)
    assert "converts and does not tell" in line.notice
    asked = []
    player = LinePlayer(line, lambda first, last: asked.append(first) or SAMPLES[first:last], 48000)
    player.play(Stretch(0, 4800))
    while player.position is not None:
        time.sleep(0.001)
    player.close()
    assert asked[0] == 0


def test_the_silent_clock_comes_to_the_end_of_what_it_plays():
    line = open_silent(48000, 2)
    player = LinePlayer(line, lambda first, last: SAMPLES[first:last], 48000)
    player.play(Stretch(0, 480))
    while player.position is not None:
        time.sleep(0.001)
    player.close()
