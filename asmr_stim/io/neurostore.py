"""What NeuroStore holds of a paper, over HTTP.

A *base study* is a paper; its *versions* are extractions of it, by programs and by people. A
version holds analyses, an analysis points, as in NIMADS. The form is that of the server's source
(neurostuff/neurostore, commit 66b86610); anything in an answer may be null.

Offers: ``NeuroStore``, ``BaseStudy``, ``Version``, ``DEFAULT_HOST``.
"""

import re
import time
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from typing import Any, TypeVar
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlencode
from urllib.request import Request, urlopen

from pydantic import ValidationError

from asmr_stim import __version__
from asmr_stim.errors import InputError, MissingInputError, ServiceError
from asmr_stim.io.nimads import ForeignRecord, ForeignStudy, first_fault, parsed_json

DEFAULT_HOST = "https://neurostore.org/api"
TIMEOUT_S = 30.0
MAX_BYTES = 64 * 2**20  # a study has kilobytes
CHUNK_BYTES = 2**16

R = TypeVar("R", bound=ForeignRecord)


class Version(ForeignStudy):
    """One extraction of a paper."""

    id: str
    source: str | None = None
    username: str | None = None
    updated_at: str | None = None
    created_at: str | None = None

    @property
    def n_points(self) -> int:
        """Number of points of all analyses."""
        return sum(len(analysis.points or ()) for analysis in self.analyses or ())


class BaseStudy(ForeignRecord):
    """A paper with its versions."""

    id: str
    name: str | None = None
    doi: str | None = None
    pmid: str | None = None
    pmcid: str | None = None
    versions: list[Version] | None = None


class _Found(ForeignRecord):
    """The answer to a search."""

    results: list[BaseStudy]


@dataclass(frozen=True)
class NeuroStore:
    """The service at an address.

    Attributes
    ----------
    host : str
        Begins with http:// or https://.
    timeout_s : float, s
        For a whole answer.
    """

    host: str = DEFAULT_HOST
    timeout_s: float = TIMEOUT_S

    def __post_init__(self) -> None:
        if not re.match(r"https?://[^\s/\[\]]+(/\S*)?$", self.host):
            raise InputError(
                f"'{self.host}' is no address of a service; it begins with http:// or https://"
            )

    def base_study(self, identifier: str) -> BaseStudy:
        """Return a paper by its id.

        Raises
        ------
        MissingInputError
            If the service has none of this id.
        ServiceError
            If it does not answer, or not as it should.
        """
        path = f"/base-studies/{quote(identifier, safe='')}"
        return self._asked(path, {"nested": "true"}, BaseStudy)

    def find(self, key: str, value: str) -> tuple[BaseStudy, ...]:
        """Return the papers with this ``pmid`` or ``doi``; errors as ``base_study``."""
        return tuple(self._asked("/base-studies/", {key: value, "nested": "true"}, _Found).results)

    def _asked(self, path: str, query: dict[str, str], record: type[R]) -> R:
        url = f"{self.host.rstrip('/')}{path}?{urlencode(query)}"
        content = self._json(url)
        try:
            return record.model_validate(content)
        except ValidationError as error:
            raise ServiceError(
                f"{url} answers in a form that is not known here: {first_fault(error)}"
            ) from None

    def _json(self, url: str) -> Any:
        body = self._body(url)
        try:
            return parsed_json(body)
        except (ValueError, RecursionError):
            start = body[:40].decode("utf-8", "replace")
            raise ServiceError(
                f"{url} answers with something that is no JSON: it begins {start!r}"
            ) from None

    def _body(self, url: str) -> bytes:
        headers = {"Accept": "application/json", "User-Agent": f"asmr_stim/{__version__}"}
        request = Request(url, headers=headers)  # noqa: S310 the scheme is checked above
        too_slow = f"{url} does not answer within {self.timeout_s:g} s; try again later"
        try:
            with urlopen(request, timeout=self.timeout_s) as response:  # noqa: S310 same
                return self._read(response, url)
        except ServiceError:
            raise
        except HTTPError as error:
            raise _refusal(url, error) from None
        except TimeoutError:
            raise ServiceError(too_slow) from None
        except URLError as error:
            if isinstance(error.reason, TimeoutError):
                raise ServiceError(too_slow) from None
            raise ServiceError(
                f"{url} cannot be reached ({error.reason}); check the network and the address"
            ) from None
        except (HTTPException, OSError, ValueError) as error:
            what = type(error).__name__
            raise ServiceError(f"{url} broke off its answer ({what}); try again later") from None

    def _read(self, response: HTTPResponse, url: str) -> bytes:
        """Read an answer of bounded size in bounded time: a slow trickle never ends by itself."""
        deadline = time.monotonic() + self.timeout_s
        body = b""
        while chunk := response.read1(CHUNK_BYTES):
            body += chunk
            if time.monotonic() > deadline:
                raise TimeoutError
            if len(body) > MAX_BYTES:
                raise ServiceError(f"{url} answers with more than {MAX_BYTES // 2**20} MiB")
        if response.length:
            raise ConnectionError
        return body


def _refusal(url: str, error: HTTPError) -> Exception:
    if error.code == 404:
        return MissingInputError(f"{url} is not there (404)")
    if error.code == 429:
        wait = str(error.headers.get("Retry-After") or "")
        when = f"in {wait} s" if re.fullmatch(r"\d{1,6}", wait) else "later"
        return ServiceError(f"{url} is asked too often (429); try again {when}")
    return ServiceError(f"{url} answers {error.code} ({error.reason}); try again later")
