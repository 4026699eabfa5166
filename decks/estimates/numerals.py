"""Numbers as people say them."""

from __future__ import annotations

from decimal import Decimal

_NAMED = (("trillion", 1e12), ("billion", 1e9), ("million", 1e6))
_LARGEST, _SMALLEST = 1e15, 1e-4  # beyond, a power of ten says more


def spoken(value: float, digits: int = 6) -> str:
    """A finite number to so many significant digits (15 at most): 20 million, 0.0005, 1.2e18."""
    rounded = float(f"{value:.{digits}g}")
    size = abs(rounded)
    if not _SMALLEST <= size < _LARGEST:
        return power_of_ten(rounded) if size else "0"
    for name, factor in _NAMED:
        if size >= factor:
            return f"{_grouped(rounded / factor, digits)} {name}"
    return _grouped(rounded, digits)


def power_of_ten(value: float) -> str:
    """A number as a mantissa with a power of ten: 3.35e12."""
    mantissa, _, exponent = f"{value:.{_digits(value) - 1}e}".partition("e")
    return f"{mantissa}e{int(exponent)}"


def constant(value: float) -> str:
    """The same number as it is best read within a formula: 86,400, 0.9, 1e9."""
    if value and (value % 1e6 == 0 or abs(value) < 1e-3):
        return power_of_ten(value)
    digits = _digits(value)
    is_whole = value % 1 == 0 and abs(value) < _LARGEST
    return f"{value:,.0f}" if is_whole else f"{value:.{digits}g}"


def _digits(value: float) -> int:
    """How many significant digits tell the number from all others."""
    return next(digits for digits in range(1, 18) if float(f"{value:.{digits - 1}e}") == value)


def _grouped(value: float, digits: int) -> str:
    return f"{Decimal(f'{value:.{digits}g}'):,f}"
