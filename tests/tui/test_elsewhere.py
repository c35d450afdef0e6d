"""A disk that is full, read only or gone: said at once, and the edits are offered elsewhere."""

import contextlib
import shutil
import subprocess

import pytest
from annotation_builders import TAXONOMY, sound_is_read, write_clip

from asmr_stim.io.annotations import read_annotation
from asmr_stim_tui.annotator import annotator


@pytest.fixture
def small_disk(tmp_path):
    """Return a disk of 64 kB; only root may make one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)]
    if shutil.which("mount") is None or subprocess.run(mount, check=False).returncode:
        pytest.skip("a disk of its own can only be mounted by root")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(folder):
    with (folder / "ballast").open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(1024))


def make_read_only(folder):
    subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)


def text_of(app):
    strips = app.screen._compositor.render_strips()
    return " ".join("".join(s.text for s in strip).strip(" │") for strip in strips)


async def edited_until_not_saved(app, pilot):
    n_edits = 0
    while "Not saved." not in text_of(app):
        await pilot.press("e")
        n_edits += 1
        assert n_edits < 200
    return n_edits


def assert_all_can_be_undone(app, n_steps):
    session = app.annotate_screen.session
    for _ in range(n_steps):
        session.undo()
    assert session.regions == ()
    app.close()


@pytest.mark.parametrize(
    ("spoil", "words"),
    [(fill, "No space left on device"), (make_read_only, "Read-only file system")],
)
async def test_edits_are_offered_another_folder_and_go_on_there(small_disk, tmp_path, spoil, words):
    clip = write_clip(tmp_path / "clip.wav")
    refuge = tmp_path / "refuge"
    refuge.mkdir()
    if spoil is make_read_only:
        make_read_only(small_disk)
    app = annotator(clip, "rs", small_disk)
    async with app.run_test(size=(100, 30)) as pilot:
        await sound_is_read(app, pilot)
        await pilot.press("i", "right", "right", "o")
        if spoil is fill:
            fill(small_disk)
        n_edits = await edited_until_not_saved(app, pilot)
        assert words in text_of(app)
        line = app.screen.query_one("Input")
        line.value = str(tmp_path / "nowhere")
        await pilot.press("enter")
        assert "is not a folder" in text_of(app)
        line.value = str(refuge)
        await pilot.press("enter")
        await pilot.pause()
        assert "from now on" in text_of(app)
        assert "✓ saved" in text_of(app)
        await pilot.press("1", "q")
    app.close()
    (region,) = read_annotation(refuge / "clip.rs.asmr.yaml", TAXONOMY).regions
    assert region.intensity == 1
    assert not (refuge / "clip.rs.asmr.lock").exists()
    assert f"--dir {refuge}" in app.farewell
    assert_all_can_be_undone(annotator(clip, "rs", refuge), n_edits + 2)


async def test_a_folder_that_has_gone_is_said_and_what_is_there_already_stays(tmp_path):
    clip = write_clip(tmp_path / "clip.wav")
    folders = [tmp_path / "labels", tmp_path / "taken"]
    for folder in folders:
        folder.mkdir()
    (folders[1] / "clip.rs.asmr.yaml").write_text("somebody's")
    app = annotator(clip, "rs", folders[0])
    async with app.run_test(size=(100, 30)) as pilot:
        await sound_is_read(app, pilot)
        shutil.rmtree(folders[0])
        await pilot.press("i", "right", "right", "o")
        await pilot.pause()
        assert "No such file or directory" in text_of(app)
        assert len(app.annotate_screen.session.regions) == 1
        app.screen.query_one("Input").value = str(folders[1])
        await pilot.press("enter")
        assert "is there already" in text_of(app)
        await pilot.press("escape", "e")
        await pilot.pause()
        assert app.screen is app.annotate_screen  # it is offered once, then W does
        await pilot.press("W")
        app.screen.query_one("Input").value = str(tmp_path)
        await pilot.press("enter", "q")
    app.close()
    assert (folders[1] / "clip.rs.asmr.yaml").read_text() == "somebody's"
    assert len(read_annotation(tmp_path / "clip.rs.asmr.yaml", TAXONOMY).regions) == 1
