"""Numbers as people read them: few digits, thousands apart, with their unit."""

_UNITS = {"percent": "%", "ratio": "", "count": "", "none": ""}


def number(value: float) -> str:
    """Return a number with as many digits as matter: `2,140`, `71`, `4.2`, `0.035`."""
    size = abs(value)
    if size >= 100:
        return f"{value:,.0f}"
    if size >= 1:
        return f"{value:.1f}".removesuffix(".0")
    return f"{value:.2g}" if size >= 0.005 else "0"


def amount(value: float, unit: str) -> str:
    """Return a number with its unit: `2,140 ms`, `71 %`."""
    return f"{number(value)} {_UNITS.get(unit, unit)}".rstrip()


def ms(value: float) -> str:
    """Return milliseconds, as such."""
    return amount(value, "ms")


def percent(value: float) -> str:
    """Return a percentage that is given as 0 to 100."""
    return amount(value, "percent")


def share(value: float) -> str:
    """Return a share that is given as 0 to 1, in whole percent."""
    return f"{value * 100:.0f} %"


def change(before: float, after: float) -> str:
    """Return how much a value changed: in percent, or how many times when it grew a lot."""
    if before == 0:
        return "same" if after == 0 else "new"
    if abs(after - before) < 0.005 * abs(before):
        return "same"
    if after > 5 * before > 0:
        return f"{number(after / before)} times as much"
    return f"{(after - before) / before * 100:+,.0f} %"


def cut(text: str, limit: int) -> str:
    """Return the text on one line, at most so long."""
    line = " ".join(text.split())
    return line if len(line) <= limit else f"{line[: limit - 1].rstrip()}…"


def listed(names: list[str]) -> str:
    """Return names as in a sentence: `a`, `b` and `c`."""
    marked = [f"`{name}`" for name in names]
    return " and ".join([", ".join(marked[:-1]), marked[-1]] if len(marked) > 1 else marked)


def sentence(text: str) -> str:
    """Return a clause as a sentence."""
    return f"{text[:1].upper()}{text[1:]}."
