"""What a person can do next, in one sentence: the annotator's whole manual."""

from asmr_stim.schema.annotation import Region
from asmr_stim_tui.clock import clock
from asmr_stim_tui.scene import Scene


def next_step(scene: Scene) -> str:
    """Return the sentence for this moment, short enough for 78 columns."""
    if scene.grabbed is not None:
        edge = "begin" if scene.grabbed == "onset" else "end"
        return f"Holding the {edge} of {scene.selected}: ← → , . move it, s snaps, enter lets go."
    if scene.mark_in is not None:
        began = clock(scene.seconds(scene.mark_in))
        return f"In at {began}. Go with → to where the sound ends, press o. esc forgets."
    if scene.mark_out is not None:
        ended = clock(scene.seconds(scene.mark_out))
        return f"Out at {ended}. Go with ← to where the sound begins, press i. esc forgets."
    if scene.region is None:
        return _to_begin(scene)
    return _about(scene.region)


def _to_begin(scene: Scene) -> str:
    """Return how a region comes to be."""
    if not scene.regions:
        return "Go with ← → to where a sound begins and press i, or drag over it."
    return "Press i where the next sound begins, or n to select a region."


def _about(region: Region) -> str:
    """Return what the selected region lacks."""
    if region.source is None and region.act is None:
        return f"{region.id} has no label yet: press t and say what is heard."
    if region.intensity is None:
        return f"How strong is {region.id}? Press 1 (faint) to 5 (strong). e changes the ear."
    return "Press i where the next sound begins. All is saved as you go."


def suitable_actions(scene: Scene) -> tuple[str, ...]:
    """Return the ids of the actions that suit this moment, the most wanted first."""
    always = ("help", "palette", "quit")
    view = ("zoom_in", "zoom_out", "whole_file")
    if scene.pending is not None:
        ends = "mark_out" if scene.mark_in is not None else "mark_in"
        fine = ("back_1_ms", "on_1_ms", "page_left", "page_right")
        return ("cursor_left", "cursor_right", ends, "cancel", *fine, *view, *always)
    if scene.grabbed is not None:
        fine = ("back_1_ms", "on_1_ms", "back_10_ms", "on_10_ms")
        return ("cursor_left", "cursor_right", *fine, "snap", "cancel", "undo", *view, *always)
    if scene.region is None:
        others = ("next_region", "undo") if scene.regions else ()
        move = ("page_left", "page_right", "taller", "flatter")
        return ("cursor_left", "cursor_right", "mark_in", *others, *view, *move, *always)
    describe = ("intensity_1", "ear", "pace", "confidence", "notes")
    edge = ("grab_onset", "grab_offset", "delete", "undo", "redo", "next_region")
    edit = (*edge, "previous_region", "copy", "split", "join")
    return ("mark_in", "label", *describe, *edit, "fit_region", *view, *always)
