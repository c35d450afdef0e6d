"""The series of a clip as tables of frames, and its onsets as a table of events."""

from dataclasses import replace
from functools import partial

from asmr_stim.io.frames import EventTable, FrameTable
from asmr_stim.io.series import SeriesStores
from asmr_stim.io.tables import Column
from asmr_stim.schema.profile import FeatureList, channel_names
from asmr_stim.workflows.clip_findings import Findings


def frame_tables(
    found: Findings, stores: SeriesStores, features: FeatureList
) -> list[FrameTable | EventTable]:
    """Return every series of a clip or region that has frames, and when its events begin.

    Parameters
    ----------
    found : Findings
        What the families have found; the times of a region are those of its clip.
    stores : SeriesStores
        Where the values are.
    features : FeatureList
        Expanded for levels; gives units and meanings.
    """
    known = {feature.name: feature for feature in features.features}
    begin_s = 0.0 if found.part is None else found.part.onset_s
    onsets_s = {
        channel: [begin_s + time_s for time_s in times]
        for channel, times in found.onset_times_s().items()
    }
    tables: list[FrameTable | EventTable] = [EventTable("onsets", onsets_s)]
    for series in found.series:
        if series.clock is None:
            continue
        columns = tuple(
            Column(name, known[name].definition, known[name].unit, "single")
            for name in series.columns
        )
        names = ("pair",) if series.is_of_pair else channel_names(found.info.n_channels)
        clock = replace(series.clock, first_s=begin_s + series.clock.first_s)
        tables.append(
            FrameTable(series.name, columns, names, clock, partial(stores.column, series.name))
        )
    return tables
