"""Names, numbers and sources of every kind, and sentences that should have been our own."""

import re
from collections import Counter

from asmr_stim.schema.checks import walk
from carried.evidence import is_same_place, numbers, places, spans_s
from carried.results import points
from carried.values import durations_s, figures, stated, texts

FILE_NAME = re.compile(r"[\w-]+\.(?:mp3|wav|nii|mat|avi)\b")
CODES = re.compile(r"\b[a-zA-Z]\d+-[a-zA-Z]\d+\b")  # P1-P64, t1-t13
LONGEST_QUOTE = 8  # words in a row that may be the evidence's own
PROSE = ("design", "confidence", "notes", "note", "findings", "flag", "direction", "contrast")
ANOTHER_STUDY = re.compile(r"(?<![\w-])[A-Z][a-z]+(?: [A-Z]-[A-Z]| et al\.)? (?:19|20)\d\d\b")
REMARKS = ("confidence", "notes", "review_status")
QUOTED = {"title", "reference", "authors", "venue", "words"}


def missing_numbers(evidence, study):
    """Every number of designs, findings, scanner, EEG and mixing parameters.

    Within each of these, equal numbers must stand here as often; minutes may stand as seconds.
    """
    ours, ours_s, missing = figures(study), durations_s(study), []
    for record in evidence.records:
        for key in ("design", "findings", "behaviour", "eeg", "stimuli", "modality"):
            content = _without_notes(record.get(key))
            named_s = {span for text in texts(content) for span in spans_s(text)} & set(ours_s)
            missing += [
                f"{study.id}: {number:g} of '{key}' of {record['id']} is nowhere"
                for number in Counter(numbers(content)) - ours
                if not {number, number * 60} & named_s
            ]
    return missing


def _without_notes(content):
    if isinstance(content, dict):
        return {key: _without_notes(each) for key, each in content.items() if "note" not in key}
    return list(map(_without_notes, content)) if isinstance(content, list) else content


def told_numbers(study):
    """Return the numbers of all values, notes, labels and points of a study."""
    told = {*figures(study), *(number for point in points(study) for number in point[:3])}
    told.update(
        number
        for where, text in _own_texts(study)
        if where[0] != "review_status"  # which speaks of the review's 18 studies
        for number in numbers(text)
    )
    return told


def missing_remarks(evidence, study):
    """Every number of citations, remarks and outcome rows stands in a value or a note."""
    ours, missing = told_numbers(study), []
    for record in evidence.records:
        told = {key: ANOTHER_STUDY.sub("", str(record.get(key, ""))) for key in REMARKS}
        told |= {key: record.get(key) for key in ("citation", "year")}
        for number, row in enumerate(record.get("outcomes", [])):
            told |= {f"{key} {number + 1}": row[key] for key in ("band", "region", "contrast")}
        missing += [
            f"{study.id}: {number:g} of '{key}' of {record['id']} is nowhere"
            for key, content in told.items()
            for number in numbers(content)
            if number not in ours
        ]
    return missing


def missing_names(evidence, study):
    """File names, codes of sounds and people, and electrodes that the evidence lists."""
    ours = [text for value in stated(study) for text in texts(value)]
    listed = [
        name
        for record in evidence.records
        for text in texts([record["stimuli"], record["n"]])
        for name in [*FILE_NAME.findall(text), *CODES.findall(text)]
    ]
    for record in evidence.eeg:
        settings = record.get("eeg")
        listed += settings.get("channels_in_code", []) if isinstance(settings, dict) else []
    return [
        f"{study.id}: '{name}' is nowhere"
        for name in listed
        if not any(re.search(rf"\b{re.escape(name)}\b", text) for text in ours)
    ]


def missing_sources(evidence, study):
    ours = [source.reference for source in study.sources]
    return [
        f"{study.id}: {place} is none of its sources"
        for record in evidence.records
        for place in places(record)
        if not any(is_same_place(place, reference) for reference in ours)
    ]


def missing_upstream(evidence, study):
    ours = {each.record for each in study.upstream}
    theirs = {
        record["coordinates_elsewhere"]["index_id"]
        for record in evidence.fmri
        if "coordinates_elsewhere" in record
    }
    return [f"{study.id}: the record {each} of the index is lost" for each in theirs - ours]


def carried_over_sentences(evidence, study):
    """Return runs of more than eight words that stand word for word in the evidence's prose."""
    theirs = {run for record in evidence.records for run in _runs(_prose(record))}
    own = {".".join(map(str, where)): text for where, text in _own_texts(study)}
    return [
        f"{study.id}: '{' '.join(run)}' in {where} is the evidence's own sentence"
        for where, text in own.items()
        for run in _runs([text])
        if run in theirs
    ]


def _prose(content):
    """Yield every text under a key of prose, at any depth."""
    if isinstance(content, dict):
        for key, member in content.items():
            yield from texts(member) if key in PROSE else _prose(member)
    elif isinstance(content, list):
        for member in content:
            yield from _prose(member)


def _own_texts(study):
    for where, value in walk(study):
        if isinstance(value, str) and not QUOTED.intersection(where):
            yield where, value


def _runs(prose):
    for text in prose:
        words = re.findall(r"[\w.+-]+", text.lower())
        for start in range(len(words) - LONGEST_QUOTE):
            yield tuple(words[start : start + LONGEST_QUOTE + 1])
