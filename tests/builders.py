"""Small makers of test inputs, and where the reference material lies."""

from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent


def shared_folder(*parts: str) -> Path:
    """Return a place in the reference material beside the repository, or skip the test."""
    place = REPOSITORY.parent.joinpath("shared", *parts)
    if not place.exists():
        pytest.skip(f"the reference material {'/'.join(parts)} is not beside the repository")
    return place
