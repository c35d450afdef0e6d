"""What a library writes to descriptor 2 does not reach the terminal; what Textual draws does."""

import subprocess
import sys

PROGRAM = """
import os, sys
from asmr_stim_tui.sound.quiet import error_output_for_screen_alone

sys.__stderr__.write("before\\n")
sys.__stderr__.flush()
with error_output_for_screen_alone():
    os.write(2, b"ALSA lib confmisc.c: cannot find card\\n")
    sys.__stderr__.write("the screen\\n")
    sys.__stderr__.flush()
    print("why it broke off", file=sys.stderr, flush=True)
os.write(2, b"after\\n")
"""


def test_only_the_screen_writes_to_the_error_output_while_it_is_drawn():
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True
    )
    assert done.stderr == "before\nthe screen\nwhy it broke off\nafter\n"
