"""The program as a user starts it: in a process of its own, or (sooner) in this one."""

import io
import os
import subprocess
import sys
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path
from unittest.mock import patch

from asmr_stim.cli import main


def asmr_stim_here(*words: object, folder: Path | None = None):
    """Run the program in this process; return what ``asmr_stim`` does."""
    out, err, code = io.StringIO(), io.StringIO(), 0
    argv = ["asmr-stim", *map(str, words)]
    with (
        chdir(folder or Path.cwd()), redirect_stdout(out), redirect_stderr(err),
        patch.object(sys, "argv", argv), patch.dict(os.environ, {"COLUMNS": "200"}),
    ):  # fmt: skip
        try:
            main()
        except SystemExit as left:
            code = int(left.code or 0)
    return subprocess.CompletedProcess(argv, code, out.getvalue(), err.getvalue())


def asmr_stim(*words: object, folder: Path | None = None, **environment: str):
    """Run the program; return the finished process with its two outputs as text."""
    return subprocess.run(
        [sys.executable, "-m", "asmr_stim", *map(str, words)],
        cwd=folder,
        env=os.environ | {"COLUMNS": "200", "TERM": "dumb"} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def python(code: str, *words: object, folder: Path | None = None, **environment: str):
    """Run a piece of Python in a fresh interpreter with the warnings that a user sees."""
    return subprocess.run(
        [sys.executable, "-c", code, *map(str, words)],
        cwd=folder,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )
