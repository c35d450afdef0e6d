"""Sound in video and AAC containers, decoded by the ``ffmpeg`` program where there is one.

``probe`` tells what the first audio track holds and where it lies on the container's clock,
``decoded_blocks`` streams it through a pipe: native rate, every channel, single precision.

Time 0 is the first thing that the container shows or plays, as in a player. What an encoder put in
front of the sound (priming, pre-skip) is taken away, whether the container tells of it or not:
every AAC encoder puts at least one frame there, and MP3 and AC-3 have a usual delay. A track that
begins later has silence before it, and a hole in its time stamps is filled with silence, so that
sound and picture stay together.
"""

import json
import shutil
import struct
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from asmr_stim.errors import InputError, UnreadableFileError
from asmr_stim.io.containers import Container

FINEST_OFFSET_S = 0.002  # Matroska counts in milliseconds: less than two is no offset
_PROBED_PACKETS = 24
_AU_HEADER = struct.Struct(">4s5I")  # magic, offset of the data, size, encoding, rate, channels
_PROBE_S = 60
_USUAL_DELAYS = {"mp3": 1105, "ac3": 256, "eac3": 256}  # samples; LAME 576 and the decoder 529
_LARGEST_TAIL_FRAMES = 4096  # padding of the last frame of a codec; more than this is sound


@dataclass(frozen=True, slots=True)
class Track:
    """The first audio track of a container, and how it is placed in time.

    Parameters
    ----------
    path : Path
        The file.
    container : Container
        Its form.
    codec : str
        As ffmpeg calls it, such as ``aac``.
    rate_hz, n_channels : int
        Of the decoded sound.
    n_tracks : int
        Audio tracks in the file, of which this is the first.
    decoder : str
        Program and version.
    n_delay : int
        Samples of the codec's delay that are not part of the sound.
    is_delay_assumed : bool
        The container does not tell of a delay, so that the usual one of the codec is taken.
    n_silence : int
        Samples of silence put before the sound, because it begins later than the container.
    n_stated : int or None
        Samples that the container says the sound has, without the silence.
    about_s : float
        About how long the file lasts, seconds; 0 where it does not say.
    """

    path: Path
    container: Container
    codec: str
    rate_hz: int
    n_channels: int
    n_tracks: int
    decoder: str
    n_delay: int
    is_delay_assumed: bool
    n_silence: int
    n_stated: int | None
    about_s: float = 0.0

    @property
    def n_dropped(self) -> int:
        """Samples at the start of what ffmpeg decodes that are no sound."""
        return self.n_delay if self.is_delay_assumed else 0


def is_installed() -> bool:
    """Say whether the programs ``ffmpeg`` and ``ffprobe`` can be found."""
    return all(map(shutil.which, ("ffmpeg", "ffprobe")))


def probe(path: Path, container: Container) -> Track:
    """Return what the first audio track is and when it begins.

    Raises
    ------
    UnreadableFileError
        If ffmpeg cannot make sense of the file.
    InputError
        If there is no sound in it.
    """
    content = _probed(path, container, "-show_streams", "-show_format", "-show_program_version")
    streams: list[dict[str, Any]] = content.get("streams", [])
    tracks = [stream for stream in streams if stream.get("codec_type") == "audio"]
    if not tracks:
        raise InputError(f"{path} is {container.words} without any sound; give one that has sound")
    track = tracks[0]
    if not int(track.get("channels", 0)) or not int(track.get("sample_rate", 0)):
        raise _failed(path, container, f"its {track.get('codec_name', 'unknown')} sound is unknown")
    begin = _beginning(path, container, track)
    return Track(
        path=path,
        container=container,
        codec=str(track.get("codec_name", "unknown")),
        rate_hz=begin.rate_hz,
        n_channels=int(track["channels"]),
        n_tracks=len(tracks),
        decoder=f"ffmpeg {content.get('program_version', {}).get('version', '')}".strip(),
        n_delay=begin.n_delay,
        is_delay_assumed=begin.is_assumed,
        n_silence=_silence(begin, streams),
        n_stated=_stated_length(track, begin) if container.demuxer == "mov" else None,
        about_s=float(content.get("format", {}).get("duration", 0.0)),
    )


def decoded_blocks(track: Track, block_frames: int) -> Iterator[NDArray[np.float32]]:
    """Yield the sound of a track block by block, placed in time.

    Parameters
    ----------
    track : Track
        As ``probe`` found it.
    block_frames : int
        Frames in each block but the last, at least 1.

    Yields
    ------
    ndarray of float32, shape (frames, channels)
        Full scale [-1, 1]; never empty.

    Raises
    ------
    UnreadableFileError
        If ffmpeg fails or complains; what was yielded before is not the whole.
    """
    parts = _without_tail(track, _from_pipe(track, block_frames))
    return _rebuffered(_placed(track, parts), block_frames)


@dataclass(frozen=True, slots=True)
class _Beginning:
    """When the sound of a track begins on the container's clock, and what stood before it."""

    rate_hz: int
    start_s: float
    n_delay: int
    is_assumed: bool


def _beginning(path: Path, container: Container, track: dict[str, Any]) -> _Beginning:
    """Look at the first packets and frames of a track."""
    entries = "packet=pts_time,side_data_list:frame=pts_time,nb_samples"
    content = _probed(
        path, container, "-select_streams", "a:0", "-read_intervals", f"%+#{_PROBED_PACKETS}",
        "-show_packets", "-show_frames", "-show_entries", entries,
    )  # fmt: skip
    found: list[dict[str, Any]] = content.get("packets_and_frames", [])
    packets = [each for each in found if each.get("type") == "packet"]
    frames = [each for each in found if each.get("type") == "frame"]
    if not packets or not frames:
        raise _failed(path, container, "no sound can be decoded at its start")
    rate_hz = int(track["sample_rate"])
    first_s, packet_s = _time_s(frames[0]), _time_s(packets[0])
    skipped = _stated_skip(track, packets) or max(round((first_s - packet_s) * rate_hz), 0)
    usual = _USUAL_DELAYS | {"aac": int(frames[0].get("nb_samples", 1024))}  # a frame of AAC
    n_usual = usual.get(str(track.get("codec_name")), 0)
    if skipped or not n_usual:
        return _Beginning(rate_hz, first_s, skipped, is_assumed=False)
    return _Beginning(rate_hz, first_s + n_usual / rate_hz, n_usual, is_assumed=True)


def _time_s(entry: dict[str, Any]) -> float:
    """Return the time stamp of a packet or frame; formats without any begin at 0."""
    text = entry.get("pts_time", "N/A")
    return 0.0 if text == "N/A" else float(text)


def _stated_skip(track: dict[str, Any], packets: list[dict[str, Any]]) -> int:
    """Return how many samples ffmpeg leaves out because the container says so."""
    for packet in packets:
        for side in packet.get("side_data_list", []):
            if int(side.get("skip_samples", 0)):
                return int(side["skip_samples"])
    return int(track.get("initial_padding", 0))


def _silence(begin: _Beginning, streams: list[dict[str, Any]]) -> int:
    """Return the samples from the first picture to the first sound, 0 if the sound is first."""
    pictures_s = [
        float(stream["start_time"])
        for stream in streams
        if stream.get("codec_type") == "video"
        and stream.get("start_time", "N/A") != "N/A"
        and not stream.get("disposition", {}).get("attached_pic")
    ]
    offset_s = begin.start_s - min([begin.start_s, *pictures_s])
    return round(offset_s * begin.rate_hz) if offset_s >= FINEST_OFFSET_S else 0


def _stated_length(track: dict[str, Any], begin: _Beginning) -> int | None:
    """Return how many samples an MPEG-4 file says its sound has, from the first one on."""
    text = track.get("duration", "N/A")
    if text == "N/A":
        return None
    n_stated = round(float(text) * begin.rate_hz)
    return n_stated - begin.n_delay if begin.is_assumed else n_stated


def _placed(track: Track, parts: Iterator[NDArray[np.float32]]) -> Iterator[NDArray[np.float32]]:
    """Yield silence, then the sound without what the encoder put before it."""
    left = track.n_silence
    while left > 0:
        n_frames = min(left, 65536)
        yield np.zeros((n_frames, track.n_channels), np.float32)
        left -= n_frames
    drop = track.n_dropped
    for part in parts:
        if drop < len(part):
            yield part[drop:]
        drop = max(drop - len(part), 0)


def _without_tail(
    track: Track, parts: Iterator[NDArray[np.float32]]
) -> Iterator[NDArray[np.float32]]:
    """Leave out the padding of the last frame, where the container says how long the sound is."""
    if track.n_stated is None:
        yield from parts
        return
    last, done = track.n_stated + track.n_dropped, 0
    beyond: list[NDArray[np.float32]] = []
    for part in parts:
        inside = max(last - done, 0)
        if inside:
            yield part[:inside]
        if inside < len(part):
            beyond.append(part[inside:])
        done += len(part)
        if done - last > _LARGEST_TAIL_FRAMES:  # more than padding: the stated length is wrong
            yield np.concatenate(beyond)
            yield from parts
            return


def _rebuffered(
    parts: Iterator[NDArray[np.float32]], block_frames: int
) -> Iterator[NDArray[np.float32]]:
    """Yield the same frames in blocks of one size, the last one shorter."""
    waiting: list[NDArray[np.float32]] = []
    n_waiting = 0
    for part in parts:
        if len(part) == 0:
            continue
        waiting.append(part)
        n_waiting += len(part)
        if n_waiting < block_frames:
            continue
        together = np.concatenate(waiting)
        n_whole = n_waiting - n_waiting % block_frames
        for start in range(0, n_whole, block_frames):
            yield together[start : start + block_frames]
        waiting, n_waiting = [together[n_whole:]], n_waiting - n_whole
    if n_waiting:
        yield np.concatenate(waiting)


def _from_pipe(track: Track, block_frames: int) -> Iterator[NDArray[np.float32]]:
    """Yield what ffmpeg decodes, from the first sample to the last."""
    with _decoding(track) as pipe:
        header = pipe.read(_AU_HEADER.size)
        if len(header) < _AU_HEADER.size:
            return
        _, offset, _, _, rate_hz, n_channels = _AU_HEADER.unpack(header)
        if (rate_hz, n_channels) != (track.rate_hz, track.n_channels):
            detail = f"it changes to {rate_hz} Hz and {n_channels} channels"
            raise _failed(track.path, track.container, detail)
        pipe.read(offset - _AU_HEADER.size)
        n_bytes = 4 * n_channels
        while content := pipe.read(n_bytes * block_frames):
            whole = content[: len(content) - len(content) % n_bytes]
            yield np.frombuffer(whole, ">f4").astype(np.float32).reshape(-1, n_channels)


@contextmanager
def _decoding(track: Track) -> Iterator[IO[bytes]]:
    """Run ffmpeg and give its output; fail at the end if it failed or complained."""
    command = [
        "ffmpeg", "-nostdin", "-v", "error", "-xerror", "-threads", "1",
        *_input(track.path, track.container), "-map", "0:a:0", "-af", "aresample=async=1",
        "-c:a", "pcm_f32be", "-f", "au", "-bitexact", "pipe:1",
    ]  # fmt: skip
    with tempfile.TemporaryFile() as talk:
        process = subprocess.Popen(  # noqa: S603 our own words and a path, no shell
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=talk
        )
        try:
            assert process.stdout is not None, "it was asked for"  # noqa: S101 for mypy
            yield process.stdout
            code = process.wait()
            talk.seek(0)
            complaint = _last_line(talk.read())
        finally:
            process.kill()
            process.wait()
            if process.stdout is not None:
                process.stdout.close()
    if code or complaint:
        raise _failed(track.path, track.container, complaint or f"it ended with code {code}")


def _probed(path: Path, container: Container, *questions: str) -> dict[str, Any]:
    """Return what ffprobe answers."""
    command = ["ffprobe", "-v", "error", "-of", "json", *questions, *_input(path, container)]
    try:
        done = subprocess.run(  # noqa: S603 our own words and a path, no shell
            command, capture_output=True, check=False, timeout=_PROBE_S, stdin=subprocess.DEVNULL
        )
        content: dict[str, Any] = json.loads(done.stdout or b"{}")
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        raise _failed(path, container, f"ffprobe does not answer: {error}") from None
    if done.returncode:
        raise _failed(path, container, _last_line(done.stderr) or "ffprobe failed")
    return content


def _input(path: Path, container: Container) -> list[str]:
    """Return how a program of ffmpeg is told its input: a local file of this form, nothing else."""
    address = f"file:{path.absolute()}"
    return ["-protocol_whitelist", "file,pipe", "-f", container.demuxer, "-i", address]


def _last_line(talk: bytes) -> str:
    """Return the last thing that ffmpeg said, without the name of the part that said it."""
    lines = [line.strip() for line in talk.decode(errors="replace").splitlines() if line.strip()]
    if not lines:
        return ""
    return lines[-1].rsplit("] ", 1)[-1].rsplit(": ", 1)[-1].rstrip(".")


def _failed(path: Path, container: Container, detail: str) -> UnreadableFileError:
    return UnreadableFileError(
        f"{path} is {container.words} that ffmpeg cannot decode whole ({detail}); copy or download "
        f"it again, or keep what is left of it with: ffmpeg -i {path.name} {path.stem}.wav"
    )
