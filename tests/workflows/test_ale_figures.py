import re
from dataclasses import replace
from html import escape

import numpy as np
import pytest
from ale_builders import a_set, an_experiment, ball_mask

from asmr_stim.moderator.ale.estimation import estimate
from asmr_stim.moderator.ale.familywise import correct
from asmr_stim.moderator.ale.result import AleSettings, MonteCarlo
from asmr_stim.workflows.ale_figures import draw_result, shown_voxels


@pytest.fixture(scope="module")
def corrected():
    together = [an_experiment(name, foci=((0.0, 0.0, 0.0),)) for name in "abcdef"]
    alone = an_experiment("g", foci=((28.0, 0.0, 0.0),))
    settings = AleSettings(cluster_p=0.01)
    return correct(estimate(a_set(*together, alone), ball_mask(), settings), MonteCarlo(200))


def with_sizes(result, *p_of_size):
    changed = zip(result.familywise.clusters, p_of_size, strict=True)
    clusters = tuple(replace(each, size=p) for each, p in changed)
    return replace(result, familywise=replace(result.familywise, clusters=clusters))


def test_only_clusters_that_survive_the_correction_are_drawn(corrected):
    n_clusters = len(corrected.clusters)
    assert n_clusters > 1
    shown, title = shown_voxels(with_sizes(corrected, 0.01, *[0.5] * (n_clusters - 1)))
    assert shown.sum() == corrected.clusters[0].n_voxels
    assert title == (
        "Corrected, family-wise p <= 0.05 of the cluster size: "
        f"1 of {n_clusters} clusters formed at p < 0.01"
    )


def test_where_none_survives_the_picture_is_called_uncorrected(corrected):
    n_clusters = len(corrected.clusters)
    shown, title = shown_voxels(with_sizes(corrected, *[0.5] * n_clusters))
    assert np.array_equal(shown, corrected.p < 0.01)
    assert title.startswith(f"Uncorrected p < 0.01: none of {n_clusters} clusters survives")


def test_without_a_correction_the_picture_is_called_uncorrected(corrected):
    shown, title = shown_voxels(replace(corrected, familywise=None))
    assert shown.sum() == sum(cluster.n_voxels for cluster in corrected.clusters)
    assert title == f"Uncorrected p < 0.01: {len(corrected.clusters)} clusters"


@pytest.mark.slow
def test_the_page_bears_the_title_of_the_pictures_and_asks_nothing_of_a_network(
    corrected, tmp_path
):
    draw_result(corrected, tmp_path)
    page = (tmp_path / "z.html").read_text()
    _, title = shown_voxels(corrected)
    assert f"<title>{escape(title)}</title>" in page
    assert f">{escape(title)}</p>" in page
    assert not re.search(r"""(?:src|href)\s*=\s*["']https?:""", page)
