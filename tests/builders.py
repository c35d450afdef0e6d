"""Small makers of test inputs, and where the reference material lies."""

import os
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent


def shared_folder(*parts: str) -> Path:
    """Return a place in the reference material beside the repository, or skip the test."""
    place = REPOSITORY.parent.joinpath("shared", *parts)
    if not place.exists():
        pytest.skip(f"the reference material {'/'.join(parts)} is not beside the repository")
    return place


def interpreter(variable: str, package: str) -> str:
    """Return the Python of another environment that holds a package, or skip the test.

    Programs that this one must not depend on are asked in an environment of their own.
    """
    python = os.environ.get(variable)
    if not python:
        pytest.skip(f"{variable} names no Python with {package}")
    return python
