"""Options that hold several words or numbers, with commas between them."""

from asmr_stim.errors import InputError


def names_in(text: str | None) -> tuple[str, ...]:
    """Return the names in a list with commas; none where the option was left out or is empty."""
    return tuple(name.strip() for name in (text or "").split(",") if name.strip())


def numbers_in(text: str) -> tuple[float, ...]:
    """Return the numbers in a list with commas, at least one.

    Raises
    ------
    InputError
        If one of them is no number or left out.
    """
    try:
        return tuple(float(number) for number in text.split(","))
    except ValueError:
        raise InputError(f"'{text}' is no list of numbers with commas between them") from None
