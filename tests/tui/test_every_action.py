"""Each action's key is pressed where there is a region and another rater; nothing breaks."""

from annotation_builders import an_annotation, sound_is_read, write_clip

from asmr_stim.io.annotations import annotation_text, clip_of
from asmr_stim_tui.actions import ACTIONS
from asmr_stim_tui.annotator import annotator

LEAVING = {"quit"}


async def test_every_action_can_be_pressed_where_there_is_a_region(tmp_path):
    clip = write_clip(tmp_path / "clip.wav")
    other = an_annotation((10, 900, {"source": "rain"}), clip=clip_of(clip), rater="kl")
    (tmp_path / "clip.kl.asmr.yaml").write_text(annotation_text(other), encoding="utf-8")
    app = annotator(clip, "rs", compare=True)
    async with app.run_test(size=(120, 36)) as pilot:
        await sound_is_read(app, pilot)
        pressed = []
        for action in ACTIONS:
            if action.id in LEAVING:
                continue
            if app.annotate_screen.scene.region is None:
                await pilot.press("home", "i", "right", "right", "o")
            await pilot.press(action.keys[0])
            await pilot.pause()
            assert app._exception is None, action.id
            while app.screen is not app.annotate_screen:
                await pilot.press("escape")
                await pilot.pause()
            pressed.append(action.id)
        await pilot.press("q")
    app.close()
    assert set(pressed) | LEAVING == {action.id for action in ACTIONS}
    assert app._exception is None
