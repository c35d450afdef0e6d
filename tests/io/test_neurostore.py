import socket
import time

import pytest
from neurostore_server import Answer, a_base_study, a_neurostore, a_point, a_version

from asmr_stim.errors import InputError, MissingInputError, ServiceError
from asmr_stim.io.neurostore import NeuroStore

BASE = "/api/base-studies/baseB1?nested=true"


def asked(answer, timeout_s=5.0):
    with a_neurostore({BASE: answer}) as server:
        return NeuroStore(server.host, timeout_s).base_study("baseB1")


def test_a_paper_is_found_by_its_id():
    base = asked(a_base_study([a_version(points=[a_point(), a_point(2.0)]), a_version("verV2")]))
    assert [(version.id, version.n_points) for version in base.versions] == [
        ("verV1", 2),
        ("verV2", 1),
    ]
    assert base.versions[0].analyses[0].points[0].coordinates == [10.0, 20.0, 30.0]


def test_a_paper_is_found_by_its_pmid():
    path = "/api/base-studies/?pmid=33192358&nested=true"
    content = {"metadata": {"total_count": 1}, "results": [a_base_study()]}
    with a_neurostore({path: content}) as server:
        found = NeuroStore(server.host).find("pmid", "33192358")
        assert server.asked == [path]
    assert [base.id for base in found] == ["baseB1"]


def test_anything_but_the_ids_and_coordinates_may_be_null():
    empty = dict.fromkeys(a_base_study()) | {"id": "baseB1"}
    assert asked(empty).versions is None
    version = dict.fromkeys(a_version()) | {"id": "verV1"}
    assert asked(a_base_study([version])).versions[0].n_points == 0


def test_an_id_cannot_lead_to_another_place_of_the_service():
    with a_neurostore() as server, pytest.raises(MissingInputError):
        NeuroStore(server.host).base_study("../users?x=1")
    assert server.asked == ["/api/base-studies/..%2Fusers%3Fx%3D1?nested=true"]


@pytest.mark.parametrize(
    ("answer", "error", "message"),
    [
        (Answer({}, 404), MissingInputError, r"is not there \(404\)"),
        (Answer({}, 429), ServiceError, r"asked too often \(429\); try again later"),
        (Answer({}, 429, {"Retry-After": "17"}), ServiceError, "try again in 17 s"),
        (Answer({}, 429, {"Retry-After": "Wed, x"}), ServiceError, "try again later"),
        (Answer({}, 500), ServiceError, "answers 500"),
        (Answer(b"<html>busy</html>"), ServiceError, "no JSON: it begins '<html>busy"),
        (Answer(b"\xff\xfe"), ServiceError, "no JSON"),
        (Answer(b"[" * 200_000), ServiceError, "no JSON"),
        (Answer(b""), ServiceError, "no JSON"),
        (Answer(a_base_study(name="\ud800")), ServiceError, "no JSON"),
        (Answer(a_base_study(), cut=True), ServiceError, "broke off its answer"),
        (Answer([]), ServiceError, "'the top' is"),
        (Answer({"name": "x"}), ServiceError, "'id' is missing"),
        (Answer(a_base_study(pmid=33192358)), ServiceError, "'pmid' is 33192358"),
        (Answer(a_base_study(["verV1"])), ServiceError, r"'versions.0' is \"verV1\""),
        (
            Answer(a_base_study([a_version(points=["p1"])])),
            ServiceError,
            r"'versions.0.analyses.0.points.0' is \"p1\"",
        ),
        (
            Answer(a_base_study([a_version(points=[a_point() | {"coordinates": [1, None, 3]}])])),
            ServiceError,
            r"coordinates.1' is null",
        ),
        (
            Answer(a_base_study([a_version(points=[a_point(is_seed="yes")])])),
            ServiceError,
            r"is_seed' is \"yes\"",
        ),
    ],
)
def test_what_is_wrong_with_an_answer_is_one_sentence(answer, error, message):
    with pytest.raises(error, match=message) as caught:
        asked(answer)
    assert "\n" not in str(caught.value)


def test_a_service_that_does_not_answer_is_given_up_in_time():
    start = time.monotonic()
    with pytest.raises(ServiceError, match=r"does not answer within 0.2 s"):
        asked(Answer(a_base_study(), delay_s=1.5), timeout_s=0.2)
    assert time.monotonic() - start < 3


def test_a_service_that_answers_byte_by_byte_is_given_up_in_time():
    start = time.monotonic()
    with pytest.raises(ServiceError, match=r"does not answer within 0.3 s"):
        asked(Answer(a_base_study(), trickle_s=0.05), timeout_s=0.3)
    assert time.monotonic() - start < 3


def test_no_service_at_all_is_one_sentence():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(ServiceError, match=r"cannot be reached .*; check the network"):
        NeuroStore(f"http://127.0.0.1:{port}/api").base_study("baseB1")


def test_a_name_that_no_network_knows_is_one_sentence():
    with pytest.raises(ServiceError, match="cannot be reached"):
        NeuroStore("http://neurostore.invalid/api", 5).base_study("baseB1")


@pytest.mark.parametrize(
    "host",
    ["file:///etc", "neurostore.org/api", "ftp://x/y", "http://", "http://[x", "http://a b", ""],
)
def test_an_address_of_another_kind_is_refused(host):
    with pytest.raises(InputError, match="no address of a service"):
        NeuroStore(host)
