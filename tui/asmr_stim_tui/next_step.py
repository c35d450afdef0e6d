"""What a person can do next, in one sentence: the annotator's whole manual."""

import re

from asmr_stim.schema.annotation import Region
from asmr_stim_tui.actions import Keymap, shown_key
from asmr_stim_tui.clock import clock
from asmr_stim_tui.scene import Scene

_KEY_NAME = re.compile(r"\{(\w+)\}")


_LOOKING = "Only looking: {next_region} goes on, {play} plays. To edit, close the other session."


def next_step(scene: Scene, keys: Keymap, *, is_read_only: bool = False) -> str:
    """Return the sentence for this moment, short enough for 78 columns."""
    sentence = _LOOKING if is_read_only else _sentence(scene)
    return _KEY_NAME.sub(lambda name: shown_key(keys[name[1]][0]), sentence)


def _sentence(scene: Scene) -> str:
    """Return the sentence with ids of actions in braces for their keys."""
    if scene.grabbed is not None:
        edge = "begin" if scene.grabbed == "onset" else "end"
        held = f"Holding the {edge} of {scene.selected}"
        return held + ": {cursor_left} {cursor_right} move it, {snap} snaps, {cancel} lets go."
    if scene.mark_in is not None:
        began = clock(scene.seconds(scene.mark_in))
        go = "Go with {cursor_right} to where the sound ends, press {mark_out}. {cancel} forgets."
        return f"In at {began}. {go}"
    if scene.mark_out is not None:
        ended = clock(scene.seconds(scene.mark_out))
        go = "Go with {cursor_left} to where the sound begins, press {mark_in}. {cancel} forgets."
        return f"Out at {ended}. {go}"
    if scene.region is None:
        return _to_begin(scene)
    return _about(scene.region)


def _to_begin(scene: Scene) -> str:
    """Return how a region comes to be."""
    if not scene.regions:
        go = "Go with {cursor_left} {cursor_right} to where a sound begins"
        return f"{go} and press {{mark_in}}, or drag over it."
    return "Press {mark_in} where the next sound begins, or {next_region} to select a region."


def _about(region: Region) -> str:
    """Return what the selected region lacks."""
    if region.source is None and region.act is None:
        return f"{region.id} has no label yet: press {{label}} and say what is heard."
    if region.intensity is None:
        how = "Press {intensity_1} (faint) to {intensity_5} (strong). {ear} changes the ear."
        return f"How strong is {region.id}? {how}"
    return "Press {mark_in} where the next sound begins. All is saved as you go."


def suitable_actions(scene: Scene, *, is_read_only: bool = False) -> tuple[str, ...]:
    """Return the ids of the actions that suit this moment, the most wanted first."""
    always = ("help", "palette", "quit")
    view = ("zoom_in", "zoom_out", "whole_file")
    if is_read_only:
        look = ("play", "next_region", "previous_region", "play_region", "fit_region")
        return ("cursor_left", "cursor_right", *look, *view, "page_left", "page_right", *always)
    if scene.pending is not None:
        ends = "mark_out" if scene.mark_in is not None else "mark_in"
        fine = ("back_1_ms", "on_1_ms", "page_left", "page_right")
        return ("cursor_left", "cursor_right", ends, "play", "cancel", *fine, *view, *always)
    if scene.grabbed is not None:
        fine = ("back_1_ms", "on_1_ms", "back_10_ms", "on_10_ms")
        held = ("snap", "play_region", "cancel", "undo")
        return ("cursor_left", "cursor_right", *fine, *held, *view, *always)
    if scene.region is None:
        others = ("next_region", "undo") if scene.regions else ()
        move = ("page_left", "page_right", "taller", "flatter")
        return ("cursor_left", "cursor_right", "mark_in", "play", *others, *view, *move, *always)
    first = ("mark_in", "label", "play_region", "intensity_1", "delete", "undo")
    describe = ("ear", "pace", "facet", "confidence", "notes")
    edit = ("grab_onset", "grab_offset", "next_region", "recent_1", "redo", "previous_region")
    further = ("copy", "split", "join", "fit_region")
    return (*first, *describe, *edit, *further, *view, *always)
