"""Times of samples, written for people."""


def clock(seconds: float, decimals: int = 3) -> str:
    """Return a time as ``m:ss.mmm``, with hours where there are some.

    Examples
    --------
    >>> clock(83.25)
    '1:23.250'
    >>> clock(3600, 0)
    '1:00:00'
    """
    ticks = round(seconds * 10**decimals)
    whole, fraction = divmod(ticks, 10**decimals)
    minutes, second = divmod(whole, 60)
    hours, minute = divmod(minutes, 60)
    head = f"{hours}:{minute:02d}" if hours else f"{minute}"
    tail = f".{fraction:0{decimals}d}" if decimals else ""
    return f"{head}:{second:02d}{tail}"


def length(seconds: float) -> str:
    """Return a length in the unit that suits it.

    Examples
    --------
    >>> length(0.0123), length(2.17), length(3725)
    ('12.3 ms', '2.170 s', '1:02:05')
    """
    if seconds < 1:
        return f"{seconds * 1000:.4g} ms"
    return f"{seconds:.3f} s" if seconds < 60 else clock(seconds, 0)


def counted(n: int, noun: str) -> str:
    """Return ``1 region`` or ``2 regions``."""
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"
