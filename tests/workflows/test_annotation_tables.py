import json
import math

from annotation_builders import SOURCES, a_clip, an_annotation
from hypothesis import given
from hypothesis import strategies as st

from asmr_stim.io.tables import read_table
from asmr_stim.workflows.annotation_tables import write_annotation_tables


def written(folder, annotation):
    return write_annotation_tables(annotation, folder / "clip.rs.asmr.yaml")


def test_each_region_is_an_event_in_seconds_and_samples(tmp_path):
    fields = {"source": "tapping", "secondary_sources": ("rain",), "intensity": 3, "notes": "a\nb"}
    events, _ = written(tmp_path, an_annotation((250, 500, fields), (0, 100, {})))
    first, second = read_table(events).rows
    assert (first["onset"].text, first["source"].text) == ("0.0", None)
    told = {name: second[name].text for name in ("onset", "duration", "source", "notes")}
    assert told == {"onset": "0.25", "duration": "0.25", "source": "tapping", "notes": "a b"}
    assert (second["secondary_sources"].text, second["offset_sample"].text) == ("rain", "500")


def test_the_share_of_time_of_each_source_is_a_row(tmp_path):
    annotation = an_annotation(
        (0, 600, {"source": "tapping"}),
        (400, 800, {"source": "tapping"}),
        (0, 100, {"source": "rain"}),
    )
    _, shares = written(tmp_path, annotation)
    rows = [(row["source"].text, row["share"].text) for row in read_table(shares).rows]
    assert rows == [("tapping", "0.8"), ("rain", "0.1")]
    assert (
        "Primary source: tapping"
        in json.loads(shares.with_suffix(".json").read_text())["Description"]
    )


def test_the_sidecar_names_clip_rater_and_units(tmp_path):
    events, _ = written(tmp_path, an_annotation((0, 10, {})))
    sidecar = json.loads(events.with_suffix(".json").read_text())
    assert sidecar["onset"]["Units"] == "s"
    assert "clip.wav" in sidecar["Description"]
    assert "annotated by rs" in sidecar["Description"]


@given(
    st.lists(
        st.tuples(st.integers(0, 900), st.integers(1, 100), st.sampled_from(SOURCES)), max_size=6
    ),
    st.sampled_from([8000, 44100, 48000, 192000]),
)
def test_seconds_give_the_samples_back(tmp_path_factory, spans, rate_hz):
    regions = [(on, on + n, {"source": source}) for on, n, source in spans] or [(0, 1, {})]
    annotation = an_annotation(*regions, clip=a_clip(rate_hz=rate_hz))
    events, _ = written(tmp_path_factory.mktemp("t"), annotation)
    for row in read_table(events).rows:
        onset, duration = (float(row[name].text) * rate_hz for name in ("onset", "duration"))
        assert math.isclose(onset, int(row["onset_sample"].text), abs_tol=1e-6)
        assert round(onset + duration) == int(row["offset_sample"].text)
