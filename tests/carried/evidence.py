"""The evidence that the catalogue was written from, and the rules by which the two are compared.

The evidence is two lists of loose records (``studies_fmri.yaml``, ``studies_eeg.yaml``) that lie
beside the repository. Everything here is read from them anew; only the pairing of identifiers and
the handful of readings that no rule can make are written down.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

import yaml
from builders import shared_folder

FMRI_IDS = {
    "lochte_2018": "lochte_2018",
    "smith_2017_dmn": "smith_2017",
    "smith_2019_five_networks": "smith_2019_networks",
    "smith_2019_peerj": "smith_2019_videos",
    "smith_2020_five_triggers": "smith_2020",
    "lee_2020": "lee_2020",
    "sakurai_2021": "sakurai_2021",
    "sakurai_2023_av": "sakurai_2023_viewing",
    "sakurai_2023_preference": "sakurai_2023_preference",
    "lee_he_2025": "lee_2025",
    "kim_2024": "kim_2024",
    "hozaki_2025": "hozaki_2025",
    "smejka_wiggs_2022": "smejka_2022",
    "eid_2022": "eid_2022",
    "lohaus_2023": "lohaus_2023",
    "poerio_2018": "poerio_2018",
    "valtakari_2019": "valtakari_2019",
    "ozgur_fnirs": "ozgur_undated",
    "flockton_meg_thesis": "york_undated_thesis",
    "fredborg_2021_eeg": "fredborg_2021",
    "swart_2022": "swart_2022",
    "engelbregt_2022": "engelbregt_2022",
    "inagaki_ohta_2022": "inagaki_2022",
    "ohta_inagaki_2021": "ohta_2021",
    "pedrini_2021": "pedrini_2021",
    "villena_gonzalez_2023": "villena_gonzalez_2023",
    "yu_2023": "yu_2023",
    "mohammadi_2024": "mohammadi_2024",
    "lee_m_2019_binaural": "lee_2019",
    "seifzadeh_2024_pilot": "seifzadeh_2024",
    "asmr_case_report_fbt": "seifzadeh_2021_case",
    "sst_10_179_japan": "uchida_undated",
}
EEG_IDS = {
    "poerio2018": "poerio_2018",
    "valtakari2019": "valtakari_2019",
    "ozgur_fnirs": "ozgur_undated",
    "thesis_j162_eeg": "york_undated_thesis",
    "thesis_j162_meg": "york_undated_thesis",
    "fredborg2021": "fredborg_2021",
    "swart2022": "swart_2022",
    "engelbregt2022": "engelbregt_2022",
    "inagaki_ohta2022": "inagaki_2022",
    "ohta_inagaki2021": "ohta_2021",
    "pedrini2021": "pedrini_2021",
    "villena2023": "villena_gonzalez_2023",
    "yu2023": "yu_2023",
    "mohammadi2025": "mohammadi_2024",
    "lee2019_bb_asmr": "lee_2019",
    "seifzadeh2024_headphones": "seifzadeh_2024",
    "seifzadeh2021_case": "seifzadeh_2021_case",
    "sst2020_japan": "uchida_undated",
    "lee2022_rct": "lee_2022",
    "cai2020_smu": "cai_2020",
    "wang2020": "wang_2020",
    "sep_erp_2024": "anglia_ruskin_undated",
    "wang2025": "wang_2025",
    "hfd_resting": "unknown_undated_fractal",
    "reinartz_groba": "reinartz_groba_undated",
    "macewan_student": "macewan_undated",
    "cho_korea": "cho_undated",
    "hofstadter2018": "khofstadter_2018",
    "stirling_msc2020": "stirling_2020",
}
STUDY_IDS = sorted({*FMRI_IDS.values(), *EEG_IDS.values()})
FMRI_STUDY_IDS = sorted(FMRI_IDS.values())
EEG_STUDY_IDS = sorted(set(EEG_IDS.values()))


class Evidence(NamedTuple):
    """What both files hold about one study; either may be silent."""

    fmri: tuple[dict[str, Any], ...]
    eeg: tuple[dict[str, Any], ...]

    @property
    def records(self) -> tuple[dict[str, Any], ...]:
        return self.fmri + self.eeg

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The outcome rows, in the order of the file."""
        return [row for record in self.eeg for row in record["outcomes"]]


@cache
def _file(name: str) -> Any:
    return yaml.safe_load((shared_folder("evidence") / name).read_text(encoding="utf-8"))


def fmri_records() -> list[dict[str, Any]]:
    return _file("studies_fmri.yaml")["studies"]


def eeg_records() -> list[dict[str, Any]]:
    return _file("studies_eeg.yaml")


def evidence(study_id: str) -> Evidence:
    return Evidence(
        tuple(each for each in fmri_records() if FMRI_IDS[each["id"]] == study_id),
        tuple(each for each in eeg_records() if EEG_IDS[each["id"]] == study_id),
    )


NUMBER = re.compile(r"(?<![\w.])[-+]?\d+(?:,\d{3})*(?:\.\d+)?(?![\w]*[a-zA-Z]\d)")
WORDS = {"two": 2.0, "three": 3.0, "five": 5.0, "six": 6.0, "eight": 8.0, "tenfold": 10.0}
WORD = re.compile(rf"\b({'|'.join(WORDS)})\b", re.IGNORECASE)


SEPARATE = re.compile(r"two studies|two headphone types")  # each is a record of its own here


def numbers(content: Any) -> Iterator[float]:
    """Yield every number in numbers, texts, lists and mappings; ``8-13`` holds 8 and 13."""
    if isinstance(content, bool) or content is None:
        return
    if isinstance(content, int | float):
        yield float(content)
    elif isinstance(content, str):
        yield from (float(hit.replace(",", "")) for hit in NUMBER.findall(content))
        told = SEPARATE.sub("", content)
        yield from (WORDS[word.lower()] for word in WORD.findall(told))
    else:
        for member in content.values() if isinstance(content, dict) else content:
            yield from numbers(member)


SPAN = re.compile(r"(\d+(?:\.\d+)?)\s*(s|min|h)(?:utes)?\b")
SECONDS = {"s": 1, "min": 60, "h": 3600}


def spans_s(text: str) -> list[float]:
    """Return the spans of time that a text names, in seconds: ``5 min`` is 300."""
    return [float(value) * SECONDS[unit] for value, unit in SPAN.findall(text)]


# What a direction sentence of the evidence says, by the first line that matches. The order
# matters: "no difference is mentioned" is silence, "no difference" a result.
DIRECTION_WORDS: tuple[tuple[str, str | None], ...] = (
    (r"no difference is mentioned|no significant \w+ result is reported", None),
    (r"no numbers|no values|per-contrast values not found", None),
    (r"modulation|evident|moving to|band missing", None),
    (
        r"^(none|no difference|no significant change|no comparable change)|resting level",
        "no_change",
    ),
    (r"increase|larger|largest|higher|raised", "increase"),
    (r"better", "increase"),
    (r"decrease|lower", "decrease"),
    (r"faster", "decrease"),  # of the time taken
)


def direction_of(sentence: str) -> str | None:
    """Return the direction that a sentence states, or None where it states none."""
    for words, direction in DIRECTION_WORDS:
        if re.search(words, sentence):
            return direction
    raise AssertionError(f"no rule reads the direction sentence {sentence!r}")


BAND_NAMES = (
    "high gamma", "high beta", "delta", "theta", "alpha", "smr", "beta", "gamma",
)  # fmt: skip
EDGES = re.compile(r"(\d+(?:\.\d+)?)-(\d+(?:\.\d+)?) Hz")


def bands_of(text: str) -> tuple[str, ...]:
    """Return the bands that a band text names, in its order, by our names.

    ``beta1/SMR`` is one band with two names; ``gamma1`` and ``gamma2`` are parts of gamma.
    """
    if text == "all bands":
        return ("broadband",)
    plain = text.lower().replace("beta1/smr", "smr")
    found = re.findall("|".join(BAND_NAMES), plain)
    return tuple(name.replace(" ", "_") for name in found)


def edges_of(text: str) -> tuple[float, float] | None:
    """Return the limits in Hz that a band text gives, or None."""
    hit = EDGES.search(text)
    return (float(hit[1]), float(hit[2])) if hit else None


def places(record: dict[str, Any]) -> list[str]:
    """Return the addresses of a record without the remarks behind them."""
    return [re.sub(r" \(.*\)$", "", entry) for entry in record["provenance"]]


GITHUB = re.compile(r"github:(?P<repository>[^@:]+)(?:@(?P<commit>\w+))?(?::(?P<path>.*))?$")


def is_same_place(one: str, other: str) -> bool:
    """Return whether two addresses mean one place.

    An address with ``...`` in it lacks its middle; a commit may be shortened.
    """
    if one == other:
        return True
    if "/.../" in one:
        head, _, tail = one.partition("/.../")
        return other.startswith(head) and other.endswith(tail)
    mine, theirs = GITHUB.match(one), GITHUB.match(other)
    if mine is None or theirs is None:
        return False
    commits = sorted((mine["commit"] or "", theirs["commit"] or ""), key=len)
    paths = {(hit["path"] or "").rstrip("/") for hit in (mine, theirs)}
    same_repository = mine["repository"] == theirs["repository"]
    return same_repository and len(paths) == 1 and commits[1].startswith(commits[0])
