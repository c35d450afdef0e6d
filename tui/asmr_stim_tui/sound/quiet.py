"""Keep what sound libraries write to the error output off the screen.

ALSA, JACK and PortAudio write to file descriptor 2 whenever they like: while a device is looked
for, and when it is late in the middle of playing. Textual draws on the same descriptor. So for as
long as the screen is drawn it gets a copy of its own, and descriptor 2 leads nowhere.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_ERROR_OUTPUT = 2


@contextmanager
def error_output_for_screen_alone() -> Iterator[None]:
    """Let only the screen write to the terminal's error output while this lasts."""
    stream, errors = sys.__stderr__, sys.stderr
    try:
        kept = os.dup(_ERROR_OUTPUT)
        nowhere = os.open(os.devnull, os.O_WRONLY)
    except OSError:  # no error output, or no descriptors left: nothing can be kept apart
        yield
        return
    screen = os.fdopen(os.dup(kept), "w", encoding="utf-8", errors="backslashreplace")
    try:
        if stream is not None:
            stream.flush()
        os.dup2(nowhere, _ERROR_OUTPUT)
        sys.__stderr__ = screen  # type: ignore[misc]  # Textual's driver looks for it here
        sys.stderr = screen  # and says here why it broke off, if it did
        yield
    finally:
        sys.__stderr__ = stream  # type: ignore[misc]
        sys.stderr = errors
        os.dup2(kept, _ERROR_OUTPUT)
        with suppress(OSError):
            screen.close()
        os.close(kept)
        os.close(nowhere)
