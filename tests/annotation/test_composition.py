import numpy as np
import pytest
from annotation_builders import SOURCES, an_annotation
from hypothesis import given
from hypothesis import strategies as st

from asmr_stim.annotation.composition import MIXED, composition, primary_source

spans = st.tuples(st.integers(0, 999), st.integers(1, 1000)).filter(lambda s: s[0] < s[1])
regions = st.lists(
    st.tuples(spans, st.none() | st.sampled_from(SOURCES), st.sets(st.sampled_from(SOURCES))),
    max_size=8,
)


def annotated(drawn):
    return an_annotation(
        *(
            (*span, {"source": main, "secondary_sources": sorted(others - {main})})
            for span, main, others in drawn
        )
    )


@given(drawn=regions)
def test_shares_are_those_of_painting_every_sample(drawn):
    painted = {source: np.zeros(1000, bool) for source in SOURCES}
    for (onset, offset), main, others in drawn:
        for source in others | ({main} - {None}):
            painted[source][onset:offset] = True
    expected = {source: cells.mean() for source, cells in painted.items() if cells.any()}
    found = {share.source: share.share for share in composition(annotated(drawn))}
    assert found == pytest.approx(expected)


def test_the_same_source_twice_at_once_counts_once():
    shares = composition(an_annotation((0, 60, {"source": "rain"}), (40, 80, {"source": "rain"})))
    assert [(s.source, s.n_samples) for s in shares] == [("rain", 80)]


def test_two_sources_at_once_both_count():
    shares = composition(
        an_annotation((0, 1000, {"source": "rain", "secondary_sources": ["whisper"]}))
    )
    assert [s.share for s in shares] == [1.0, 1.0]


@pytest.mark.parametrize(
    ("second", "primary"), [(89, "rain"), (90, MIXED), (100, MIXED), (0, "rain")]
)
def test_within_a_tenth_of_the_longest_is_mixed(second, primary):
    regions = [(0, 100, {"source": "rain"})]
    if second:
        regions.append((500, 500 + second, {"source": "whisper"}))
    assert primary_source(composition(an_annotation(*regions))) == primary


def test_nothing_labelled_has_no_composition():
    assert composition(an_annotation((0, 10, {}))) == ()
    assert primary_source(()) is None
