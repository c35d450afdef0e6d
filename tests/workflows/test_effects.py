import json

import numpy as np
import pytest

from asmr_stim.errors import InputError, MissingInputError
from asmr_stim.workflows.effects import analyse
from asmr_stim.workflows.effects_data import EffectsRequest, prepare
from asmr_stim.workflows.effects_output import run_effects, summary
from asmr_stim.workflows.effects_text import paragraphs


def effects_file(tmp_path, k=8, header="study,yi,vi,group,loudness", row=None):
    generator = np.random.default_rng(4)
    lines = [header]
    for i in range(k):
        y, v = generator.normal(0.3, 0.3), generator.uniform(0.02, 0.1)
        lines.append(row(i, y, v) if row else f"s{i},{y},{v},{'ab'[i % 2]},{i * 1.5}")
    path = tmp_path / "effects.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_a_run_writes_numbers_text_figures_and_an_r_script(tmp_path):
    data = effects_file(tmp_path)
    out = tmp_path / "out"
    run_effects(EffectsRequest(data, ("group", "loudness")), out, ("svg",))
    assert {each.name for each in out.iterdir()} >= {
        "result.json", "report.md", "reproduce.R", "reproduce.csv", "effects.tsv", "models.tsv",
        "subgroups.tsv", "leave_one_out.tsv", "forest.svg", "forest_by_group.svg", "funnel.svg",
        "baujat.svg", "orchard_by_group.svg", "bubble_loudness.svg",
    }  # fmt: skip
    told = json.loads((out / "result.json").read_text(encoding="utf-8"))
    assert told["analysis"] == "effects"
    assert told["counts"] == {"effects": 8, "samples": 8, "left_out": 0}
    assert told["overall"]["k"] == 8
    assert told["moderators"][0]["permutation"]["n_allocations"] == 70


def test_the_same_run_twice_gives_the_same_numbers(tmp_path):
    request = EffectsRequest(effects_file(tmp_path), ("loudness",))
    assert summary(analyse(request)) == summary(analyse(request))


def test_contrast_types_are_never_pooled_by_default(tmp_path):
    data = effects_file(
        tmp_path, header="study,yi,vi,contrast_type",
        row=lambda i, y, v: f"s{i},{y},{v},{'dose' if i else 'before_after'}",
    )  # fmt: skip
    with pytest.raises(InputError, match=r"several contrast types .*dose: 7, before_after: 1"):
        prepare(EffectsRequest(data))
    assert prepare(EffectsRequest(data, contrast_type="dose")).effects.k == 7
    pooled = prepare(EffectsRequest(data, pools_contrast_types=True))
    assert pooled.effects.k == 8
    assert "several contrast types were pooled" in pooled.notes[0]


def test_metrics_are_never_pooled_silently(tmp_path):
    data = tmp_path / "mixed.csv"
    data.write_text(
        "study,design,n,n1,n2,t\na,within,20,,,2\nb,between,,20,20,2\n", encoding="utf-8"
    )
    with pytest.raises(InputError, match="SD of change: 1, SD of scores: 1"):
        prepare(EffectsRequest(data))


def test_a_bound_is_left_out_and_told(tmp_path):
    data = tmp_path / "bounds.csv"
    data.write_text(
        "study,design,n,t,p,direction\na,within,20,2,,\nb,within,20,1,,\n"
        "c,within,20,,<.05,increase\n",
        encoding="utf-8",
    )
    prepared = prepare(EffectsRequest(data))
    assert prepared.effects.k == 2
    assert [(row.study, why) for row, why in prepared.left_out] == [
        ("c", "a bound has no estimate to pool")
    ]


def test_papers_on_the_same_people_are_one_unit(tmp_path):
    data = effects_file(
        tmp_path, k=6, header="study,sample_id,yi,vi",
        row=lambda i, y, v: f"s{i},p{i // 2},{y},{v}",
    )  # fmt: skip
    run = analyse(EffectsRequest(data))
    assert run.units.k == 3
    assert run.dependent is not None
    assert run.dependent.model.k == 6


def test_a_moderator_within_samples_is_estimated_apart_from_that_between_them(tmp_path):
    data = effects_file(
        tmp_path, k=12, header="study,yi,vi,x",
        row=lambda i, y, v: f"s{i // 2},{y},{v},{i % 3}",
    )  # fmt: skip
    (found,) = analyse(EffectsRequest(data, ("x",))).moderators
    names = [each.name for each in found.dependent.honest.coefficients]
    assert names == ["intercept", "x (between)", "x (within)"]
    assert found.regression is None
    assert found.problems


def test_a_level_of_one_sample_gets_no_mean(tmp_path):
    data = effects_file(
        tmp_path, header="study,yi,vi,group",
        row=lambda i, y, v: f"s{i},{y},{v},{'lonely' if i == 0 else 'many'}",
    )  # fmt: skip
    (found,) = analyse(EffectsRequest(data, ("group",))).moderators
    lonely = next(each for each in found.common.levels if each.level == "lonely")
    assert lonely.mean is None
    assert "not pooled" in "\n".join(paragraphs(analyse(EffectsRequest(data, ("group",)))))


def test_few_degrees_of_freedom_make_no_claim(tmp_path):
    run = analyse(EffectsRequest(effects_file(tmp_path, k=4), ("loudness",)))
    assert "no claim: 2.0 denominator degrees of freedom" in "\n".join(paragraphs(run))


def test_a_column_that_is_not_there_is_named(tmp_path):
    with pytest.raises(
        MissingInputError, match="no column 'voice' to compare by; there are: group"
    ):
        prepare(EffectsRequest(effects_file(tmp_path), ("voice",)))


def test_one_effect_is_reported_and_not_pooled(tmp_path):
    run = analyse(EffectsRequest(effects_file(tmp_path, k=1)))
    assert run.overall is None
    assert run.problems == ("One sample: there is nothing to pool.",)


def test_digitised_effects_can_stay_out(tmp_path):
    data = effects_file(
        tmp_path, header="study,yi,vi,grade",
        row=lambda i, y, v: f"s{i},{y},{v},{'digitised' if i < 2 else 'exact'}",
    )  # fmt: skip
    assert prepare(EffectsRequest(data, takes_digitised=False)).effects.k == 6


def test_an_unknown_figure_format_is_refused_before_anything_is_written(tmp_path):
    with pytest.raises(InputError, match="'gif' is no figure format"):
        run_effects(EffectsRequest(effects_file(tmp_path)), tmp_path / "out", ("gif",))
    assert not (tmp_path / "out").exists()


def test_numbers_can_be_levels(tmp_path):
    data = effects_file(
        tmp_path, header="study,yi,vi,code",
        row=lambda i, y, v: f"s{i},{y},{v},{1 + i % 3}",
    )  # fmt: skip
    (amount,) = analyse(EffectsRequest(data, ("code",))).moderators
    (levels,) = analyse(EffectsRequest(data, ("code",), factors=("code",))).moderators
    assert not amount.is_factor
    assert [each.level for each in levels.common.levels] == ["1", "2", "3"]


def test_a_correlation_of_errors_of_one_or_more_is_refused(tmp_path):
    with pytest.raises(InputError, match="rho is 1; an assumed correlation"):
        EffectsRequest(effects_file(tmp_path), rho=1.0)
