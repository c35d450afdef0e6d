"""Small makers of clips, annotations and edits."""

from contextlib import suppress
from pathlib import Path

import numpy as np
import soundfile
from hypothesis import strategies as st
from textual.worker import WorkerCancelled

from asmr_stim.annotation.session import AnnotationSession
from asmr_stim.errors import InputError
from asmr_stim.io.taxonomy import load_taxonomy
from asmr_stim.schema.annotation import EARS, PACES, Annotation, Clip

TAXONOMY = load_taxonomy()
CONTEXT = {"taxonomy": TAXONOMY}
N_SAMPLES = 1000

SOURCES = ("tapping", "whisper", "rain", "brushing")


def a_clip(n_samples=N_SAMPLES, rate_hz=1000, n_channels=2, sha256="0" * 64, file="clip.wav"):
    return Clip(
        file=file, sha256=sha256, rate_hz=rate_hz, n_samples=n_samples, n_channels=n_channels
    )


def an_annotation(*regions, clip=None, rater="rs"):
    return Annotation.model_validate(
        {
            "clip": clip or a_clip(),
            "rater": rater,
            "taxonomy_version": TAXONOMY.taxonomy_version,
            "regions": [
                {"id": f"r{number:03d}", "onset_sample": onset, "offset_sample": offset} | fields
                for number, (onset, offset, fields) in enumerate(regions, start=1)
            ],
        },
        context=CONTEXT,
    )


class Kept(list):
    """A journal in memory."""

    def append(self, step):
        super().append(step)


def a_session(*regions, journal=None, clip=None):
    return AnnotationSession(an_annotation(*regions, clip=clip), TAXONOMY, journal)


def write_clip(path: Path, seconds=1.0, n_channels=2, rate_hz=8000, samples=None):
    """Write a sound file of quiet noise with a click in the middle, and return its path."""
    if samples is None:
        n_samples = max(1, round(seconds * rate_hz))
        samples = np.random.default_rng(0).standard_normal((n_samples, n_channels)) * 0.02
        samples[n_samples // 2] = 0.5
    soundfile.write(path, samples, rate_hz, subtype="FLOAT" if path.suffix == ".wav" else None)
    return path


async def sound_is_read(app, pilot):
    """Wait until the annotator has read its sound, or has found that it cannot."""
    while app.share_read < 1 and app.trouble is None and app._exception is None:
        await pilot.pause(0.01)
    with suppress(WorkerCancelled):  # it leaves when it finds that it cannot
        await app.workers.wait_for_complete()
    await pilot.pause()


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
fields = st.one_of(
    st.tuples(st.just("ear"), st.sampled_from(EARS)),
    st.tuples(st.just("intensity"), st.none() | st.integers(1, 5)),
    st.tuples(st.just("pace"), st.none() | st.sampled_from(PACES)),
    st.tuples(st.just("confidence"), st.none() | st.floats(0, 1)),
    st.tuples(st.just("notes"), texts),
)
places = st.integers(0, N_SAMPLES)
commands = st.one_of(
    st.tuples(st.just("add"), places, places),
    st.tuples(st.just("delete"), st.integers(0, 9)),
    st.tuples(st.just("relabel"), st.integers(0, 9), st.none() | st.sampled_from(SOURCES)),
    st.tuples(st.just("also"), st.integers(0, 9), st.lists(st.sampled_from(SOURCES), max_size=3)),
    st.tuples(st.just("set_edges"), st.integers(0, 9), places, places),
    st.tuples(st.just("set_field"), st.integers(0, 9), fields),
    st.tuples(st.just("duplicate"), st.integers(0, 9)),
    st.tuples(st.just("split"), st.integers(0, 9), places),
    st.tuples(st.just("merge"), st.integers(0, 9), st.integers(0, 9)),
    st.just(("undo",)),
    st.just(("redo",)),
)


def perform(session, command):
    """Do a command on a session; one that cannot be done changes nothing."""
    before = session.annotation
    try:
        _perform(session, command)
    except InputError:
        assert session.annotation == before


def _perform(session, command):
    name, *arguments = command
    if name in {"undo", "redo"}:
        getattr(session, name)()
        return
    if name == "add":
        session.add(*arguments)
        return
    if not session.regions:
        return
    region_id, *rest = (session.regions[arguments[0] % len(session.regions)].id, *arguments[1:])
    if name == "relabel":
        session.relabel(region_id, source=rest[0])
    elif name == "also":
        session.relabel(region_id, secondary_sources=tuple(rest[0]))
    elif name == "set_field":
        session.set_field(region_id, *rest[0])
    elif name == "merge":
        session.merge(region_id, session.regions[rest[0] % len(session.regions)].id)
    else:
        getattr(session, name)(region_id, *rest)
