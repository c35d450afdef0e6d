"""Studies to test with: one that is right, parts to change in it, and a whole filled catalogue."""

from copy import deepcopy
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from asmr_stim.io.taxonomy import load_taxonomy
from asmr_stim.moderator.ale.result import MonteCarlo
from asmr_stim.schema.study import Study

SOURCE = {"id": "paper", "kind": "publisher", "reference": "https://example.org/paper"}
HERE = {"scope": "value", "sources": ["paper"]}


QUICK = MonteCarlo(n_iterations=40)
"""Arrangements enough for a report whose family-wise p are not looked at."""


def stated(value: Any, basis: str = "stated") -> dict[str, Any]:
    """Return a value with a provenance of its own."""
    return {"value": value, "basis": basis, "provenance": deepcopy(HERE)}


def a_stimulus(identifier: str = "asmr_video", **changes: Any) -> dict[str, Any]:
    """Return a stimulus of which only the channel and the sources are known."""
    stimulus = {
        "id": identifier,
        "label": identifier.replace("_", " "),
        "channel": stated("audiovisual", "coded"),
        "sources": stated(["tapping"], "coded"),
    }
    return stimulus | changes


def an_outcome(**changes: Any) -> dict[str, Any]:
    """Return an outcome: alpha power went up, nothing more is known."""
    outcome = {
        "measure": "eeg_power",
        "bands": stated(["alpha"]),
        "direction": stated("increase"),
        "grade": "direction_only",
    }
    return outcome | changes


def a_contrast(**changes: Any) -> dict[str, Any]:
    """Return a contrast of an ASMR video with a control video, with one outcome."""
    contrast = {
        "id": "asmr_vs_control",
        "label": "ASMR against control",
        "first": "ASMR video",
        "second": "control video",
        "type": stated("stimulus_vs_control", "coded"),
        "sample": "adults",
        "stimuli": [
            {"stimulus": "asmr_video", "role": "asmr"},
            {"stimulus": "control_video", "role": "control"},
        ],
        "outcomes": [an_outcome()],
    }
    return contrast | changes


def a_study(**changes: Any) -> dict[str, Any]:
    """Return the content of a study file that has no problem."""
    study = {
        "schema_version": "1.0.0",
        "id": "doe_2020",
        "title": stated("A study"),
        "review_status": {"status": "candidate", "basis": "recorded", "reason": "for the test"},
        "evidence_level": "full_text",
        "sources": [deepcopy(SOURCE)],
        "samples": [{"id": "adults", "label": "adults", "n": stated(20)}],
        "stimuli": [a_stimulus(), a_stimulus("control_video", sources=stated(["rain"], "coded"))],
        "contrasts": [a_contrast()],
    }
    return study | changes


def built(content: dict[str, Any]) -> Study:
    """Return the record of a study's content, checked against the program's taxonomy."""
    return Study.model_validate(deepcopy(content), context={"taxonomy": load_taxonomy()})


def written(folder: Path, content: dict[str, Any]) -> Path:
    """Write a study's content into ``folder/studies`` under its id; return the path."""
    path = folder / "studies" / f"{content['id']}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    return path


def peaks(points: Any, direction: str = "increase") -> dict[str, Any]:
    """Return a table of whole-brain activation peaks that may enter an ALE."""
    return {
        "id": "table_1",
        "label": "ASMR against control",
        "contrast": "asmr_vs_control",
        "space": stated("MNI"),
        "coverage": stated("whole_brain"),
        "effect": stated("activation"),
        "direction": stated(direction),
        "complete": stated(True),
        "provenance": deepcopy(HERE),
        "points": [{"x": x, "y": y, "z": z, "kind": "activation_peak"} for x, y, z in points],
    }


def a_full_stimulus(identifier: str, source: str, act: str) -> dict[str, Any]:
    """Return a stimulus of which every field is known."""
    return {
        "id": identifier,
        "label": identifier.replace("_", " "),
        "title": stated("Ten minutes of it"),
        "creator": stated("a creator"),
        "url": stated("https://example.org/video"),
        "platform": stated("a platform"),
        "n_clips": stated(3),
        "duration_s": stated(240),
        "words": stated(["soft taps"]),
        "channel": stated("audiovisual", "coded"),
        "sources": stated([source], "coded"),
        "acts": stated([act], "coded"),
        "composition": stated([{"term": source, "share": 0.8}, {"term": "rain", "share": 0.1}]),
        "participant_dependent": stated(False),
        "chosen_by": stated("a pilot sample"),
        "level_db": stated(45.0),
        "level_reference": stated("dB SPL(A) at the ear"),
        "facets": {
            "speech_present": stated("absent"),
            "language": stated("none"),
            "pace": stated("slow"),
            "spatial": stated("binaural_mic"),
            "background_music": stated("absent"),
            "transducer": stated("headphones"),
        },
    }


def a_filled_catalogue(folder: Path, n_studies: int = 22) -> Path:
    """Write a synthetic catalogue in which every field of every study is filled in.

    Studies take turns over sources and acts; peaks scatter about one point, so that an ALE finds
    a cluster there; two EEG bands rise, one falls, one is mixed.
    """
    draws = np.random.default_rng(20)
    for number in range(n_studies):
        near = np.round(draws.normal((-52, -28, 40), 4, size=(1, 3)))
        anywhere = np.round(draws.uniform((-50, -80, -20), (50, 50, 60), size=(5, 3)))
        points = np.concatenate([near, anywhere]).tolist()
        written(folder, a_full_study(number, points))
    return folder


def a_full_study(number: int, points: list[list[float]]) -> dict[str, Any]:
    """Return a study of which every field is known."""
    source = ("tapping", "whisper", "rain", "page_turning")[number % 4]
    act = ("haircut", "personal_attention", "no_act")[number % 3]
    return a_study(
        id=f"doe_{2000 + number}",
        authors=stated(["Doe J"]), year=stated(2000 + number), venue=stated("A journal"),
        doi=stated(f"10.1234/doe.{number}"), pmid=stated(str(1000 + number)),
        pmcid=stated(f"PMC{number}"), countries=[stated("Japan"), stated("Italy", "inferred")],
        modalities=stated(["fmri", "eeg"]), design=stated("within"),
        samples=[a_full_sample(number)],
        stimuli=[
            a_full_stimulus("asmr_video", source, act),
            a_full_stimulus("control_video", "rain", "no_act"),
        ],
        contrasts=[a_full_contrast(number)],
        coordinates=[peaks(points)],
    )  # fmt: skip


def a_full_sample(number: int) -> dict[str, Any]:
    """Return a sample of which every field is known."""
    return {
        "id": f"sample_{number}", "label": "adults", "n": stated(20 + number),
        "n_female": stated(10), "n_male": stated(10), "age_mean_years": stated(25.0),
        "age_sd_years": stated(3.0), "selection": stated("asmr_experiencers"),
        "overlaps_with": stated([]),
        "groups": [{
            "id": "asmr", "label": "ASMR", "n": stated(10), "experiences_asmr": stated(True),
        }],
    }  # fmt: skip


def a_full_contrast(number: int) -> dict[str, Any]:
    """Return a contrast of which every field is known, with an outcome for each band."""
    return a_contrast(
        sample=f"sample_{number}",
        outcomes=[
            a_full_outcome(number, band, direction)
            for band, direction in (
                ("alpha", "increase"), ("theta", "increase"), ("delta", "decrease"),
                ("gamma", "increase" if number % 2 else "decrease"), ("beta", "no_change"),
            )
        ],
        design=stated("within"), n=stated(20 + number), task=stated("none"),
        elicitation={
            "elicited": stated(True), "share": stated(0.7), "mean_intensity": stated(4.2),
            "scale": stated("1-7"), "how_asked": stated("after each clip"),
        },
        imaging={
            "analysis": stated("activation"), "coverage": stated("whole_brain"),
            "correction": stated("cluster FWE p < .05"), "n_clusters_positive": stated(2),
            "n_clusters_negative": stated(0),
            "regions": stated([
                {"name": "insula", "direction": "increase"},
                {"name": "precuneus", "direction": "decrease", "note": "left only"},
                {"name": "cuneus"},
            ]),
        },
    )  # fmt: skip


def a_full_outcome(number: int, band: str, direction: str) -> dict[str, Any]:
    """Return an outcome of which every field is known."""
    return an_outcome(
        bands=stated([band]), direction=stated(direction),
        edges=stated({"low_hz": 8.0, "high_hz": 12.0}), power=stated("relative"),
        reference=stated("average"), region=stated("occipital"), eyes=stated("open"),
        timing=stated("during"), artefact_handling=stated("ICA"), n=stated(20 + number),
        statistics=stated([{"name": "t", "value": 2.5}]),
    )  # fmt: skip
