from copy import deepcopy
from datetime import date
from random import Random

import pytest
from neurostore_server import (
    Answer,
    a_base_study,
    a_neurostore,
    a_point,
    a_version,
    an_analysis,
)
from studies import a_study, peaks, stated, written

from asmr_stim.errors import AsmrStimError, InputError, MissingInputError, ServiceError
from asmr_stim.io.catalogue import load_catalogue
from asmr_stim.io.neurostore import NeuroStore
from asmr_stim.moderator.eligibility import UNCHECKED, eligibility, reasons_against
from asmr_stim.workflows.pull import Request, pull

BASE = "/api/base-studies/baseB1?nested=true"
UPSTREAM = [{"registry": "NeuroStore", "record": "baseB1", "source": "paper", "note": "believed"}]


def silently(_share):
    pass


def catalogue_of(folder, *studies):
    for study in studies:
        written(folder, study)
    return folder


@pytest.fixture
def catalogue(tmp_path):
    study = a_study(upstream=UPSTREAM, coordinates=[peaks([(7, 8, 9)])])
    return catalogue_of(tmp_path / "catalogue", study)


def content(folder):
    return {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def ask(catalogue, answers, **asked):
    with a_neurostore(answers) as server:
        request = Request(NeuroStore(server.host, 5.0), date(2026, 11, 22), **asked)
        return pull(catalogue, request, tell=silently)


def study_after(catalogue, identifier="doe_2020"):
    return load_catalogue(catalogue).study(identifier)


def test_what_is_pulled_is_marked_and_names_its_version(catalogue):
    (pulled,) = ask(catalogue, {BASE: a_base_study()})
    study = study_after(catalogue)
    table, source = study.coordinates[-1], study.sources[-1]
    assert pulled.version == "verV1"
    assert table.extraction == "automatically extracted"
    assert table.provenance.sources == (source.id,)
    assert "base study baseB1, version verV1, analysis anaA1" in table.provenance.locator
    assert source.kind == "index"
    assert source.reference.endswith("/api/studies/verV1")
    assert source.note.startswith("automatically extracted: version verV1 (source pubget)")
    assert "retrieved 2026-11-22" in source.note
    assert (table.space.value, table.space.basis) == ("MNI", "secondary")


def test_what_is_pulled_enters_no_ale(catalogue):
    ask(catalogue, {BASE: a_base_study()})
    study = study_after(catalogue)
    assert UNCHECKED in reasons_against(study, study.coordinates[-1])
    assert [each.experiment.name for each in eligibility(study).experiments] == ["doe_2020.table_1"]


def test_seeds_and_deactivations_are_kept_apart(catalogue):
    points = [a_point(1.0), a_point(2.0, is_seed=True), a_point(3.0, deactivation=True)]
    ask(catalogue, {BASE: a_base_study([a_version(points=points)])})
    new = study_after(catalogue).coordinates[1:]
    found = {table.id: (table.points[0].x, table.points[0].kind, table.direction) for table in new}
    assert found["asmr_rest"] == (1.0, "activation_peak", "not extracted")
    assert found["asmr_rest_seeds"] == (2.0, "connectivity_seed", "not extracted")
    x, kind, direction = found["asmr_rest_decrease"]
    assert (x, kind, direction.value) == (3.0, "activation_peak", "decrease")


def test_hand_made_values_are_as_they_were(catalogue):
    before = study_after(catalogue)
    ask(catalogue, {BASE: a_base_study(year=1999, name="another title")})
    after = study_after(catalogue)
    assert after.coordinates[:1] == before.coordinates
    assert after.sources[:1] == before.sources
    without = {"coordinates": (), "sources": ()}
    assert after.model_copy(update=without) == before.model_copy(update=without)


def test_pulling_again_changes_nothing(catalogue):
    with a_neurostore({BASE: a_base_study()}) as server:
        for day in (22, 23):
            request = Request(NeuroStore(server.host, 5.0), date(2026, 11, day))
            (pulled,) = pull(catalogue, request, tell=silently)
            if day == 22:
                before = content(catalogue)
    assert content(catalogue) == before
    assert pulled.intake.tables == ()


def test_a_table_that_a_person_corrected_is_left_alone(catalogue):
    with a_neurostore({BASE: a_base_study()}) as server:
        request = Request(NeuroStore(server.host, 5.0), date(2026, 11, 22))
        pull(catalogue, request, tell=silently)
        path = catalogue / "studies" / "doe_2020.yaml"
        corrected = path.read_text().replace("{x: 10, y: 20, z: 30", "{x: -10, y: 20, z: 30")
        corrected = corrected.replace(
            "automatically extracted\n", "automatically extracted, checked\n"
        )
        assert corrected != path.read_text()
        path.write_text(corrected)
        (pulled,) = pull(catalogue, request, tell=silently)
    assert path.read_text() == corrected
    assert (
        "its points differ now; what stands in the study is left as it is" in pulled.intake.notes[0]
    )


def test_several_versions_are_listed_and_none_is_chosen(catalogue):
    before = content(catalogue)
    versions = [a_version(), a_version("verV2")]
    (pulled,) = ask(catalogue, {BASE: a_base_study(versions)})
    assert "2 versions and none is chosen" in pulled.problem
    assert [version.id for version in pulled.versions] == ["verV1", "verV2"]
    assert content(catalogue) == before


def test_a_version_is_taken_by_its_id(catalogue):
    versions = [a_version(), a_version("verV2", points=[a_point(44.0)])]
    (pulled,) = ask(catalogue, {BASE: a_base_study(versions)}, study="doe_2020", version="verV2")
    assert pulled.version == "verV2"
    assert study_after(catalogue).coordinates[-1].points[0].x == 44.0


def test_a_version_that_is_not_there_is_named_with_those_that_are(catalogue):
    (pulled,) = ask(catalogue, {BASE: a_base_study()}, study="doe_2020", version="verV9")
    assert "has no version verV9; there are: verV1" in pulled.problem


def test_an_analysis_without_points_gives_no_table(catalogue):
    version = a_version() | {"analyses": [an_analysis([]), an_analysis([a_point()], name=None)]}
    ask(catalogue, {BASE: a_base_study([version])})
    assert [table.label for table in study_after(catalogue).coordinates[1:]] == ["analysis 2"]


def test_a_record_of_another_paper_is_not_taken(tmp_path):
    study = a_study(upstream=UPSTREAM, pmid=stated("33192358"), doi=stated("10.1234/ABC"))
    catalogue = catalogue_of(tmp_path / "catalogue", study)
    before = content(catalogue)
    (pulled,) = ask(catalogue, {BASE: a_base_study(pmid="1")})
    assert "of another paper: its pmid is 1, that of the study 33192358" in pulled.problem
    (pulled,) = ask(catalogue, {BASE: a_base_study(doi="https://doi.org/10.1234/abd")})
    assert "its doi is" in pulled.problem
    assert content(catalogue) == before
    (pulled,) = ask(catalogue, {BASE: a_base_study(doi="https://doi.org/10.1234/abc")})
    assert pulled.problem is None


def test_a_study_without_a_record_is_looked_for_by_pmid_then_doi(tmp_path):
    study = a_study(pmid=stated("33192358"), doi=stated("10.1234/abc"))
    catalogue = catalogue_of(tmp_path / "catalogue", study)
    answers = {
        "/api/base-studies/?pmid=33192358&nested=true": {"results": []},
        "/api/base-studies/?doi=10.1234%2Fabc&nested=true": {"results": [a_base_study()]},
    }
    (pulled,) = ask(catalogue, answers, study="doe_2020")
    assert pulled.version == "verV1"


def test_several_papers_of_one_pmid_are_listed(tmp_path):
    catalogue = catalogue_of(tmp_path / "catalogue", a_study(pmid=stated("33192358")))
    found = {"results": [a_base_study(), a_base_study(id="baseB2")]}
    answers = {"/api/base-studies/?pmid=33192358&nested=true": found}
    (pulled,) = ask(catalogue, answers, study="doe_2020")
    assert "several papers of this pmid (baseB1, baseB2)" in pulled.problem


def test_a_record_that_is_gone_is_said_of_its_study_and_the_others_are_pulled(tmp_path):
    other = a_study(id="roe_2021", upstream=[UPSTREAM[0] | {"record": "gone"}])
    other["samples"][0]["id"] = other["contrasts"][0]["sample"] = "others"
    catalogue = catalogue_of(tmp_path / "catalogue", a_study(upstream=UPSTREAM), other)
    good, gone = ask(catalogue, {BASE: a_base_study()})
    assert good.problem is None
    assert "is not there (404)" in gone.problem
    assert len(study_after(catalogue).coordinates) == 1


@pytest.mark.parametrize(
    "answer",
    [
        Answer({}, 429),
        Answer({}, 503),
        Answer(b"oops"),
        Answer(a_base_study(year="2020", pmid=5)),
        Answer(a_base_study(), delay_s=8),
    ],
)
def test_where_the_service_fails_the_catalogue_is_as_it_was(answer, tmp_path):
    other = a_study(id="roe_2021", upstream=[UPSTREAM[0] | {"record": "baseB2"}])
    other["samples"][0]["id"] = other["contrasts"][0]["sample"] = "others"
    catalogue = catalogue_of(tmp_path / "catalogue", a_study(upstream=UPSTREAM), other)
    before = content(catalogue)
    answers = {BASE: a_base_study(), "/api/base-studies/baseB2?nested=true": answer}
    with a_neurostore(answers) as server:
        request = Request(NeuroStore(server.host, 0.5), date(2026, 11, 22))
        with pytest.raises(ServiceError):
            pull(catalogue, request, tell=silently)
    assert content(catalogue) == before


def test_a_version_of_no_study_is_misplaced(catalogue):
    with pytest.raises(InputError, match="name it with --study"):
        ask(catalogue, {}, version="verV1")


def test_a_catalogue_that_names_no_record_says_what_to_do(tmp_path):
    catalogue = catalogue_of(tmp_path / "catalogue", a_study())
    with pytest.raises(MissingInputError, match="name a study with --study"):
        ask(catalogue, {})


VALUES = [
    None, 0, -1, 1.5, 1e308, float("nan"), 10**400, True, "", "  ", "no", "12:30", "- x", "\x85",
    "a: b #", "two\nlines", "\0", "\ud800", "ä" * 300, [], {}, [[]], [None], {"id": 1},
]  # fmt: skip


def places(value, at=()):
    """Yield the path to every part of a document."""
    yield at
    members = value.items() if isinstance(value, dict) else ()
    members = enumerate(value) if isinstance(value, list) else members
    for key, member in members:
        yield from places(member, (*at, key))


def mutated(document, random):
    """Return a document with something else in one to three places."""
    document = {"top": deepcopy(document)}
    for _ in range(random.choice([1, 1, 2, 3])):
        *way, last = random.choice([place for place in places(document) if place])
        part = document
        for key in way:
            part = part[key]
        part[last] = random.choice(VALUES)
    return document["top"]


def said_of(catalogue, request):
    """Return the sentence that a pull ends with, or None where something was taken."""
    try:
        (pulled,) = pull(catalogue, request, tell=silently)
    except AsmrStimError as error:
        return str(error)
    return pulled.problem or (None if pulled.intake.tables else "nothing was there")


def test_no_answer_breaks_the_catalogue_or_gives_a_traceback(catalogue):
    random = Random(20261122)  # noqa: S311 a fixed choice of mutations, no secret
    points = [a_point(1.0, space="MNI", values=[{"kind": "t", "value": 3.0}]), a_point(2.0)]
    right = a_base_study([a_version(points=[*points, a_point(3.0, is_seed=True)])])
    path = catalogue / "studies" / "doe_2020.yaml"
    before, sentences = path.read_bytes(), []
    with a_neurostore({BASE: right}) as server:
        request = Request(NeuroStore(server.host, 5.0), date(2026, 11, 22))
        for _ in range(80):
            path.write_bytes(before)
            server.answers[BASE] = Answer(mutated(right, random))
            sentences.append(said_of(catalogue, request))
            assert (path.read_bytes() == before) == (sentences[-1] is not None)
            load_catalogue(catalogue)
    assert None in sentences
    assert all("\n" not in sentence for sentence in filter(None, sentences))
