"""What the bytes of a media file tell: its container, its codec, and whether its end is missing."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from io import BufferedReader

# RIFF sizes that writers to a pipe leave in place because they could not seek back.
_UNKNOWN_SIZES = (0, 0x7FFFFFFF, 0xFFFFFFFF)
_OGG_END_OF_STREAM = 0x04  # RFC 3533, section 6, header type flag
_OGG_PAGE_LIMIT = 65307  # RFC 3533: largest page in bytes
_SEARCHED_BYTES = 2**20  # a codec is named near the start, or in the index of an MPEG-4 file

_WORDS_OF_CODECS = {
    b"mp4a": "AAC",
    b"A_AAC": "AAC",
    b"Opus": "Opus",
    b"A_OPUS": "Opus",
    b"A_VORBIS": "Vorbis",
    b"alac": "ALAC",
    b"fLaC": "FLAC",
    b"A_FLAC": "FLAC",
    b"ac-3": "AC-3",
    b"ec-3": "E-AC-3",
    b"A_AC3": "AC-3",
    b"A_PCM": "PCM",
    b"sowt": "PCM",
    b"lpcm": "PCM",
}


@dataclass(frozen=True, slots=True)
class Container:
    """A form of file that libsndfile does not read.

    Parameters
    ----------
    name : str
        Short, as a profile tells it.
    words : str
        As a sentence tells it, with its article.
    demuxer : str
        What ffmpeg calls it; empty where it does not say when the sound begins, so that such a file
        is refused.
    """

    name: str
    words: str
    demuxer: str


MP4 = Container("MP4", "an MPEG-4 file (mp4)", "mov")
AAC = Container("AAC", "raw AAC", "aac")
_BRANDS = {
    b"qt  ": Container("MOV", "a QuickTime file (mov)", "mov"),
    b"M4A ": Container("M4A", "MPEG-4 audio (m4a)", "mov"),
    b"M4B ": Container("M4A", "an MPEG-4 audiobook (m4b)", "mov"),
}
_WEBM = Container("WEBM", "WebM", "matroska")
_MATROSKA = Container("MATROSKA", "Matroska (mkv)", "matroska")
_WINDOWS_MEDIA = Container("ASF", "Windows Media (wma or wmv)", "")
_AVI = Container("AVI", "an AVI video", "")
_ADTS = (b"\xf0", b"\xf1", b"\xf8", b"\xf9")  # after 0xff: MPEG-4 or MPEG-2, with CRC or without
_ATOMS_OF_OLD_QUICKTIME = (b"moov", b"mdat", b"wide", b"free", b"skip")


def foreign_container(head: bytes) -> Container | None:
    """Return the container that libsndfile does not read, or None.

    Parameters
    ----------
    head : bytes
        The first 64 bytes of the file.
    """
    if head[4:8] == b"ftyp":
        return _BRANDS.get(head[8:12], MP4)
    if head[4:8] in _ATOMS_OF_OLD_QUICKTIME:
        return _BRANDS[b"qt  "]
    if head[:4] == b"\x1a\x45\xdf\xa3":
        return _WEBM if b"webm" in head else _MATROSKA
    others = (
        (AAC, head[:1] == b"\xff" and head[1:2] in _ADTS),
        (_WINDOWS_MEDIA, head[:4] == b"\x30\x26\xb2\x75"),
        (_AVI, head[:4] == b"RIFF" and head[8:12] == b"AVI "),
    )
    return next((container for container, is_it in others if is_it), None)


def codec_words(file: BufferedReader, container: Container, n_bytes: int) -> str:
    """Return ``with AAC sound`` or the like, as far as the bytes tell it; else nothing."""
    if container == AAC:
        return ""
    file.seek(0)
    if container.demuxer == "mov":
        places = [place for place, name, _ in _boxes(file, n_bytes) if name == b"moov"]
        file.seek(places[0] if places else 0)
    content = file.read(_SEARCHED_BYTES)
    for word, codec in _WORDS_OF_CODECS.items():
        if word in content:
            return f" with {codec} sound"
    return ""


def missing_bytes(file: BufferedReader, head: bytes, n_bytes: int) -> int:
    """Return how many bytes are missing at the end at least, 0 if nothing tells of a loss.

    libsndfile shortens a cut WAV or OGG file silently, so the headers are looked at here.

    Parameters
    ----------
    file : BufferedReader
        The open file.
    head : bytes
        Its first bytes.
    n_bytes : int
        Its size.
    """
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        return _missing_in_wav(file, n_bytes)
    if head[:4] == b"OggS":
        return _missing_in_ogg(file, n_bytes)
    container = foreign_container(head)
    if container is not None and container.demuxer == "mov":
        return max((place + size - n_bytes for place, _, size in _boxes(file, n_bytes)), default=0)
    return 0


def _boxes(file: BufferedReader, n_bytes: int) -> Iterator[tuple[int, bytes, int]]:
    """Yield place, name and stated size of each outermost box.

    References
    ----------
    ISO/IEC 14496-12, 4.2.
    """
    place = 0
    while place + 8 <= n_bytes:
        file.seek(place)
        head = file.read(16)
        size, name = struct.unpack(">I4s", head[:8])
        if size == 1 and len(head) == 16:
            size = struct.unpack(">Q", head[8:])[0]
        if size == 0:
            size = n_bytes - place  # the last box, to the end of the file
        if size < 8:
            return
        yield place, name, size
        place += size


def _missing_in_wav(file: BufferedReader, n_bytes: int) -> int:
    """Walk the chunks to the one that holds the samples and compare its size with the file's."""
    place = 12
    while place + 8 <= n_bytes:
        file.seek(place)
        name, size = struct.unpack("<4sI", file.read(8))
        if name == b"data":
            return 0 if size in _UNKNOWN_SIZES else max(place + 8 + size - n_bytes, 0)
        place += 8 + size + size % 2
    return 0


def _missing_in_ogg(file: BufferedReader, n_bytes: int) -> int:
    """Return 1 if the last page does not say that it is the last one."""
    file.seek(max(n_bytes - _OGG_PAGE_LIMIT, 0))
    tail = file.read()
    page = tail.rfind(b"OggS")
    is_last = page >= 0 and len(tail) > page + 5 and bool(tail[page + 5] & _OGG_END_OF_STREAM)
    return 0 if is_last else 1
