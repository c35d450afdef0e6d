"""The review as one HTML page; its figures and tables lie beside it."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from itertools import groupby
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from asmr_stim.report.knowledge import FIELDS, Knowledge, knowledge
from asmr_stim.report.tables import ReportTable
from asmr_stim.schema.knowledge import Stated, value_of
from asmr_stim.schema.review import PublishedReview
from asmr_stim.schema.study import Study

_JOINTS = re.compile(r"(?<=[_/])(?=\w)")


@dataclass(frozen=True)
class Tile:
    """A number at the head of the page, and what it counts."""

    number: str
    label: str


@dataclass(frozen=True)
class AnalysisBlock:
    """One ALE as the page shows it; ``folder`` holds its files, beside the page."""

    title: str
    warnings: tuple[str, ...]
    not_estimable: str | None = None
    counts: str = ""
    folder: str = ""
    cluster_p: float = 0.0
    maps: tuple[str, ...] = ()
    clusters: ReportTable | None = None


def review_page(content: Mapping[str, Any]) -> str:
    """Return the page.

    Parameters
    ----------
    content : mapping
        What the template ``review.html.j2`` names; a missing name is an error, not a gap.
    """
    environment = Environment(
        loader=PackageLoader("asmr_stim.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=False,
        lstrip_blocks=True,
    )
    environment.filters["number"] = _number
    environment.filters["breakable"] = _breakable
    css = files("asmr_stim.report").joinpath("templates", "review.css").read_text(encoding="utf-8")
    style = Markup(css)  # noqa: S704 our own file
    return environment.get_template("review.html.j2").render(css=style, **content)


def review_lines(review: PublishedReview) -> dict[str, Any]:
    """Return what is known of the published review, a line a fact."""
    lines = [
        _line("studies included", review.n_studies),
        _line("countries", review.n_countries),
        _line("databases searched", review.databases),
        _line("software of its ALE", review.ale.software),
        _line("experiments in its ALE", review.ale.n_experiments),
        _line("foci in its ALE", review.ale.n_foci),
        *_cluster_lines(review),
        *_band_lines(review),
    ]
    return {
        "title": value_of(review.title) or review.id,
        "doi": value_of(review.doi),
        "lines": lines,
        "lists_studies": isinstance(review.included_studies, Stated),
    }


def stimulus_details(studies: Iterable[Study]) -> Iterator[dict[str, Any]]:
    """Yield for each study its stimuli side by side, field by field."""
    for study in studies:
        cells = list(knowledge([study]))
        if not cells:
            yield {"id": study.id, "summary": "no stimulus is described", "stimuli": [],
                   "fields": []}  # fmt: skip
            continue
        n_known = sum(cell.state == "value" for cell in cells)
        labels = {stimulus.id: stimulus.label for stimulus in study.stimuli}
        stimuli = [
            {"label": labels[identifier], "roles": next(group).roles}
            for identifier, group in groupby(cells, key=lambda cell: cell.stimulus)
        ]
        yield {
            "id": study.id,
            "summary": f"{len(stimuli)} stimuli, {n_known} of {len(cells)} fields known",
            "stimuli": stimuli,
            "fields": [
                {"heading": heading, "cells": [c for c in cells if c.field == field]}
                for field, heading in FIELDS
                if _is_worth_a_row(cells, field)
            ],
        }


def _is_worth_a_row(cells: list[Knowledge], field: str) -> bool:
    return any(cell.field == field for cell in cells)


def _line(what: str, field: Any) -> str:
    value = value_of(field)
    shown = ", ".join(value) if isinstance(value, tuple) else value
    return f"{what}: {field if value is None else shown}"


def _cluster_lines(review: PublishedReview) -> Iterator[str]:
    clusters = value_of(review.ale.clusters)
    if clusters is None:
        yield _line("clusters of its ALE", review.ale.clusters)
        return
    for cluster in clusters:
        areas = " and ".join(map(str, cluster.brodmann_areas))
        peak = value_of(cluster.peak_mm)
        at = cluster.peak_mm if peak is None else ", ".join(f"{value:g}" for value in peak)
        yield f"cluster of its ALE: {cluster.label}, Brodmann areas {areas}; peak: {at}"


def _band_lines(review: PublishedReview) -> Iterator[str]:
    for result in value_of(review.eeg) or ():
        yield f"EEG {result.band}: {result.direction}"


def _number(value: float) -> str:
    if isinstance(value, int):
        return str(value)
    return f"{value:.4g}"


def _breakable(text: str) -> Markup:
    """Return text whose ids and paths may go on in a new line, so that its table stays narrow."""
    return Markup("<wbr>").join(_JOINTS.split(text))
