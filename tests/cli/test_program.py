import os
import signal
import subprocess
import sys
import time

import pytest
from program import asmr_stim_here, python

from asmr_stim import __version__
from asmr_stim.cli import COMMANDS

HEAVY = (
    "numba", "nilearn", "nibabel", "textual", "scipy", "numpy", "matplotlib", "librosa", "pydantic",
    "soundfile", "jinja2", "yaml",
)  # fmt: skip
FAIL = """
import sys
import typer
import asmr_stim.cli.validate as command
from asmr_stim import cli

command.app = typer.Typer()

@command.app.command()
def validate(path: str) -> None:
    raise {error}

sys.argv = ["asmr-stim", *sys.argv[1:]]
cli.main()
"""


def failing(error, *words):
    """Run the program with a command that fails with an error."""
    return python(FAIL.replace("{error}", error), *words, "validate", "x")


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_answers_help(name):
    done = asmr_stim_here(name, "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert "Usage:" in done.stdout


def test_help_lists_every_command_with_a_summary():
    done = asmr_stim_here("--help")
    assert done.returncode == 0
    for name, (_, summary) in COMMANDS.items():
        assert name in done.stdout
        assert summary in done.stdout


def test_help_loads_nothing_heavy():
    code = (
        "import sys\nfrom asmr_stim import cli\nsys.argv = ['asmr-stim', '--help']\n"
        "try:\n    cli.main()\nexcept SystemExit:\n    pass\n"
        "print([name for name in sys.argv_heavy if name in sys.modules])"
    ).replace("sys.argv_heavy", repr(HEAVY))
    done = python(code)
    assert done.stdout.rstrip("\n").split("\n")[-1] == "[]"


def test_the_version_is_told():
    assert asmr_stim_here("--version").stdout == f"asmr-stim {__version__}\n"


def test_no_command_is_help_and_misuse():
    done = asmr_stim_here()
    assert done.returncode == 2
    assert "Usage:" in done.stdout + done.stderr


def test_an_unknown_command_is_misuse_in_one_sentence():
    done = asmr_stim_here("vlidate", "x")
    assert done.returncode == 2
    assert "No such command 'vlidate'" in done.stderr


def test_a_misspelt_command_is_met_with_the_one_that_was_meant():
    done = asmr_stim_here("taxnomy")
    assert done.returncode == 2
    assert "Did you mean 'taxonomy'?" in done.stderr


def test_a_fault_of_the_program_is_one_sentence_and_its_own_exit_code():
    done = failing("KeyError('inner')")
    assert done.returncode == 70
    assert done.stderr.startswith(
        "asmr-stim: a fault of the program, not of your files (KeyError: 'inner')"
    )
    assert done.stderr.count("\n") == 1
    assert "--debug" in done.stderr


@pytest.mark.parametrize(
    ("error", "said"),
    [
        ("OSError(28, 'No space left on device')", "the system refused: No space left on device"),
        ("OSError(24, 'Too many open files', 'a.wav')", "Too many open files (a.wav)"),
        ("MemoryError()", "there is not enough memory"),
    ],
)
def test_what_the_machine_refuses_is_one_sentence(error, said):
    done = failing(error)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert said in done.stderr


@pytest.mark.parametrize(
    ("error", "code"), [("KeyError('inner')", 70), ("cli.AsmrStimError('it is wrong')", 1)]
)
def test_debug_shows_where_an_error_arose(error, code):
    done = failing(error, "--debug")
    assert done.returncode == code
    assert "Traceback" in done.stderr
    assert "raise " in done.stderr
    assert done.stderr.rstrip("\n").split("\n")[-1].startswith("asmr-stim: ")


def test_an_interruption_is_one_sentence():
    done = failing("KeyboardInterrupt")
    assert done.returncode == 130
    assert done.stderr.startswith("asmr-stim: interrupted")
    assert done.stderr.count("\n") == 1


def test_ctrl_c_during_a_review_leaves_nothing_behind(tmp_path):
    code = (  # a shell may have started the tests deaf to Ctrl-C
        "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler); "
        "from asmr_stim.cli import main; sys.argv = ['asmr-stim', 'review', '--out', 'report']; "
        "main()"
    )
    program = subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=tmp_path, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    until = time.monotonic() + 30
    while time.monotonic() < until and not list(tmp_path.iterdir()):
        time.sleep(0.02)
    program.send_signal(signal.SIGINT)
    _, said = program.communicate(timeout=30)
    assert program.returncode == 130
    assert "Traceback" not in said
    assert list(tmp_path.iterdir()) == []


def test_a_reader_who_leaves_early_is_no_error():
    program = subprocess.Popen(
        [sys.executable, "-m", "asmr_stim", "taxonomy", "tree"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    program.stdout.close()
    said = program.stderr.read()
    program.stderr.close()
    assert program.wait(timeout=30) == 141
    assert said == b""


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no full device here")  # noqa: PTH110 a device
def test_a_full_disk_is_one_sentence():
    with open("/dev/full", "w", encoding="utf-8") as full:  # noqa: PTH123 a device
        done = subprocess.run(
            [sys.executable, "-m", "asmr_stim", "taxonomy", "tree"],
            stdout=full, stderr=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr == "asmr-stim: the system refused: No space left on device\n"
