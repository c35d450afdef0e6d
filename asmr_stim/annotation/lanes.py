"""Which row a region is drawn in, so that overlapping regions do not hide each other."""

from collections.abc import Sequence

from asmr_stim.schema.annotation import Region


def packed_lanes(regions: Sequence[Region]) -> dict[str, int]:
    """Return the lane of each region, by id, from 0.

    A region takes the first lane that is free at its onset; with regions in order of time this
    needs as few lanes as the largest number of regions that sound at once.

    Parameters
    ----------
    regions : sequence of Region
        In order of onset.
    """
    ends: list[int] = []
    lanes = {}
    for region in regions:
        lane = next((i for i, end in enumerate(ends) if end <= region.onset_sample), len(ends))
        ends[lane : lane + 1] = [region.offset_sample]
        lanes[region.id] = lane
    return lanes
