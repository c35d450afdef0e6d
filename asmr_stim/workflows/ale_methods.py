"""What a paper may say of an ALE that was computed: every option, number and source, in sentences.

Offers: ``run_methods``, ``group_methods``, ``contrast_methods``.
"""

from typing import TYPE_CHECKING

from asmr_stim import __version__
from asmr_stim.moderator.ale.adequacy import (
    ADVISED_EXPERIMENTS,
    SUBGROUP_EXPERIMENTS,
    small_number_warnings,
)
from asmr_stim.moderator.ale.contrast_result import ContrastSettings
from asmr_stim.moderator.ale.enumeration import MOST_ENUMERATED
from asmr_stim.moderator.ale.grid import BrainMask
from asmr_stim.moderator.ale.labels import REACH_MM
from asmr_stim.moderator.ale.result import AleResult, AleSettings, MonteCarlo

if TYPE_CHECKING:
    from asmr_stim.io.atlases import Atlas
    from asmr_stim.workflows.ale import AleRun, Group

PROGRAM = f"asmr_stim {__version__}"
MODEL = (
    "The modelled activation of an experiment is the largest value over its foci of a Gaussian "
    "whose width follows from the number of people (template 5.7 mm, between people 11.6 mm over "
    "the root of n; Eickhoff et al. 2009, 2012; Turkeltaub et al. 2012). p of a voxel was read "
    "from the null distribution of the ALE value under spatial independence (histograms of step "
    "0.00001, combined in the order of {order}; Eickhoff et al. 2012). Clusters are voxels with "
    "p < {p:g} that touch by a face."
)
FDR = (
    "Voxels were also given their false discovery rate (Benjamini and Hochberg 1995), which is "
    "advised against for ALE (Eickhoff et al. 2016) and used for no conclusion here."
)
REFERENCES = (
    "Eickhoff et al. 2009, Human Brain Mapping 30:2907.",
    "Eickhoff et al. 2012, NeuroImage 59:2349.",
    "Turkeltaub et al. 2012, Human Brain Mapping 33:1.",
)
LANCASTER = "Lancaster et al. 2007, Human Brain Mapping 28:1194."
PHIPSON = "Phipson and Smyth 2010, Statistical Applications in Genetics and Molecular Biology 9:39."
BENJAMINI = "Benjamini and Hochberg 1995, Journal of the Royal Statistical Society B 57:289."
CONTRASTS = "Eickhoff et al. 2011, NeuroImage 57:938."
CONJUNCTIONS = "Nichols et al. 2005, NeuroImage 25:653."
NUMBERS = "Eickhoff et al. 2016, NeuroImage 137:70."


def run_methods(run: "AleRun") -> str:
    """Return the methods of all groups of a run, and what they rest on."""
    parts = [_of_group(run, group) for group in run.groups]
    return "\n\n".join([*parts, *_left_out(run), _listed(run)]) + "\n"


def group_methods(run: "AleRun", group: "Group") -> str:
    """Return the methods of one group of a run."""
    return f"{_of_group(run, group)}\n\n{_listed(run)}\n"


def contrast_methods(run: "AleRun", settings: ContrastSettings, n_pairs: int) -> str:
    """Return the methods of groups and of their comparison.

    Parameters
    ----------
    run : AleRun
        The groups by themselves.
    settings : ContrastSettings
    n_pairs : int
        Pairs that were compared.
    """
    parts = [_of_group(run, group) for group in run.groups]
    compared = _of_contrast(settings, n_pairs)
    more = (CONTRASTS, CONJUNCTIONS, PHIPSON)
    return "\n\n".join([*parts, compared, *_left_out(run), _listed(run, more)]) + "\n"


def _of_group(run: "AleRun", group: "Group") -> str:
    result = group.result
    named = "" if group.name is None else f" of the group '{group.name}' ({run.request.by})"
    if not isinstance(result, AleResult):
        return f"An activation likelihood estimation{named} was not possible: {result.reason}."
    counts, settings = result.counts, result.settings
    entered = f"{counts.n_experiments} experiments ({counts.n_foci} foci, {counts.n_people} people)"
    sentences = [
        f"An activation likelihood estimation{named} was computed with {PROGRAM} from {entered}.",
        _dependence(result),
        _space(result),
        _grid(result.model.mask, settings, counts.n_outside_mask),
        MODEL.format(order=settings.null_order, p=settings.cluster_p),
        _correction(result, run.request.monte_carlo),
        _survivors(result),
        _labels(run.atlases),
    ]
    if settings.fdr:
        sentences.append(FDR)
    if settings.pool_contrast_types:
        sentences.append("Experiments of several contrast types were pooled on request.")
    sentences.extend(small_number_warnings(counts.n_experiments))
    return " ".join(filter(None, sentences))


def _dependence(result: AleResult) -> str:
    counts = result.counts
    if result.settings.dependence == "keep":
        return "Experiments on the same people were kept apart, as if they were independent."
    if counts.n_without_sample == counts.n_given:
        return "Overlap of samples could not be checked: no experiment had a sample id."
    merged = sum(len(names) for names in counts.merged)
    told = (
        f"{merged} experiments on {len(counts.merged)} samples were merged, one for each sample."
        if merged
        else "No two experiments with a sample id shared it."
    )
    if counts.n_without_sample:
        told += f" For {counts.n_without_sample} experiments the sample was not known."
    return told


def _labels(atlases: "tuple[Atlas, ...]") -> str:
    """Return what named the peaks; nothing where nothing did."""
    named = "; ".join(f"'{each.files.column}' from {each.files.title}" for each in atlases)
    return named and (
        f"Peaks were named by the nearest region within {REACH_MM:g} mm of an atlas: {named}."
    )


def _space(result: AleResult) -> str:
    if not result.counts.converted:
        return f"Coordinates are in {result.model.mask.space} space."
    return (
        f"Coordinates of {len(result.counts.converted)} experiments were moved from Talairach to "
        "MNI space by the inverse of the pooled icbm2tal transform (Lancaster et al. 2007)."
    )


def _grid(mask: BrainMask, settings: AleSettings, n_outside: int) -> str:
    sizes = " x ".join(f"{size:g}" for size in mask.voxel_sizes_mm)
    rounding = {"nearest": "rounded to the nearest voxel", "truncate": "truncated toward zero"}
    outside = {"keep": "kept", "drop": "dropped"}
    return (
        f"They were {rounding[settings.rounding]} of a mask of {mask.n_voxels} voxels of {sizes} "
        f"mm; {n_outside} foci outside the mask were {outside[settings.outside]}."
    )


def _correction(result: AleResult, asked: MonteCarlo | None) -> str:
    found = result.familywise
    if found is None or asked is None:
        return "Nothing was corrected for the number of places looked at."
    stopped = (
        ""
        if asked.stop_at_error is None
        else f" (of at most {asked.n_iterations}; stopped once the Monte Carlo standard error of "
        f"every threshold was at most {asked.stop_at_error:g} of it, looked at every 1,000)"
    )
    mm3 = result.model.mask.voxel_volume_mm3
    return (
        f"Family-wise p of voxels, cluster sizes and cluster masses come from {found.n_done} "
        f"random arrangements of the foci over the mask{stopped}, seed {asked.seed}, as "
        "(1 + arrangements that reach the value) / (1 + arrangements) (Phipson and Smyth 2010). At "
        f"{asked.alpha:g} the thresholds (Monte Carlo standard error) are ALE > "
        f"{found.ale.value:.5f} ({found.ale.standard_error:.5f}), cluster size > "
        f"{found.size.value * mm3:.0f} mm3 ({found.size.standard_error * mm3:.0f}) and mass > "
        f"{found.mass.value:.4g} ({found.mass.standard_error:.2g})."
    )


def _survivors(result: AleResult) -> str:
    """Return how many clusters each corrected criterion leaves."""
    found = result.familywise
    if found is None:
        return ""
    alpha = found.settings.alpha
    criteria = {
        "by their size": sum(p.size <= alpha for p in found.clusters),
        "by their mass": sum(p.mass <= alpha for p in found.clusters),
        "by the ALE of their peak": sum(p.peak <= alpha for p in found.clusters),
    }
    told = ", ".join(f"{number} {how}" for how, number in criteria.items())
    return (
        f"Of {len(found.clusters)} clusters these survive at a family-wise p of at most "
        f"{alpha:g}: {told}. Each criterion is corrected for the places looked at, not for the "
        "other two."
    )


def _of_contrast(settings: ContrastSettings, n_pairs: int) -> str:
    asked = settings.permutations
    gate = (
        "only where the group with the larger ALE converges by itself"
        if settings.gated
        else "in the whole mask"
    )
    pairs = (
        f" Family-wise p were also multiplied by the {n_pairs} pairs compared (Bonferroni)."
        if n_pairs > 1
        else ""
    )
    forced = (
        f" Groups of fewer than {SUBGROUP_EXPERIMENTS} experiments were compared on request."
        if settings.forced
        else ""
    )
    return (
        f"Groups were compared {gate} by the difference d of their ALE. Its p is two-sided, "
        "P(|d*| >= |d|) over all ways to label the experiments with groups of these sizes, ties "
        f"counted (Eickhoff et al. 2011): exact where at most {MOST_ENUMERATED} experiments cover "
        f"a voxel, from {asked.n_iterations} random labellings (seed {asked.seed}) elsewhere. "
        f"Clusters are voxels with p < {settings.cluster_p:g} and one sign that touch by a face; "
        "family-wise p of |d|, of cluster sizes and of cluster masses (sum of |d|) come from the "
        f"largest of each under the random labellings (Phipson and Smyth 2010).{pairs}{forced} The "
        "conjunction is the smaller ALE where both groups converge (Nichols et al. 2005)."
    )


def _left_out(run: "AleRun") -> list[str]:
    if not run.left_out:
        return []
    reasons: dict[str, int] = {}
    for _, reason in run.left_out:
        reasons[reason] = reasons.get(reason, 0) + 1
    told = "; ".join(f"{count}: {reason}" for reason, count in reasons.items())
    return [f"{len(run.left_out)} experiments were left out ({told})."]


def _listed(run: "AleRun", more: tuple[str, ...] = ()) -> str:
    """Return the references that the text names."""
    wanted = [*REFERENCES, *more]
    results = [group.result for group in run.groups if isinstance(group.result, AleResult)]
    if any(result.counts.converted for result in results):
        wanted.append(LANCASTER)
    if any(result.familywise is not None for result in results):
        wanted.append(PHIPSON)
    if any(result.settings.fdr for result in results):
        wanted.append(BENJAMINI)
    if any(r.settings.fdr or r.counts.n_experiments < ADVISED_EXPERIMENTS for r in results):
        wanted.append(NUMBERS)
    return "\n".join(["References", *sorted(set(wanted))])
