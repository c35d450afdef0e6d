"""The true length of an MP3 file that does not state it.

A file of varying bit rate without the header of Xing or VBRI leaves the decoder to guess its length
from the first frame, and a guess that is too short would cut the sound silently.
"""

import mmap
from pathlib import Path

_VERSION_1, _LAYER_3 = 3, 1
_KBPS = {
    True: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),  # MPEG-1 layer III
    False: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),  # MPEG-2 and 2.5
}
_RATES_HZ = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}
_STATED_BY = (b"Xing", b"Info", b"VBRI")
_HEADER_BYTES = 200  # the first frame says its length within so many bytes


def unstated_frames(path: Path) -> int | None:
    """Return the number of samples in each channel, counted frame by frame.

    Returns
    -------
    int or None
        None if the file states its length, or is not plain MPEG layer III from start to end.
    """
    if path.stat().st_size == 0:
        return None
    with (
        path.open("rb") as file,
        mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content,  # most files: one page
    ):
        return _counted(content)


def _counted(content: mmap.mmap) -> int | None:
    place = after_tag(content)
    if any(name in content[place : place + _HEADER_BYTES] for name in _STATED_BY):
        return None
    n_samples = 0
    while place + 4 <= len(content):
        frame = _frame(content[place : place + 4])
        if frame is None:
            break
        n_bytes, samples = frame
        place, n_samples = place + n_bytes, n_samples + samples
    return n_samples or None


def after_tag(content: bytes | mmap.mmap) -> int:
    """Return where the sound begins, behind an ID3 tag."""
    if content[:3] != b"ID3" or len(content) < 10:
        return 0
    size = 0
    for byte in content[6:10]:
        size = size * 128 + (byte & 0x7F)
    return 10 + size


def _frame(head: bytes) -> tuple[int, int] | None:
    """Return bytes and samples of the frame that a header begins; None if it is no header.

    References
    ----------
    ISO/IEC 11172-3, 2.4.1.3 and 2.4.2.3.
    """
    version, layer = (head[1] >> 3) & 3, (head[1] >> 1) & 3
    rate_index, kbps_index = (head[2] >> 2) & 3, head[2] >> 4
    is_sync = head[0] == 0xFF and head[1] >> 5 == 7
    if not is_sync or layer != _LAYER_3 or version == 1 or rate_index == 3:
        return None
    if kbps_index in {0, 15}:
        return None
    is_first = version == _VERSION_1
    samples = 1152 if is_first else 576
    rate_hz = _RATES_HZ[version][rate_index]
    padding = (head[2] >> 1) & 1
    return samples // 8 * _KBPS[is_first][kbps_index] * 1000 // rate_hz + padding, samples
