"""Outcomes with bands, edges, directions and statistics; regions; coordinates."""

import re

from asmr_stim.schema.knowledge import value_of
from carried.evidence import bands_of, direction_of, edges_of, numbers
from carried.values import outcomes

KINDS = {"a_priori_roi": "a_priori_roi", "seed_roi": "connectivity_seed"}
WORD_FORMS = {"cortices": "cortex", "gyri": "gyrus", "and": "", "varies": ""}
# What stands among the regions but is none: it must be told in a contrast's note.
REMARKS = {
    "areas shared with classical music",
    "more areas than classical music",
    "varies across videos",
}
# What a study's own sentence says beyond the names of regions.
REGION_FILLERS = {"two", "trigger", "categories", "correlate", "positively", "with", "the", "for"}


def shape(outcome):
    """Return bands, edges in Hz and direction of an outcome of ours."""
    edges = value_of(outcome.edges)
    limits = None if edges is None else (edges.low_hz, edges.high_hz)
    return value_of(outcome.bands) or (), limits, value_of(outcome.direction)


def wrong_outcomes(evidence, study):
    """Every outcome row of the EEG file, in order."""
    rows, ours = evidence.rows, outcomes(study)
    if len(rows) != len(ours):
        return [f"{study.id}: {len(ours)} outcomes for {len(rows)} rows of the evidence"]
    wanted = [
        (bands_of(row["band"]), edges_of(row["band"]), direction_of(row["direction"]))
        for row in rows
    ]
    return [
        f"{study.id}: '{row['band']}: {row['direction']}' is {expected}, here {shape(outcome)}"
        for row, expected, outcome in zip(rows, wanted, ours, strict=True)
        if shape(outcome) != expected
    ]


def given_statistics(evidence):
    """Yield row, key, name, relation and value of each number of a ``statistics`` mapping."""
    for position, row in enumerate(evidence.rows):
        if isinstance(row["statistics"], dict):
            for key, content in row["statistics"].items():
                name = re.match(r"mean_change|median|[pd]$", key)
                relation = "below" if str(content).startswith("<") else "equal"
                for value in numbers(content):
                    yield position, key, name and name[0], relation, value


def missing_statistics(evidence, study):
    """Each number stands in its own outcome, by name and relation: ``<0.05`` is no 0.05."""
    ours = [
        {(each.name, each.relation, each.value) for each in value_of(outcome.statistics) or ()}
        for outcome in outcomes(study)
    ]
    return [
        f"{study.id}: {key} {relation} {value} is no statistic of outcome {position + 1}"
        for position, key, name, relation, value in given_statistics(evidence)
        if (name, relation, value) not in ours[position]
    ]


def missing_behaviour(evidence, study):
    """A mean with its standard deviation stands as the statistics of one outcome."""
    pairs = [
        {(each.name, each.value) for each in value_of(outcome.statistics) or ()}
        for outcome in outcomes(study)
    ]
    return [
        f"{study.id}: {key} {content} is mean and standard deviation of no outcome"
        for record in evidence.fmri
        for key, content in record.get("behaviour", {}).items()
        if "+/-" in content and dict(pairs_of(content)).items() not in map(set, pairs)
    ]


def pairs_of(content):
    return zip(("mean", "sd"), numbers(content), strict=True)


def named_regions(evidence):
    """Yield each region phrase with the direction that the evidence gives it, or None."""
    signs = {"positive": "increase", "negative": "decrease"}
    for record in evidence.fmri:
        for contrast in record["contrasts"]:
            listed = contrast.get("reported_regions", [])
            by_sign = listed if isinstance(listed, dict) else {None: listed}
            for sign, phrases in by_sign.items():
                for phrase in phrases if isinstance(phrases, list) else []:
                    yield phrase, signs.get(sign)


def missing_regions(evidence, study):
    """Every word of a region phrase stands in the names or notes of one contrast's regions."""
    ours = [
        list(value_of(contrast.imaging.regions) or ())
        for contrast in study.contrasts
        if contrast.imaging is not None
    ]
    notes = " | ".join(contrast.note or "" for contrast in study.contrasts)
    missing = []
    for phrase, direction in named_regions(evidence):
        if phrase in REMARKS:
            found = phrase in notes
        else:
            found = any(
                _words(phrase) <= set().union(*(_words(each.name) for each in regions), set())
                for regions in (_of_direction(each, direction) for each in ours)
            )
        if not found:
            missing.append(f"{study.id}: the region '{phrase}' is in no contrast")
    return missing


def _of_direction(regions, direction):
    return [each for each in regions if direction in {None, each.direction}]


def _words(phrase):
    bare = re.sub(
        r"\((abstract|specific|liked only|as cited by Lee 2020)\)| as main area", "", phrase
    )
    words = {WORD_FORMS.get(word, word) for word in re.findall(r"\w+", bare)}
    return words - REGION_FILLERS - {""}


def missing_cluster_counts(evidence, study):
    """Counts of clusters, positive and negative, contrast by contrast in the evidence's order."""
    theirs = [
        (contrast["n_clusters_reported"]["positive"], contrast["n_clusters_reported"]["negative"])
        for record in evidence.fmri
        for contrast in record["contrasts"]
        for _ in re.findall("seed", contrast["name"])
        if "n_clusters_reported" in contrast
    ]
    ours = [
        (value_of(each.imaging.n_clusters_positive), value_of(each.imaging.n_clusters_negative))
        for each in study.contrasts
        if each.imaging is not None and value_of(each.imaging.n_clusters_positive) is not None
    ]
    return [] if ours == theirs else [f"{study.id}: clusters {theirs} in the evidence, here {ours}"]


def given_points(evidence):
    """Return x, y, z, kind, label and radius of every point, in order."""
    return [
        (focus["x"], focus["y"], focus["z"], KINDS[focus["kind"]], focus.get("radius_mm"))
        for record in evidence.fmri
        for contrast in record["contrasts"]
        for focus in contrast["foci"]
    ]


def points(study):
    return [
        (point.x, point.y, point.z, point.kind, point.radius_mm)
        for table in study.coordinates
        for point in table.points
    ]
