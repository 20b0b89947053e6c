"""How numbers and texts cross between Python, the URL, JavaScript and the events of a run.

JSON has no infinity and no nan, so they travel as the strings "inf", "-inf" and "nan"; every other number
travels as itself. `components/shared/wire.js` is the same pair of functions for the browser.
"""

import json
import math

WORDS = {"inf": math.inf, "-inf": -math.inf, "nan": math.nan}


def dumps(value, **layout) -> str:
    """Return `value` as JSON that any program reads; `layout` is for `json.dumps`.

    >>> print(dumps({"loss": math.inf}))
    {"loss": "inf"}
    """
    return json.dumps(to_wire(value), ensure_ascii=False, allow_nan=False, **layout)


def loads(text: str | bytes):
    """Undo `dumps`; raise ValueError for what is no JSON.

    >>> loads('{"loss": "-inf", "name": "cnn"}')
    {'loss': -inf, 'name': 'cnn'}
    """
    return from_wire(json.loads(text))


def to_wire(value):
    """Copy `value` (numbers, strings, None, lists, tuples, dicts, numpy arrays and scalars) for JSON.

    Strings become `readable`.

    >>> to_wire({"loss": math.inf, "logits": [1.5, -math.inf]})
    {'loss': 'inf', 'logits': [1.5, '-inf']}
    """
    if hasattr(value, "tolist"):  # numpy arrays and scalars
        value = value.tolist()
    if isinstance(value, dict):
        return {key: to_wire(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [to_wire(item) for item in value]
    if isinstance(value, str):
        return readable(value)
    if isinstance(value, float) and not math.isfinite(value):
        return "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"
    return value


def readable(text: str) -> str:
    r"""Return `text` with escapes for what UTF-8 cannot encode, as in a file name that is not valid UTF-8.

    >>> print(readable("caf\udce9"))
    caf\udce9
    """
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode()


def from_wire(value):
    """Undo `to_wire` on what JSON gave back."""
    if isinstance(value, dict):
        return {key: from_wire(item) for key, item in value.items()}
    if isinstance(value, list):
        return [from_wire(item) for item in value]
    if isinstance(value, str):
        return WORDS.get(value, value)
    return value
