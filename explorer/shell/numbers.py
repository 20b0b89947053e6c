"""The format of numbers in texts; `components/shared/notation.js` does the same in the browser."""

import math


def number(value: float, digits: int = 4) -> str:
    """Format `value` with `digits` decimals, or with a power of ten where these would show nothing.

    >>> number(2.302585), number(-0.5, 2), number(math.inf), number(3.2e-12, 2), number(0.0)
    ('2.3026', '−0.50', '∞', '3.20×10⁻¹²', '0.0000')
    """
    if math.isnan(value):
        return "nan"
    sign = "−" if value < 0 else ""
    size = abs(value)
    if math.isinf(size):
        return sign + "∞"
    if size != 0 and (size < 0.5 * 10.0**-digits or size >= 1e6):
        mantissa, exponent = f"{size:.{min(digits, 2)}e}".split("e")
        return f"{sign}{mantissa}×10{_superscript(int(exponent))}"
    return f"{sign}{size:.{digits}f}"


def _superscript(exponent: int) -> str:
    return str(exponent).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
