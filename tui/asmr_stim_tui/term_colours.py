"""A colour for every source: its class has the hue, so that related sounds look related."""

import math
from dataclasses import dataclass

from asmr_stim.schema.taxonomy import Taxonomy

UNLABELLED = "#8a929c"
_LIGHTNESS = 0.80
_CHROMA = 0.115
_GOLDEN_TURN = 137.508  # degrees; neighbours in the list come to lie far apart on the circle
_FIRST_HUE = 75.0  # amber


@dataclass(frozen=True)
class TermColours:
    """Colours by source term.

    Parameters
    ----------
    by_term : dict from str to str
        ``#rrggbb`` of every term of the source axis.
    """

    by_term: dict[str, str]

    @classmethod
    def of(cls, taxonomy: Taxonomy) -> "TermColours":
        """Return colours in which the terms of one class share a hue."""
        classes: dict[str, str] = {}
        by_term = {}
        for term in taxonomy.terms_of("source"):
            name = "/".join(taxonomy.path(term.id).split("/")[:2])
            if name.count("/") and not taxonomy.children(name.split("/")[1]):
                name = name.split("/")[0]
            if name not in classes:
                classes[name] = oklch(_LIGHTNESS, _CHROMA, _FIRST_HUE + len(classes) * _GOLDEN_TURN)
            by_term[term.id] = classes[name]
        return cls(by_term)

    def __getitem__(self, source: str | None) -> str:
        """Return the colour of a source; grey for none."""
        return self.by_term.get(source or "", UNLABELLED)


def oklch(lightness: float, chroma: float, hue_degrees: float) -> str:
    """Return an OKLCH colour as ``#rrggbb``, cut to what a screen can show.

    References
    ----------
    B. Ottosson, 'A perceptual color space for image processing' (2020): Oklab to linear sRGB.
    IEC 61966-2-1: the transfer function of sRGB.
    """
    hue = math.radians(hue_degrees)
    a, b = chroma * math.cos(hue), chroma * math.sin(hue)
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    linear = (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )
    return "#" + "".join(f"{round(255 * _encoded(value)):02x}" for value in linear)


def _encoded(linear: float) -> float:
    value = min(max(linear, 0.0), 1.0)
    return 12.92 * value if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055
