"""Formulas as MathML, which browsers draw by themselves: a few words to write them with."""

from html import escape

GREEK = {"theta": "θ", "lambda": "λ", "gamma": "γ", "alpha": "α"}

SPACE = '<mspace width="0.16em"></mspace>'
LOG = f"{SPACE}<mi>log</mi>{SPACE}"


def i(name: str) -> str:
    """A variable: one letter slanted, a longer name upright."""
    return f"<mi>{escape(GREEK.get(name, name))}</mi>"


def n(number: str) -> str:
    """A number."""
    return f"<mn>{escape(number)}</mn>"


def o(sign: str) -> str:
    """An operator, a relation or a bracket."""
    return f"<mo>{escape(sign)}</mo>"


def words(text: str) -> str:
    """Upright text."""
    return f"<mtext>{escape(text)}</mtext>"


def row(*parts: str) -> str:
    """Parts beside each other."""
    return f"<mrow>{''.join(parts)}</mrow>"


def sub(base: str, low: str) -> str:
    """A base with an index."""
    return f"<msub>{base}{low}</msub>"


def power(base: str, high: str) -> str:
    """A base with an exponent."""
    return f"<msup>{base}{high}</msup>"


def frac(above: str, below: str) -> str:
    """A fraction."""
    return f"<mfrac>{above}{below}</mfrac>"


def under(base: str, below: str) -> str:
    """A sign with its range below it."""
    return f"<munder>{base}{below}</munder>"


def brackets(*parts: str, kind: str = "()", tall: bool = False) -> str:
    """Parts in brackets; tall ones grow with what they hold."""
    left, right = (f'<mo stretchy="{str(tall).lower()}">{escape(side)}</mo>' for side in kind)
    return row(left, *parts, right)


def hat(base: str) -> str:
    """A letter with a hat."""
    return f'<mover accent="true">{base}{o("^")}</mover>'


def mean(over: str, *parts: str) -> str:
    """The expectation of something over something."""
    return row(sub(i("𝔼"), over), brackets(*parts, kind="[]"))


def math(*parts: str) -> str:
    """A whole formula on a line of its own."""
    return f'<math display="block">{row(*parts)}</math>'


def inline(*parts: str) -> str:
    """A symbol within a list."""
    return f"<math>{row(*parts)}</math>"
