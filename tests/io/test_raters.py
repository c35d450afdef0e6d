from annotation_builders import TAXONOMY, a_clip, an_annotation

from asmr_stim.io.annotations import AnnotationPaths, annotation_text
from asmr_stim.io.raters import other_raters

OWN = "clip.rs.asmr.yaml"


def kept(folder, annotation, stem="clip"):
    path = folder / f"{stem}.{annotation.rater}.asmr.yaml"
    path.write_text(annotation_text(annotation), encoding="utf-8")


def found(folder, clip=None):
    return other_raters(AnnotationPaths(folder / OWN), clip or a_clip(), TAXONOMY)


def test_every_other_rater_of_the_clip_is_found(tmp_path):
    for rater in ("rs", "kl", "ab"):
        kept(tmp_path, an_annotation(rater=rater))
    assert [a.rater for a in found(tmp_path).annotations] == ["ab", "kl"]


def test_annotations_of_another_stimulus_are_left_alone(tmp_path):
    kept(tmp_path, an_annotation(rater="kl"), stem="clip2")
    kept(tmp_path, an_annotation(rater="kl"), stem="my.clip")
    assert found(tmp_path) == other_raters(AnnotationPaths(tmp_path / OWN), a_clip(), TAXONOMY)
    assert found(tmp_path).annotations == ()


def test_an_annotation_of_other_sound_is_told_and_not_compared(tmp_path):
    kept(tmp_path, an_annotation(rater="kl", clip=a_clip(sha256="b" * 64)))
    raters = found(tmp_path, a_clip(sha256="a" * 64))
    assert raters.annotations == ()
    assert raters.notices == ("clip.kl.asmr.yaml is not compared: it was made on other sound.",)


def test_a_broken_annotation_of_another_rater_is_told_and_does_not_stop_the_rest(tmp_path):
    (tmp_path / "clip.kl.asmr.yaml").write_text("regions: [", encoding="utf-8")
    kept(tmp_path, an_annotation(rater="mn"))
    raters = found(tmp_path)
    assert [a.rater for a in raters.annotations] == ["mn"]
    assert "clip.kl.asmr.yaml is not compared" in raters.notices[0]
