import pytest
from ale_builders import ball_mask
from studies import a_filled_catalogue

from asmr_stim.errors import InputError, OutputError
from asmr_stim.io.images import map_bytes
from asmr_stim.io.tables import read_table
from asmr_stim.moderator.ale.result import AleSettings, MonteCarlo
from asmr_stim.workflows.ale import AleRequest, Labour, analyse, run_ale
from asmr_stim.workflows.ale_inputs import entered

FOCI = "// Reference=MNI\n" + "\n".join(f"// {name}\n// Subjects=20\n0 0 0\n" for name in "abcdef")
TABLE = (
    "experiment\ttrigger\tn_clips\tdirection\tcoverage\n"
    "a\ttapping\t1\tincrease\twhole_brain\nb\ttapping=3; voice=1\t4\tincrease\twhole_brain\n"
    "c\ttapping; voice\t2\tincrease\twhole_brain\n"
    "d\tparticipant_dependent\tn/a\tincrease\twhole_brain\n"
    "e\ttapping\t5\tincrease\troi\nf\ttapping\t5\tdecrease\twhole_brain\n"
)


@pytest.fixture
def request_of(tmp_path):
    mask = ball_mask()
    (tmp_path / "mask.nii.gz").write_bytes(map_bytes(mask.volume.astype(float), mask.affine))
    (tmp_path / "foci.txt").write_text(FOCI)
    (tmp_path / "table.tsv").write_text(TABLE)

    def made(**changes):
        values = {
            "foci": tmp_path / "foci.txt",
            "experiments": tmp_path / "table.tsv",
            "mask": tmp_path / "mask.nii.gz",
            "direction": "increase",
        }
        return AleRequest(**(values | changes))

    return made


def test_who_is_left_out_is_told_with_the_reason(request_of, tmp_path):
    run_ale(request_of(by="trigger", clip_share=0.75), tmp_path / "out")
    rows = read_table(tmp_path / "out" / "experiments.tsv").rows
    notes = {row["experiment"].text: (row["group"].text, row["note"].text) for row in rows}
    assert notes["a"] == ("tapping", None)
    assert notes["b"] == ("tapping", None)
    assert notes["c"][1].startswith("mixed: no value has 75% of its 2 clips (tapping 1, voice 1)")
    assert notes["d"] == (None, "its stimuli were chosen by each participant")
    assert notes["e"] == (None, "it covers a region of interest, not the whole brain")
    assert notes["f"] == (None, "its direction is decrease, not increase")


def test_one_clip_is_spoken_of_in_the_warnings(request_of):
    (group,) = analyse(request_of(by="trigger", clip_share=0.75)).groups
    told = [text for text in group.result.warnings if "this clip" in text]
    assert told[0].startswith("1 of 2 experiments used one clip (a)")


def test_mixed_experiments_are_analysed_when_they_are_asked_for(request_of):
    with pytest.raises(InputError, match="mixed is not estimable: 1"):
        analyse(request_of(by="trigger", clip_share=0.75, groups=("mixed",)))


def test_several_directions_are_refused(request_of):
    with pytest.raises(InputError, match=r"2 directions \(decrease, increase\)"):
        analyse(request_of(direction=None))


def test_a_catalogue_brings_its_experiments_with_moderators(tmp_path):
    folder = a_filled_catalogue(tmp_path / "catalogue")
    found = entered(AleRequest(foci=folder))
    assert len(found.foci.experiments) > 10
    cells = found.foci.experiments[0].columns
    assert {"voice_present", "source", "channel", "direction"} <= set(cells)
    run = analyse(AleRequest(foci=folder, by="voice_present"))
    assert {group.name for group in run.groups} == {"voice", "no_voice"}


def test_a_catalogue_takes_no_table_of_experiments(tmp_path, request_of):
    folder = tmp_path
    with pytest.raises(InputError, match="a catalogue, which has experiments"):
        analyse(request_of(foci=folder))


def test_an_earlier_result_is_refused_before_anything_is_computed(request_of, tmp_path):
    out = tmp_path / "out"
    run_ale(request_of(), out)
    before = (out / "result.json").read_bytes()
    with pytest.raises(OutputError, match="give --overwrite to replace it"):
        run_ale(request_of(settings=AleSettings(cluster_p=0.01)), out, Labour(overwrite=False))
    assert (out / "result.json").read_bytes() == before


def test_a_folder_of_something_else_is_refused_before_the_foci_are_read(tmp_path):
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(OutputError, match=r"such as mine\.txt"):
        run_ale(AleRequest(foci=tmp_path / "nowhere.txt"), tmp_path, Labour(overwrite=True))


def test_the_methods_name_every_option_that_was_chosen(request_of, tmp_path):
    settings = AleSettings(
        cluster_p=0.01, rounding="truncate", outside="drop", null_order="content", fdr=True
    )
    asked = MonteCarlo(99, seed=7)
    run_ale(request_of(settings=settings, monte_carlo=asked), tmp_path / "out")
    text = (tmp_path / "out" / "methods.txt").read_text()
    for part in (
        "4 experiments (4 foci, 80 people)",
        "p < 0.01",
        "truncated toward zero",
        "0 foci outside the mask were dropped",
        "in the order of content",
        "99 random arrangements of the foci over the mask, seed 7",
        "Benjamini and Hochberg 1995, Journal",
        "2 experiments were left out",
    ):
        assert part in text
    assert (tmp_path / "out" / "q_fdr.nii.gz").exists()
