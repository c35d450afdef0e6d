"""What ``ffprobe`` says of sound in video and AAC containers: how it is coded, when it begins.

Time 0 is the first thing that the container shows or plays, as in a player. What an encoder put in
front of the sound (priming, pre-skip) is no part of it, whether the container tells of it or not:
every AAC encoder puts at least one frame there, and MP3 and AC-3 have a usual delay.

Offers: ``probe``, ``Track``, ``is_installed``; for what talks to ``ffmpeg`` as well,
``input_words``, ``last_line``, ``failed``.
"""

import json
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from asmr_stim.errors import InputError, UnreadableFileError
from asmr_stim.io.containers import Container

FINEST_OFFSET_S = 0.002  # Matroska counts in milliseconds: less than two is no offset
_PROBED_PACKETS = 24
_PROBE_S = 60
_USUAL_DELAYS = {"mp3": 1105, "ac3": 256, "eac3": 256}  # samples; LAME 576 and the decoder 529


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
        raise failed(path, container, f"its {track.get('codec_name', 'unknown')} sound is unknown")
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
        raise failed(path, container, "no sound can be decoded at its start")
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


def _probed(path: Path, container: Container, *questions: str) -> dict[str, Any]:
    """Return what ffprobe answers."""
    command = ["ffprobe", "-v", "error", "-of", "json", *questions, *input_words(path, container)]
    try:
        done = subprocess.run(  # noqa: S603 our own words and a path, no shell
            command, capture_output=True, check=False, timeout=_PROBE_S, stdin=subprocess.DEVNULL
        )
        content: dict[str, Any] = json.loads(done.stdout or b"{}")
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        raise failed(path, container, f"ffprobe does not answer: {error}") from None
    if done.returncode:
        raise failed(path, container, last_line(done.stderr) or "ffprobe failed")
    return content


def input_words(path: Path, container: Container) -> list[str]:
    """Return how a program of ffmpeg is told its input: a local file of this form, nothing else."""
    address = f"file:{path.absolute()}"
    return ["-protocol_whitelist", "file,pipe", "-f", container.demuxer, "-i", address]


def last_line(talk: bytes) -> str:
    """Return the last thing that ffmpeg said, without the name of the part that said it."""
    lines = [line.strip() for line in talk.decode(errors="replace").splitlines() if line.strip()]
    if not lines:
        return ""
    return lines[-1].rsplit("] ", 1)[-1].rsplit(": ", 1)[-1].rstrip(".")


def failed(path: Path, container: Container, detail: str) -> UnreadableFileError:
    """Return the error that says of a file why the programs cannot make use of it."""
    return UnreadableFileError(
        f"{path} is {container.words} that ffmpeg cannot decode whole ({detail}); copy or download "
        f"it again, or keep what is left of it with: ffmpeg -i {path.name} {path.stem}.wav"
    )
