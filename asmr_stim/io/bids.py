"""The stimuli of the catalogue as BIDS: in the draft form of BEP044, and in the form of before.

The draft form has ``stimuli/stimuli.tsv`` with one row a stimulus, and a sidecar
``stim-<label>_<suffix>.json`` for each whose channel is known. No media are written: every
stimulus is marked as not present, with its address where one is known. BIDS knows one kind of
missing value, ``n/a``; which fields were not reported and which not extracted stands in the
sidecar.

The form of before, for programs that know nothing of the draft, has the same under
``stimuli/<study>/<stimulus>.json`` and a table of another name, since a ``stimuli.tsv`` would say
that the folder follows the draft.

Offers: ``bep044_files``, ``legacy_files``, ``stimulus_labels``.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from asmr_stim import __version__
from asmr_stim.errors import InputError
from asmr_stim.io.data_package import MISSING_VALUES, STIMULUS, Field, OfStudy, cell_text
from asmr_stim.io.tables import MISSING, json_bytes
from asmr_stim.schema.bids_rules import BidsRules
from asmr_stim.schema.hed import hed_string
from asmr_stim.schema.knowledge import NOT_EXTRACTED, NOT_REPORTED, value_of
from asmr_stim.schema.stimulus import Stimulus
from asmr_stim.schema.study import Study
from asmr_stim.schema.taxonomy import Taxonomy

BIDS_VERSION = "1.10.1"
SUFFIXES = {"audio": "audio", "visual": "video", "audiovisual": "audiovideo"}
"""The suffix of the draft for a channel of the taxonomy; real touch has none."""
LEGACY_TABLE = "catalogue"
OWN_COLUMNS = (
    "study", "stimulus", "title", "creator", "platform", "n_clips", "duration_s", "channel",
    "sources", "acts", "primary_source", "level_db", "level_reference",
)  # fmt: skip


@dataclass(frozen=True)
class _Row:
    """A stimulus with what the draft asks of it."""

    study: Study
    stimulus: Stimulus
    label: str
    suffix: str | None
    hed: str | None

    @property
    def description(self) -> str:
        return f"{self.stimulus.label} ({self.study.id})"

    def known(self, name: str) -> Any:
        """Return the value of a field of the stimulus or of its identity, or None."""
        part = self.stimulus if name in Stimulus.model_fields else self.stimulus.identity
        return value_of(getattr(part, name))


def stimulus_labels(studies: Sequence[Study]) -> dict[tuple[str, str], str]:
    """Return the label of each stimulus in BIDS: letters and digits, unique in the catalogue.

    Returns
    -------
    dict of (study id, stimulus id) to str
        ``lee_2020`` and ``asmr_video`` become ``lee2020AsmrVideo``.
    """
    labels: dict[tuple[str, str], str] = {}
    for study in studies:
        for stimulus in study.stimuli:
            label = _camel(study.id, stimulus.id)
            if label.lower() in {taken.lower() for taken in labels.values()}:
                raise InputError(
                    f"two stimuli would share the label '{label}'; rename '{stimulus.id}' "
                    f"in {study.id}"
                )
            labels[study.id, stimulus.id] = label
    return labels


def bep044_files(
    studies: Sequence[Study], taxonomy: Taxonomy, rules: BidsRules
) -> dict[str, bytes]:
    """Return the files of a dataset in the draft form, by path.

    Parameters
    ----------
    studies : sequence of Study
    taxonomy : Taxonomy
        Its crosswalk gives the HED strings.
    rules : BidsRules
        They name the draft and the version of HED.
    """
    rows = list(_rows(studies, taxonomy))
    columns = [*DRAFT_COLUMNS, *_own_columns()]
    draft = f"BEP044 at {rules.draft.revision} of {rules.draft.date} ({rules.draft.url})"
    files = {
        "dataset_description.json": _description(f"in the draft form of {draft}", rules),
        "README.md": _readme(f"The folder `stimuli/` follows the draft {draft}."),
        "stimuli/stimuli.tsv": _tsv(columns, rows),
        "stimuli/stimuli.json": json_bytes(_column_descriptions(columns)),
    }
    for row in rows:
        if row.suffix is not None:
            files[f"stimuli/stim-{row.label}_{row.suffix}.json"] = json_bytes(_sidecar(row))
    return files


def legacy_files(
    studies: Sequence[Study], taxonomy: Taxonomy, rules: BidsRules
) -> dict[str, bytes]:
    """Return the files of a dataset in the form of before the draft; as ``bep044_files``."""
    rows = list(_rows(studies, taxonomy))
    columns = [*LEGACY_COLUMNS, *_own_columns()]
    files = {
        "dataset_description.json": _description("in the form of before BEP044", rules),
        "README.md": _readme(
            "The column `stim_file` of an `events.tsv` names a path below `stimuli/`."
        ),
        f"stimuli/{LEGACY_TABLE}.tsv": _tsv(columns, rows),
        f"stimuli/{LEGACY_TABLE}.json": json_bytes(_column_descriptions(columns)),
    }
    for row in rows:
        path = f"stimuli/{row.study.id}/{row.stimulus.id}.json"
        files[path] = json_bytes(_sidecar(row))
    return files


def _camel(*identifiers: str) -> str:
    first, *rest = "_".join(identifiers).split("_")
    return first + "".join(word[:1].upper() + word[1:] for word in rest)


def _rows(studies: Sequence[Study], taxonomy: Taxonomy) -> Iterator[_Row]:
    labels = stimulus_labels(studies)
    for study in studies:
        for stimulus in study.stimuli:
            channel = value_of(stimulus.channel)
            suffix = SUFFIXES.get(channel) if channel is not None else None
            hed = hed_string(taxonomy, _words(stimulus))
            yield _Row(study, stimulus, labels[study.id, stimulus.id], suffix, hed)


def _words(stimulus: Stimulus) -> Iterator[str]:
    channel = value_of(stimulus.channel)
    yield from [] if channel is None else [channel]
    yield from value_of(stimulus.sources) or ()
    yield from value_of(stimulus.acts) or ()
    for name, field in stimulus.facets.items():
        yield f"{name}.{value_of(field)}"


def _own_columns() -> list[Field]:
    """Return the columns of the data package that the draft does not know, for a row here."""
    by_name = {field.name: field for field in STIMULUS}
    return [_own_column(by_name[name]) for name in OWN_COLUMNS]


def _own_column(field: Field) -> Field:
    return field._replace(of=lambda row: field.of(OfStudy(row.study, row.stimulus)))


def _tsv(columns: Sequence[Field], rows: Sequence[_Row]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(
        out, delimiter="\t", lineterminator="\n", quoting=csv.QUOTE_NONE, quotechar=None
    )
    writer.writerow([column.name for column in columns])
    writer.writerows([_cell(column.of(row)) for column in columns] for row in rows)
    return out.getvalue().encode()


def _cell(value: Any) -> str:
    """Return a cell without double quotes, which some readers of TSV take for quoting."""
    text = cell_text(value).replace('"', "'")
    return MISSING if text in MISSING_VALUES else text


def _column_descriptions(columns: Sequence[Field]) -> dict[str, Any]:
    return {column.name: {"Description": column.description} for column in columns}


def _sidecar(row: _Row) -> dict[str, Any]:
    said = {
        "License": row.known("licence"),
        "Copyright": row.known("creator"),
        "URL": row.known("url"),
        "Description": row.description,
        "AudioCodec": row.known("codec"),
        "HED": row.hed,
    }
    fields = [name for name in Stimulus.model_fields if name not in {"id", "label"}]
    states = {name: getattr(row.stimulus, name) for name in fields}
    own = {
        "Study": row.study.id,
        "Stimulus": row.stimulus.id,
        "NotReported": [name for name, state in states.items() if state == NOT_REPORTED],
        "NotExtracted": [name for name, state in states.items() if state == NOT_EXTRACTED],
    }
    return {key: value for key, value in said.items() if value is not None} | {"AsmrStim": own}


def _description(form: str, rules: BidsRules) -> bytes:
    content = {
        "Name": f"Stimuli of ASMR studies, {form}",
        "BIDSVersion": BIDS_VERSION,
        "HEDVersion": rules.hed_version,
        "DatasetType": "raw",
        "Authors": ["The asmr_stim developers"],
        "GeneratedBy": [{"Name": "asmr_stim", "Version": __version__}],
    }
    return json_bytes(content)


def _readme(sentence: str) -> bytes:
    text = (
        "# Stimuli of ASMR studies\n\n"
        f"{sentence} The clips themselves are not here: each belongs to its maker. Values stand "
        "without their provenance, which the catalogue of asmr_stim holds.\n"
    )
    return text.encode()


DRAFT_COLUMNS = [
    Field("stimulus_id", "string", "id of the stimulus", lambda row: f"stim-{row.label}"),
    Field("type", "string", "kind of the stimulus", lambda row: row.suffix),
    Field("license", "string", "licence as its maker states it", lambda row: row.known("licence")),
    Field("copyright", "string", "who made it", lambda row: row.known("creator")),
    Field("description", "string", "what it is", lambda row: row.description),
    Field("URL", "string", "where it is or was", lambda row: row.known("url")),
    Field("HED", "string", "what is true of it, in HED", lambda row: row.hed),
    Field("present", "boolean", "whether its file is here", lambda _: False),
]
LEGACY_COLUMNS = [
    Field("stim_file", "string", "path below stimuli/, once the file is there",
          lambda row: row.known("file")),
    Field("url", "string", "where it is or was", lambda row: row.known("url")),
    Field("description", "string", "what it is", lambda row: row.description),
    Field("HED", "string", "what is true of it, in HED", lambda row: row.hed),
]  # fmt: skip
