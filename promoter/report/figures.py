"""Numbers to words: at most three significant digits, with their unit; percent exists only here.

Rates (unit "fraction") are shown in percent, differences of rates in percentage points (pp). Counts stay whole.
"""

_COUNTED = frozenset({"byte", "day", "row", "word"})
_BYTES = ((1e9, "GB"), (1e6, "MB"), (1e3, "kB"))
_JOINT = "\N{NO-BREAK SPACE}"
"""Between a number and its unit, so that no line ends there."""

_POINT_SUFFIX = "_difference"


def figure(value: float, unit: str, measure: str = "", *, is_signed: bool = False) -> str:
    """Return a value with its unit. A rate below one never reads as 100 %, nor one above zero as 0 %."""
    number, suffix = _scaled(value, unit, measure)
    is_almost_all = unit == "fraction" and value < 1 and _digits(number) == "100"
    words = f">{_JOINT}99.9{suffix}" if is_almost_all else f"{_digits(number)}{suffix}"
    return f"+{words}" if is_signed and value > 0 else words


def limit(comparator: str, bound: float, unit: str, measure: str = "") -> str:
    """Return a bound as it is written in mathematics: ≥ 75 %. A bound is a rule, so no digit of it is dropped."""
    number, suffix = _scaled(bound, unit, measure)
    sign = {">=": "≥", "<=": "≤"}.get(comparator, comparator)
    return f"{sign}{_JOINT}{_in_full(number)}{suffix}"


def span(lower: float, upper: float, unit: str, measure: str = "", *, is_signed: bool = False) -> str:
    """Return an interval without its unit, which stands at its value: 71.2 to 80.4."""
    ends = []
    for value in (lower, upper):
        number, _ = _scaled(value, unit, measure)
        ends.append(f"+{_digits(number)}" if is_signed and number > 0 else _digits(number))
    return f"{_JOINT}to{_JOINT}".join(ends)


def gap(margin: float, relative: float | None, comparator: str, unit: str) -> str:
    """Return how far a value is from its bound, with the side and its size relative to the bound: 3.8 pp short (5.1 %).

    A relative size above the bound's own says nothing and is left out.
    """
    if margin == 0:
        return "on the bound"
    side = "inside" if margin > 0 else "short" if comparator == ">=" else "over"
    words = f"{figure(abs(margin), unit, _POINT_SUFFIX)} {side}"
    return words if relative is None or abs(relative) > 1 else f"{words} ({share(abs(relative))})"


def share(fraction: float) -> str:
    """Return a fraction that is no measurement, such as an interval's level, in percent: 95 %."""
    return f"{_bare(fraction * 100)}{_JOINT}%"


def count(number: int) -> str:
    """Return a count in full, with thousands apart: 12,400."""
    return f"{number:,}"


def counted(number: int, singular: str, plural: str | None = None) -> str:
    """Return a count with its noun: 1 policy, 3 policies."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


def _scaled(value: float, unit: str, measure: str) -> tuple[float, str]:
    if unit == "fraction":
        return value * 100, f"{_JOINT}pp" if measure.endswith(_POINT_SUFFIX) else f"{_JOINT}%"
    if unit == "byte":
        for size, name in _BYTES:
            if abs(value) >= size:
                return value / size, f"{_JOINT}{name}"
    if unit in _COUNTED and value != 1:
        return value, f"{_JOINT}{unit}s"
    return value, f"{_JOINT}{unit}" if unit else ""


def _digits(number: float) -> str:
    """Return three significant digits, trailing zeros kept so that columns align; whole numbers stay whole."""
    if number == 0 or (number == int(number) and abs(number) < 100):
        return _bare(number)
    if abs(number) < 1e-4 or abs(number) >= 1e15:
        return _minus(f"{number:.2e}")
    if abs(number) >= 99.95:
        return _minus(f"{float(f'{number:.3g}'):,.0f}")
    return _minus(f"{number:#.3g}".rstrip("."))


def _minus(words: str) -> str:
    """Return the words with a minus sign in place of a leading hyphen."""
    return words.replace("-", "\N{MINUS SIGN}", 1) if words.startswith("-") else words


def _in_full(number: float) -> str:
    """Return all digits that a person wrote; ten are enough to undo what binary fractions add."""
    return _minus(f"{float(f'{number:.10g}'):,}".removesuffix(".0"))


def _bare(number: float) -> str:
    """Return up to three significant digits without trailing zeros, never in exponents where avoidable."""
    rounded = float(f"{number:.3g}")
    return _minus(f"{rounded:,.0f}" if abs(rounded) >= 1000 else f"{rounded:g}")
