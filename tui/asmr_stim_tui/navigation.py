"""Where the cursor, the view and the selection go: each function returns the scene after a move."""

from collections.abc import Callable
from dataclasses import replace

from asmr_stim.annotation.lanes import packed_lanes
from asmr_stim.schema.annotation import Region
from asmr_stim_tui.scene import Edge, Scene
from asmr_stim_tui.spectrum import HIGHEST_HZ, LOWEST_HZ

ZOOM_STEP = 2.0
FIRST_HZ = 1000.0
FREQUENCY_STEP = 2 ** (1 / 6)
PAGE_SHARE = 0.8
"""A page leaves a fifth of the last one in view."""


def at_sample(scene: Scene, sample: int) -> Scene:
    """Return the scene with the cursor at a sample, kept in the clip and in view."""
    cursor = min(max(sample, 0), scene.clip.n_samples)
    return replace(scene, cursor=cursor, viewport=scene.viewport.showing(cursor))


def by_columns(scene: Scene, columns: int) -> Scene:
    """Return the scene with the cursor moved by whole columns, at least one sample each."""
    column = scene.viewport.column(scene.cursor)
    sample = scene.viewport.sample(column + columns)
    if columns > 0:
        return at_sample(scene, max(sample, scene.cursor + 1))
    return at_sample(scene, min(sample, scene.cursor - 1))


def by_milliseconds(scene: Scene, milliseconds: int) -> Scene:
    """Return the scene with the cursor moved by a time, rounded to samples, at least one."""
    n_samples = max(1, round(abs(milliseconds) * scene.clip.rate_hz / 1000))
    return at_sample(scene, scene.cursor + (n_samples if milliseconds > 0 else -n_samples))


def by_frequency(scene: Scene, steps: int) -> Scene:
    """Return the scene with the cursor higher or lower; beyond the axis it lets go of frequency."""
    before = scene.frequency_hz
    if before is None:
        return replace(scene, frequency_hz=FIRST_HZ)
    frequency_hz = before * FREQUENCY_STEP**steps
    is_on_axis = LOWEST_HZ <= frequency_hz <= min(HIGHEST_HZ, scene.clip.rate_hz / 2)
    return replace(scene, frequency_hz=frequency_hz if is_on_axis else None)


def by_page(scene: Scene, direction: int) -> Scene:
    """Return the scene with view and cursor moved by most of a page, forth (1) or back (-1)."""
    columns = round(scene.viewport.n_columns * PAGE_SHARE) * direction
    moved = replace(scene, viewport=scene.viewport.moved(columns))
    return at_sample(moved, scene.viewport.sample(scene.viewport.column(scene.cursor) + columns))


def zoomed(scene: Scene, factor: float, around: int | None = None) -> Scene:
    """Return the scene closer (factor above 1) or wider, around the cursor or another sample."""
    if around is not None:
        return replace(scene, viewport=scene.viewport.zoomed(factor, around))
    shown = scene.viewport.showing(scene.cursor)
    return replace(scene, viewport=shown.zoomed(factor, scene.cursor).showing(scene.cursor))


def whole(scene: Scene) -> Scene:
    """Return the scene with the whole clip in view."""
    viewport = scene.viewport
    return replace(scene, viewport=viewport.whole(viewport.n_samples, viewport.n_columns))


def framed(scene: Scene, region: Region) -> Scene:
    """Return the scene with a region filling the view."""
    return replace(
        scene, viewport=scene.viewport.framing(region.onset_sample, region.offset_sample)
    )


def selecting(scene: Scene, region_id: str) -> Scene:
    """Return the scene with a region selected and the cursor at its onset."""
    region = next(region for region in scene.regions if region.id == region_id)
    return at_sample(replace(scene, selected=region_id, grabbed=None), region.onset_sample)


def grabbing(scene: Scene, region: Region, edge: Edge) -> Scene:
    """Return the scene with the cursor holding an edge of the selected region."""
    sample = region.onset_sample if edge == "onset" else region.offset_sample
    return at_sample(replace(scene, grabbed=edge, mark_in=None, mark_out=None), sample)


def neighbour(scene: Scene, step: int) -> str | None:
    """Return the id of the region after (1) or before (-1) the selected one, or the cursor.

    With nothing selected, and nothing on that side of the cursor, it is the nearest on the other.
    """
    ids = [region.id for region in scene.regions]
    if scene.selected in ids:
        place = ids.index(scene.selected) + step
    else:
        n_before = sum(region.onset_sample < scene.cursor for region in scene.regions)
        place = min(max(n_before if step > 0 else n_before - 1, 0), len(ids) - 1)
    return ids[place] if 0 <= place < len(ids) else None


def with_regions(scene: Scene, regions: tuple[Region, ...], selected: str | None) -> Scene:
    """Return the scene with other regions; a selection that is gone is given up."""
    is_there = any(region.id == selected for region in regions)
    is_same = is_there and selected == scene.selected
    return replace(
        scene,
        regions=regions,
        lanes=packed_lanes(regions),
        selected=selected if is_there else None,
        grabbed=scene.grabbed if is_same else None,
    )


MOVES: dict[str, Callable[[Scene], Scene]] = {
    "cursor_left": lambda scene: by_columns(scene, -1),
    "cursor_right": lambda scene: by_columns(scene, 1),
    "page_left": lambda scene: by_page(scene, -1),
    "page_right": lambda scene: by_page(scene, 1),
    "back_1_ms": lambda scene: by_milliseconds(scene, -1),
    "on_1_ms": lambda scene: by_milliseconds(scene, 1),
    "back_10_ms": lambda scene: by_milliseconds(scene, -10),
    "on_10_ms": lambda scene: by_milliseconds(scene, 10),
    "higher": lambda scene: by_frequency(scene, 1),
    "lower": lambda scene: by_frequency(scene, -1),
    "clip_start": lambda scene: at_sample(scene, 0),
    "clip_end": lambda scene: at_sample(scene, scene.clip.n_samples),
    "zoom_in": lambda scene: zoomed(scene, ZOOM_STEP),
    "zoom_out": lambda scene: zoomed(scene, 1 / ZOOM_STEP),
    "whole_file": whole,
}
"""The moves that need nothing but the scene, by the id of their action."""

VIEW_MOVES = frozenset({"higher", "lower", "zoom_in", "zoom_out", "whole_file"})
"""Those that leave the cursor where it is."""
