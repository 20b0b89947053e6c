"""The setting that holds a table of samples, as the URL shows it."""

import pytest

from explorer.components.sample_table import MOST, Samples

ONE = (3, *range(10))
SAMPLES = Samples((ONE,), -1000, 1000)


def test_samples_come_back_from_the_url_as_they_went():
    value = SAMPLES.check([ONE, (0, *[0.5, -1000.0] * 5)])
    assert SAMPLES.parse(SAMPLES.format(value)) == value


ZEROS = ",0" * 10
REFUSED = {
    "nothing": "",
    "too few numbers": "1,2,3",
    "two empty samples": "_",
    "a class too many": "10" + ZEROS,
    "a negative class": "-1" + ZEROS,
    "half a class": "1.5" + ZEROS,
    "an infinite class": "inf" + ZEROS,
    "letters": "x" + ZEROS,
    "nan": "1,nan" + ",0" * 9,
    "a logit out of range": "1,1001" + ",0" * 9,
    "too many samples": "_".join(["1" + ZEROS] * (MOST + 1)),
}


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED)
def test_what_is_no_table_of_samples_is_refused(text):
    with pytest.raises(ValueError):
        SAMPLES.parse(text)
