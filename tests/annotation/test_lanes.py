from annotation_builders import an_annotation
from hypothesis import given
from hypothesis import strategies as st

from asmr_stim.annotation.edits import in_time_order
from asmr_stim.annotation.lanes import packed_lanes

spans = st.lists(
    st.tuples(st.integers(0, 30), st.integers(1, 31)).filter(lambda s: s[0] < s[1]), max_size=12
)


@given(spans=spans)
def test_no_two_regions_of_a_lane_overlap_and_no_lane_is_wasted(spans):
    regions = in_time_order(an_annotation(*((*span, {}) for span in spans)).regions)
    lanes = packed_lanes(regions)
    at_once = [
        [lanes[r.id] for r in regions if r.onset_sample <= sample < r.offset_sample]
        for sample in range(31)
    ]
    assert all(len(set(sounding)) == len(sounding) for sounding in at_once)
    most = max((len(sounding) for sounding in at_once), default=0)
    assert len(set(lanes.values())) == most
