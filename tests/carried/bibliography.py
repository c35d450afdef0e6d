"""Who, when, where, by which identifiers; how well it is known, and what that says of inclusion."""

import re

from asmr_stim.schema.knowledge import Stated, value_of
from carried.evidence import numbers
from carried.values import plain, texts

IDENTIFIERS = {
    "doi": re.compile(r"10\.\d{4,9}/(?!\S*\.\.\.)\S+"),
    "pmid": re.compile(r"\d{1,8}"),
    "pmcid": re.compile(r"PMC\d+"),
}
EVIDENCE_LEVELS = {
    "abstract": "abstract",
    "abstract, truncated at the EEG sentence": "abstract_truncated",
    "abstract + authors' analysis code": "abstract_and_code",
    "abstract (primary) + numbers from a secondary note": "abstract_and_secondary",
    "reference-list entry only": "reference_entry",
    "analysis code only, no results": "code_only",
    "analysis code only": "code_only",
    "repository README": "readme",
    "university newspaper": "newspaper",
    "newspaper column": "newspaper",
    "blog": "blog",
    "none": "none",
}
# The EEG file gives no status: judged by the stated scope of the review.
STATUS_BY_CRITERIA = {
    "lee_2022": "candidate",
    "cai_2020": "candidate",
    "anglia_ruskin_undated": "candidate",
    "wang_2025": "less_likely",
    "wang_2020": "less_likely",
    "unknown_undated_fractal": "not_candidate",
    "reinartz_groba_undated": "not_candidate",
    "macewan_undated": "not_candidate",
    "cho_undated": "not_candidate",
    "khofstadter_2018": "not_candidate",
    "stirling_2020": "not_candidate",
}
YEAR = re.compile(r"\b(?:19|20)\d\d\b")
LOCATOR = re.compile(r"\d+(?:\(\d+\))?:[a-z]*\d+(?:-\d+)?")
AUTHOR = re.compile(r"[^\W\d_][\w'-]*(?: [\w'-]+){0,2} [A-Z](?:-?[A-Z])*")


def given_identifier(evidence, key):
    """Return the identifier that either file gives, or None; ``unverified`` ones are none."""
    for record in evidence.records:
        if IDENTIFIERS[key].fullmatch(str(record.get(key))):
            return str(record[key])
    return None


def wrong_identifiers(evidence, study):
    return [
        f"{study.id}: {key} is {given_identifier(evidence, key)}, here {getattr(study, key)}"
        for key in IDENTIFIERS
        if value_of(getattr(study, key)) != given_identifier(evidence, key)
    ]


def lost_doubtful_identifiers(evidence, study):
    """A DOI from memory and one of a preprint are told, in a note or a detail."""
    told = [*study.notes, *(text for each in study.details for text in texts(value_of(each.value)))]
    return [
        f"{study.id}: the {key} {doi} is told nowhere"
        for record in evidence.eeg
        for key in ("doi_unverified", "doi_preprint")
        for doi in re.findall(r"10\.\S+", record.get(key, ""))
        if not any(doi in text for text in told)
    ]


def wrong_citation(evidence, study):
    """Title, authors, year, venue, volume and pages, as the fMRI file has them."""
    missing = []
    for record in evidence.fmri:
        title = record["title"].removesuffix(" (title as searched)")
        if not title.startswith("("):
            ours = value_of(study.title) or ""
            missing += [] if ours.casefold().startswith(title.casefold()) else [f"title {title}"]
        year = str(record["year"])[:4]
        if year.isdigit() and "commit" not in str(record["year"]):
            missing += [] if value_of(study.year) == int(year) else [f"year {year}"]
        venue = record["journal"].split(" (")[0]
        if venue not in {"not found", "thesis"}:
            missing += [] if _is_short_for(venue, value_of(study.venue)) else [f"venue {venue}"]
    missing += [f"one of the years {years}" for years in _wrong_years(evidence, study)]
    missing += [f"author {name}" for name in _authors(evidence) - _names(study)]
    pieces = set(re.findall(r"\w+", " ".join(_details(study))))
    missing += [
        f"'{piece}' of {locator}"
        for record in evidence.records
        for locator in LOCATOR.findall(record["citation"])
        for piece in re.findall(r"\w+", locator)
        if piece not in pieces
    ]
    return [f"{study.id}: {each} of the evidence is not here" for each in missing]


def _wrong_years(evidence, study):
    """Yield the years of a citation of the EEG file of which none is ours.

    A year that we say is inferred need not be printed in it.
    """
    if isinstance(study.year, Stated) and study.year.basis == "inferred":
        return
    for record in evidence.eeg:
        years = set(map(int, YEAR.findall(record["citation"])))
        if years and value_of(study.year) not in years:
            yield sorted(years)


def _is_short_for(short, venue):
    """Return whether each word of a journal's short name begins a word of its name."""
    words = re.findall(r"\w+", (venue or "").casefold())
    return all(
        any(word.startswith(stem) for word in words)
        for stem in re.findall(r"\w+", short.casefold())
    )


def _details(study):
    """Return the details of the study as texts, numbers too."""
    contents = [plain(value_of(each.value)) for each in study.details]
    return [*texts(contents), *(f"{number:g}" for number in numbers(contents))]


def _authors(evidence):
    """Return every name that a record prints."""
    names = set()
    for record in evidence.records:
        printed = record["citation"].split(" (")[0].split(". ")[0].split(", ")
        listed = [*record.get("authors", ()), *printed]
        names |= {_name(each) for each in listed if AUTHOR.fullmatch(each)}
    return names


def _names(study):
    return {_name(each) for each in value_of(study.authors) or ()}


def _name(printed):
    """Return surname and initials; their order and hyphens differ between records."""
    surname, _, initials = printed.rpartition(" ")
    return f"{surname} {''.join(sorted(initials.replace('-', '')))}"


def wrong_countries(evidence, study):
    """Every country, and ``inferred`` wherever the evidence says that it is an inference."""
    ours = () if isinstance(study.countries, str) else study.countries
    given = {each.value: each for each in ours}
    missing = []
    for record in evidence.fmri:
        for entry in record["country"]:
            name = entry.split(" (")[0]
            if name not in given:
                missing.append(f"{study.id}: the country {name} is not here")
            elif "inference" in entry and given[name].basis != "inferred":
                missing.append(f"{study.id}: {name} is an inference, here {given[name].basis}")
    return missing


def given_status(evidence, study_id):
    """Return the status that the evidence records, or the one judged by criteria."""
    if not evidence.fmri:
        return STATUS_BY_CRITERIA[study_id], "by_criteria"
    status = evidence.fmri[0]["review_status"]
    if status.startswith("not a candidate"):
        return "not_candidate", "recorded"
    return "less_likely" if "less likely" in status else "candidate", "recorded"


def given_level(evidence):
    """Return the evidence level of the EEG file, which is finer, else of the fMRI file."""
    if evidence.eeg:
        return EVIDENCE_LEVELS[evidence.eeg[0]["evidence_level"]]
    full = "read from the full text" in evidence.fmri[0]["confidence"]
    return "full_text" if full else "abstract"
