"""What the first bytes of a media file tell: its container, and whether its end is missing."""

import struct
from io import BufferedReader

# RIFF sizes that writers to a pipe leave in place because they could not seek back.
_UNKNOWN_SIZES = (0, 0x7FFFFFFF, 0xFFFFFFFF)
_OGG_END_OF_STREAM = 0x04  # RFC 3533, section 6, header type flag
_OGG_PAGE_LIMIT = 65307  # RFC 3533: largest page in bytes

_BRANDS = {b"qt  ": "a QuickTime file (mov)", b"M4A ": "MPEG-4 audio (m4a)"}


def container_name(head: bytes) -> str | None:
    """Return a container that libsndfile does not read, named for a person, or None.

    Parameters
    ----------
    head : bytes
        The first 64 bytes of the file.
    """
    if head[4:8] == b"ftyp":
        return _BRANDS.get(head[8:12], "an MPEG-4 file (mp4)")
    if head[:4] == b"\x1a\x45\xdf\xa3":
        return "WebM" if b"webm" in head else "Matroska (mkv or webm)"
    if head[:2] in (b"\xff\xf1", b"\xff\xf9"):
        return "raw AAC"
    if head[:4] == b"\x30\x26\xb2\x75":
        return "Windows Media (wma or wmv)"
    if head[:4] == b"RIFF" and head[8:12] == b"AVI ":
        return "an AVI video"
    return None


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
    return 0


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
