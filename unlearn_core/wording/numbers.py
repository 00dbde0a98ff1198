"""Numbers, shares, durations and sizes in words, the same everywhere."""

import math

_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def plain(value: float, digits: int) -> str:
    """A number with at most so many decimals and no trailing zeros."""
    text = f"{value:,.{digits}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def percent(share: float) -> str:
    """A share in per cent: `12 %`, `98.5 %`."""
    return f"{plain(share * 100, 1)} %"


def count(value: int) -> str:
    """A whole number with its thousands apart: `1,200`."""
    return f"{value:,}"


def place(share: float) -> str:
    """A share as a length or place in CSS, kept between 0 and 1: `12.50%`."""
    return f"{min(1.0, max(0.0, share)):.2%}"


def number(value: float) -> str:
    """Any number in three digits; very small and large ones as a power of ten."""
    if not math.isfinite(value):
        return "not available"
    if value == 0:
        return "0"
    power = math.floor(math.log10(abs(value)))
    if -4 <= power < 6:
        return plain(value, max(0, 2 - power) if power < 0 else max(0, 3 - 1 - min(power, 2)))
    return f"{value / 10**power:.1f} × 10{str(power).translate(_RAISED)}"


def seconds(value: float | None) -> str:
    """A duration: `12 s`, `3 min 20 s`, `2 h 5 min`; empty for none."""
    if value is None:
        return ""
    whole = max(0, round(value))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def size(value: float) -> str:
    """A number of bytes: `512 kB`, `7.4 MB`, `1.3 GB`."""
    for unit, factor in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if value >= factor:
            amount = value / factor
            return f"{amount:.0f} {unit}" if amount >= 100 else f"{amount:.1f} {unit}"
    return f"{value:.0f} bytes"
