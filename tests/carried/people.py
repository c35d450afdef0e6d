"""Sizes of samples and groups, sexes and ages."""

import re
from collections import Counter

from asmr_stim.schema.knowledge import value_of
from carried.evidence import numbers
from carried.values import figures, outcomes

CLIPS = re.compile(r"\d+ candidate videos")  # a count of clips inside a text about people


def missing_people(evidence, study):
    """Equal numbers must stand as often as the evidence gives them: 14 and 14 are two groups."""
    ours = sum((figures(sample) for sample in study.samples), Counter())
    sizes = {value_of(sample.n) for sample in study.samples}
    return [
        f"{study.id}: {number:g} of '{key}' of {record['id']} is in no sample"
        for record in evidence.records
        for key in ("n", "groups", "sex", "age")
        for number in Counter(numbers(_without_clips(record.get(key)))) - ours
    ] + [
        f"{study.id}: no sample has the n {record['n']} of {record['id']}"
        for record in evidence.records
        if isinstance(record["n"], int) and record["n"] not in sizes
    ]


def _without_clips(content):
    return CLIPS.sub("", content) if isinstance(content, str) else content


def missing_outcome_sizes(evidence, study):
    """An n is that of its outcome; the two of ``16 vs 17`` are groups, their sum its n."""
    groups = Counter(value_of(group.n) for sample in study.samples for group in sample.groups)
    missing = []
    for row, outcome in zip(evidence.rows, outcomes(study), strict=True):
        given = list(numbers(row["n"]))
        if given and value_of(outcome.n) != sum(given):
            missing.append(f"{study.id}: n {row['n']} of '{row['band']}' is not its outcome's")
        if len(given) > 1 and Counter(given) - groups:
            missing.append(f"{study.id}: {row['n']} of '{row['band']}' are no groups")
    return missing


def wrong_sexes(evidence, study):
    """The counts of a ``sex`` mapping are those of a sample."""
    ours = [(value_of(each.n_female), value_of(each.n_male)) for each in study.samples]
    return [
        f"{study.id}: no sample has {record['sex']}"
        for record in evidence.eeg
        if "sex" in record and (record["sex"]["female"], record["sex"]["male"]) not in ours
    ]
