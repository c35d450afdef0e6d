"""Lets ``python -m asmr_stim`` do what ``asmr-stim`` does."""

from asmr_stim.cli import main

main()
