from pathlib import Path

from annotation_builders import write_clip

import asmr_stim_tui.queue
from asmr_stim.io.annotation_queue import QueuedClip
from asmr_stim_tui.queue import QueueApp, annotate_folder

CLIPS = (
    QueuedClip(Path("/clips/a.wav"), 3),
    QueuedClip(Path("/clips/b.wav")),
    QueuedClip(Path("/clips/c.wav"), 2, 1),
    QueuedClip(Path("/clips/d.wav")),
    QueuedClip(Path("/clips/e.wav"), trouble="is not a sound file"),
)


def text_of(app):
    strips = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip) for strip in strips)


async def test_the_list_shows_states_and_opens_the_next_clip_that_is_not_begun():
    app = QueueApp(CLIPS, "rs")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        text = text_of(app)
        for words in ("5 clips in /clips, 2 begun by rs, 1 unreadable", "3 regions", "not begun"):
            assert words in text
        assert "2 regions, 1 without a label" in text
        assert "e.wav  is not a sound file" in text
        await pilot.press("enter")
    assert app.return_value == Path("/clips/b.wav")


async def test_after_a_clip_the_mark_goes_on_and_n_goes_round():
    app = QueueApp(CLIPS, "rs", last=Path("/clips/b.wav"), said="it was not possible")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert "it was not possible" in text_of(app)
        await pilot.press("n", "enter")
    assert app.return_value == Path("/clips/b.wav")


async def test_leaving_chooses_nothing():
    app = QueueApp(CLIPS, "rs")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("q")
    assert app.return_value is None


def test_the_queue_goes_from_clip_to_list_until_somebody_leaves(tmp_path, monkeypatch):
    clips = [write_clip(tmp_path / name, 0.1) for name in ("a.wav", "b.wav")]
    (tmp_path / "c.wav").write_text("no sound")
    answers = iter([clips[0], clips[1], tmp_path / "c.wav", None])
    seen, annotated = [], []

    class Answering(QueueApp):
        def run(self):
            seen.append((self._last, self._said))
            return next(answers)

    monkeypatch.setattr(asmr_stim_tui.queue, "QueueApp", Answering)
    monkeypatch.setattr(
        "asmr_stim_tui.app.AnnotatorApp.run", lambda program: annotated.append(program._audio)
    )
    annotate_folder(tmp_path, "rs", None, None)
    assert annotated == clips
    assert [last for last, _ in seen] == [None, clips[0], clips[1], tmp_path / "c.wav"]
    assert "not a sound file" in seen[-1][1]
