"""What files the program measures and which it refuses, tried as a user would."""

import json
import os
import shutil
import subprocess

import numpy as np
import pytest
import soundfile
from program import asmr_stim_here
from signals import RATE_HZ, white_noise

from asmr_stim.io.profiles import read_feature_list, read_profiles
from asmr_stim.schema.profile import STATISTICS
from asmr_stim.workflows import features as workflow

FLAGS = {flag.name for flag in read_feature_list().flags}


def write(path, samples, rate_hz=RATE_HZ, encoding="PCM_16"):
    soundfile.write(path, np.atleast_2d(samples).T, rate_hz, subtype=encoding)


MUST_WORK = {
    "mono.wav": (white_noise(0.6), RATE_HZ, "PCM_16"),
    **{f"channels_{n}.wav": (white_noise(0.06, n), RATE_HZ, "PCM_16") for n in range(2, 9)},
    **{
        f"rate_{hz}.wav": (white_noise(0.5, 2)[:, : hz // 10], hz, "PCM_16")
        for hz in (8000, 11025, 22050, 32000, 44100, 96000, 192000)
    },
    **{
        f"depth_{name}.wav": (white_noise(0.06), RATE_HZ, name)
        for name in ("PCM_U8", "PCM_24", "PCM_32", "FLOAT", "DOUBLE")
    },
    "shorter_than_a_frame.wav": (white_noise(0.02, 2), RATE_HZ, "PCM_16"),
    "one_sample.wav": (np.array([[0.5], [0.25]]), RATE_HZ, "PCM_16"),
    "silence.wav": (np.zeros((2, RATE_HZ // 2)), RATE_HZ, "PCM_16"),
    "one_silent_ear.wav": (white_noise(0.1, 2) * [[1], [0]], RATE_HZ, "PCM_16"),
    "one_sample_of_silence.wav": (np.zeros((1, 1)), 8000, "PCM_16"),
}


def test_every_form_of_sound_is_measured_and_every_null_has_its_flag(tmp_path):
    for name, (samples, rate_hz, encoding) in MUST_WORK.items():
        write(tmp_path / name, samples, rate_hz, encoding)
    result = asmr_stim_here(
        "features", *MUST_WORK, "--out", "p.json", "--level", "laeq:50", folder=tmp_path
    )
    assert (result.returncode, result.stderr) == (0, "Written to p.json\n")
    clips = read_profiles(tmp_path / "p.json").clips
    assert list(clips) == list(MUST_WORK)
    for name, clip in clips.items():
        samples, rate_hz, encoding = MUST_WORK[name]
        assert (clip.file.rate_hz, clip.file.encoding) == (rate_hz, encoding), name
        assert (clip.file.n_channels, clip.file.n_frames) == samples.shape, name
        for part in (*clip.channels.values(), clip.pair):
            for feature, measurement in part.items():
                is_null = (
                    None
                    in (
                        getattr(measurement, word)
                        for word in STATISTICS
                        if hasattr(measurement, word)
                    )
                    or getattr(measurement, "value", 0) is None
                )
                assert is_null == (measurement.flag is not None), (name, feature)
                assert measurement.flag is None or measurement.flag in FLAGS, (name, feature)
    assert clips["mono.wav"].channels["mono"]["rms_level_dbfs"].value == pytest.approx(-17, abs=0.2)


def an_empty_file(path):
    path.write_bytes(b"")


def a_text(path):
    path.write_text("no sound " * 50)


def not_a_number(path):
    write(path, [[0.1, np.nan, 0.2]], encoding="FLOAT")


def infinity(path):
    write(path, [[0.1, np.inf, 0.2]], encoding="DOUBLE")


def a_truncated_file(path):
    write(path, white_noise(0.5))
    os.truncate(path, path.stat().st_size // 2)


def a_folder(path):
    path.mkdir()


def a_pipe(path):
    os.mkfifo(path)


def no_samples(path):
    write(path, np.empty((1, 0)))


def a_dead_link(path):
    path.symlink_to(path.with_name("nowhere.wav"))


MUST_BE_REFUSED = {
    an_empty_file: "is empty",
    a_text: "not a sound file",
    not_a_number: "NaN or infinite",
    infinity: "NaN or infinite",
    a_truncated_file: "cut short",
    a_folder: "is a folder",
    a_pipe: "not a regular file",
    no_samples: "no sample",
    a_dead_link: "no such file",
}


def test_every_bad_file_is_a_sentence_and_the_good_ones_are_done(tmp_path):
    names = [f"{make.__name__}.wav" for make in MUST_BE_REFUSED]
    for make, name in zip(MUST_BE_REFUSED, names, strict=True):
        make(tmp_path / name)
    write(tmp_path / "good.wav", white_noise(0.1))
    unwritten = "fl\udcfcstern.wav"  # Latin-1 on a system of UTF-8
    result = asmr_stim_here(
        "features", *names, "good.wav", "gone.wav", unwritten, "--out", "p.json", "--frames",
        "--level", "laeq:50", folder=tmp_path,
    )  # fmt: skip
    assert result.returncode == 1
    written, lines = result.stderr.splitlines()[:2], result.stderr.splitlines()[2:]
    assert written == ["Written to p.json", "Frames written to p_frames"]
    wanted = [*zip(names, MUST_BE_REFUSED.values(), strict=True), ("gone.wav", "no such file")]
    wanted.append((repr(unwritten), "rename the file"))
    assert len(lines) == len(wanted)
    for line, (name, reason) in zip(lines, wanted, strict=True):
        assert line.startswith(f"asmr-stim: {name}"), line
        assert reason in line
    assert list(json.loads((tmp_path / "p.json").read_text())["clips"]) == ["good.wav"]
    frames = [path.name for path in (tmp_path / "p_frames").iterdir()]
    assert frames
    assert all(name.startswith("good.wav_") for name in frames)
    made = {"p.json", "p_frames", "good.wav", *names}
    assert {path.name for path in tmp_path.iterdir()} == made


def test_a_file_without_permission_is_a_sentence_and_the_others_are_done(tmp_path, monkeypatch):
    for name in ("secret.wav", "good.wav"):
        write(tmp_path / name, white_noise(0.1))
    (tmp_path / "secret.wav").chmod(0)
    original = type(tmp_path).open

    def forbidding(path, *words, **options):
        if path.name == "secret.wav":
            raise PermissionError(13, "Permission denied")
        return original(path, *words, **options)

    def no_access(path, mode, **options):  # the superuser may read everything
        return mode == os.F_OK or "secret" not in str(path)

    monkeypatch.setattr(type(tmp_path), "open", forbidding)
    monkeypatch.setattr(os, "access", no_access)
    result = asmr_stim_here("features", "secret.wav", "good.wav", folder=tmp_path)
    assert result.returncode == 1
    assert "secret.wav may not be read by you" in result.stderr
    assert result.stdout.startswith("good.wav")


@pytest.mark.parametrize(
    ("happens", "reason"),
    [
        (lambda path: path.unlink(), "there is no such file"),
        (lambda path: write(path, white_noise(0.2, seed=1)), "was changed while it was measured"),
    ],
    ids=["vanishes", "changes"],
)
def test_a_file_that_is_not_the_same_to_the_end_is_a_sentence(
    tmp_path, monkeypatch, happens, reason
):
    for name in ("first.wav", "other.wav"):
        write(tmp_path / name, white_noise(0.2))
    once = []

    def meanwhile(*words):
        task, progress = words

        def tell(share):
            if task.path.name == "first.wav" and share > 0.1 and not once:
                once.append(share)
                happens(task.path)
            progress(share)

        return original(task, tell)

    original = workflow._attempt
    monkeypatch.setattr(workflow, "_attempt", meanwhile)
    result = asmr_stim_here(
        "features", "first.wav", "other.wav", "--out", "p.tsv", "--level", "laeq:50",
        folder=tmp_path,
    )  # fmt: skip
    assert result.returncode == 1
    assert reason in result.stderr
    assert result.stderr.splitlines()[:-1] == ["Written to p.tsv and p.json"]
    rows = (tmp_path / "p.tsv").read_text().splitlines()[1:]
    assert {row.split("\t")[0] for row in rows} == {"other.wav"}


@pytest.mark.skipif(not shutil.which("ffmpeg"), reason="the program ffmpeg is not installed")
def test_a_video_is_measured_like_its_sound(tmp_path):
    write(tmp_path / "clip.wav", white_noise(1.0, 2))
    subprocess.run(
        ["ffmpeg", "-v", "error", "-i", "clip.wav", "-c:a", "flac", "clip.mkv"],
        cwd=tmp_path, check=True,
    )  # fmt: skip
    result = asmr_stim_here(
        "features", "clip.wav", "clip.mkv", "--out", "p.json", "--level", "laeq:50",
        folder=tmp_path,
    )  # fmt: skip
    assert (result.returncode, result.stderr) == (0, "Written to p.json\n")
    clips = read_profiles(tmp_path / "p.json").clips
    assert clips["clip.mkv"].channels == clips["clip.wav"].channels
    assert clips["clip.mkv"].pair == clips["clip.wav"].pair
    assert clips["clip.mkv"].file.decoding.decoder.startswith("ffmpeg ")
    assert clips["clip.wav"].file.decoding is None


def test_without_ffmpeg_a_video_is_a_sentence_that_says_what_to_install(tmp_path, monkeypatch):
    head = b"\x1a\x45\xdf\xa3\x9f\x42\x82\x84webm" + bytes(80) + b"A_OPUS" + bytes(200)
    (tmp_path / "clip.webm").write_bytes(head)
    monkeypatch.setenv("PATH", str(tmp_path))
    result = asmr_stim_here("features", "clip.webm", folder=tmp_path)
    assert result.returncode == 1
    assert "is WebM with Opus sound, which needs the ffmpeg program" in result.stderr
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (("--frames",), "--out FILE"),
        (("--window", "0.5", "--step", "0.15"), "whole number of steps"),
        (("--window", "0", "--step", "0.1"), "cannot be used"),
        (("--workers", "0"), "it must be greater than or equal to 1"),
        (("--workers", "two"), "write a whole number"),
        (("--window", "abc"), "'--window': write a number"),
        (("--field", "xyz"), "'--field': 'xyz' is not one of"),
    ],
)
def test_misuse_is_told_with_the_option(tmp_path, options, reason):
    write(tmp_path / "clip.wav", white_noise(0.1))
    result = asmr_stim_here("features", "clip.wav", *options, folder=tmp_path)
    assert result.returncode == 2
    assert reason in result.stderr
    assert result.stdout == ""


def test_the_long_table_has_what_the_summary_leaves_out(tmp_path):
    write(tmp_path / "clip.wav", white_noise(0.1))
    short, long = (
        asmr_stim_here("features", "clip.wav", "--level", "laeq:50", *more, folder=tmp_path).stdout
        for more in ((), ("--all",))
    )
    assert "RMS level" in short
    assert "Crest factor" not in short
    assert "Crest factor" in long
    assert "Upper end of the band  Hz" in short
    assert "no_cutoff" not in short
    assert short.endswith("a ± b: mean and standard deviation over frames\n")
    assert len(short.splitlines()) < 40 < len(long.splitlines())


def test_the_running_windows_are_recorded_and_followed(tmp_path):
    write(tmp_path / "clip.wav", white_noise(1.0, 2))
    asmr_stim_here(
        "features", "clip.wav", "--window", "0.2", "--step", "0.05", "--level", "laeq:50",
        "--out", "p.json", folder=tmp_path,
    )  # fmt: skip
    clip = read_profiles(tmp_path / "p.json").clips["clip.wav"]
    assert (clip.parameters.running_window_s, clip.parameters.running_step_s) == (0.2, 0.05)
    assert clip.pair["iacc"].n_frames == clip.channels["left"]["acf_level_dbfs"].n_frames == 17
