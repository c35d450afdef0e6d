"""The terminal that the output goes to, if it goes to one."""

import os
import shutil
import sys


def terminal_width() -> int | None:
    """Return the columns of the terminal; None where the output goes to a file or program."""
    if sys.stdout.isatty() or "COLUMNS" in os.environ:
        return shutil.get_terminal_size().columns
    return None
