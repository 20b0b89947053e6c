"""The number fields of the boards: what is accepted, and how a refusal is said; the sliders' names and values."""

import pytest
from playwright.sync_api import expect

from explorer.shell import texts

# Each number field of each kind, and what is allowed in it.
FIELDS = {
    "/softmax .xlb-row .xb-field": (-1000, 1000),
    "/softmax .xlb-controls .xb-field": (0.05, 20),
    "/softmax?part=surface .xlb .xb-field": (-1000, 1000),
    "/softmax?part=samples .xst .xb-field": (-1000, 1000),
    "/logistic-regression .xlg .xb-field": (-1000, 1000),
    "/logistic-regression?part=surface .xwb .xb-field": (-6, 6),
    "/cross-entropy .xdb-p .xb-field": (0, 1),
    "/cross-entropy .xdb-z .xb-field": (-100, 100),
    "/softmax-or-sigmoid .xbb .xb-field": (-1000, 1000),
    "/results?part=calibration .xcb .xb-field": (0.1, 10),
    "/guess .xgb .xb-field": (0, 1),
}


def type_in(field, text):
    field.fill(text)
    field.press("Enter")


@pytest.mark.parametrize("where", FIELDS)
def test_what_a_field_refuses_is_said_with_what_is_allowed_and_what_stays(visit, where):
    path, selector = where.split(" ", 1)
    tab = visit(path)
    field = tab.locator(selector).first
    before, url = field.input_value(), tab.url
    status = tab.locator(".xb-refused")
    low, high = (f"{value:.1f}" if value % 1 == 0 else f"{value:g}" for value in FIELDS[where])
    allowed = f"{low} … {high}".replace("-", "−")
    for text in ("12345", "abc"):
        type_in(field, text)
        expect(status).to_contain_text(allowed)
        said = status.inner_text()
        assert text in said and before in said.replace(text, "").replace(allowed, "")
        assert status.get_attribute("role") == "status"
        assert field.get_attribute("aria-invalid") == "true"
        assert field.get_attribute("aria-describedby") == status.get_attribute("id")
        expect(field).to_have_value(before)
    assert tab.url == url
    type_in(field, low)
    expect(status).to_be_hidden()
    expect(field).not_to_have_attribute("aria-invalid", "true")
    expect(field).to_have_value(low.replace("-", "−"))
    tab.wait_for_url(lambda now: now != url)


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_a_refusal_is_said_in_the_language_of_the_page(visit, language):
    tab = visit(f"/logistic-regression?lang={language}")
    words = texts.load(language, "home").table("component")
    values = {"range": "−1000.0 … 1000.0", "value": "1.2"}
    for text, name in (("$&", "not_a_number"), ("1e9", "out_of_range")):
        type_in(tab.locator(".xlg .xb-field"), text)
        expect(tab.locator(".xb-refused")).to_have_text(texts._Template(words[name]).substitute(values, text=text))


def logits(tab):
    tab.evaluate("() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))")
    return [float(field.input_value().replace("−", "-")) for field in tab.locator(".xlb-row .xb-field").all()]


FIRST = [1.2, 0.4, 0.9, 3.1, 0.2, 3.6, 0.8, 1.0, -0.6, -0.3]


def test_as_much_is_added_to_all_as_the_logits_accept(visit):
    tab = visit("/softmax")
    field = tab.locator(".xlb-controls .xb-field").nth(1)
    probabilities = tab.locator(".xlb-row .xlb-p .xb-number").all_inner_texts()
    type_in(field, "100")
    assert logits(tab) == pytest.approx([logit + 100 for logit in FIRST])
    assert tab.locator(".xlb-row .xlb-p .xb-number").all_inner_texts() == probabilities
    expect(field).to_have_value("0.0")
    tab.wait_for_url("**z=101.2*")
    type_in(field, "897")
    status = tab.locator(".xb-refused")
    expect(status).to_contain_text("−1099.4 … 896.4")
    assert logits(tab) == pytest.approx([logit + 100 for logit in FIRST])
    type_in(field, "896.4")
    assert max(logits(tab)) == 1000
    expect(status).to_be_hidden()


def test_all_are_multiplied_by_as_much_as_the_logits_accept(visit):
    tab = visit("/softmax")
    field = tab.locator(".xlb-controls .xb-field").nth(2)
    type_in(field, "-100")
    assert logits(tab) == pytest.approx([-100 * logit for logit in FIRST])
    type_in(field, "3")
    expect(tab.locator(".xb-refused")).to_contain_text("−2.7777 … 2.7777")
    type_in(field, "0")
    assert logits(tab) == [0] * 10


def test_a_slider_for_all_stops_where_the_logits_end(visit):
    tab = visit("/softmax?z=998,0,0,0,0,0,0,0,0,0")
    shift, scale = (tab.locator(".xlb-controls input[type=range]").nth(i) for i in (1, 2))
    shift.press("End")
    assert logits(tab)[:2] == [1000, 2]
    scale.press("End")
    assert logits(tab)[:2] == [1000, 2]
    scale.press("Home")
    assert logits(tab)[:2] == [125, 0.25]


@pytest.mark.parametrize("typed, value", [("−2,5", "−2.5"), ("－２．５", "−2.5"), (" 1e1 ", "10.0"), ("+3", "3.0")])
def test_a_number_is_read_as_people_type_it(visit, typed, value):
    tab = visit("/logistic-regression")
    field = tab.locator(".xlg .xb-field")
    type_in(field, typed)
    expect(field).to_have_value(value)
    expect(tab.locator(".xb-refused")).to_be_hidden()


def test_a_refusal_is_gone_when_something_else_is_typed_or_moved(visit):
    tab = visit("/softmax")
    field, other = tab.locator(".xlb-row .xb-field").nth(0), tab.locator(".xlb-row .xb-field").nth(1)
    status = tab.locator(".xb-refused")
    field.fill("x")
    other.focus()  # which leaves the first
    expect(status).to_be_visible()
    assert field.get_attribute("aria-invalid") == "true"
    type_in(other, "2000")
    expect(status).to_contain_text("2000")
    expect(field).not_to_have_attribute("aria-invalid", "true")
    tab.locator("input.xlb-slider").nth(1).press("ArrowRight")
    expect(status).to_be_hidden()


SLIDERS = (
    "/softmax?z=100,-20,0.9,3.1,0.2,3.6,0.8,1,-0.6,-0.3&T=0.05",
    "/softmax?part=surface",
    "/softmax?part=picture&light=0.25",
    "/logistic-regression?z=-50",
    "/logistic-regression?part=surface",
    "/cross-entropy?target=smoothed&eps=0.35",
    "/cross-entropy?target=hand&guess=hand",
    "/softmax-or-sigmoid?z=30,1,2,3",
    "/softmax-or-sigmoid?part=descent&step=7",
    "/results?part=calibration&T=2.5",
    "/guess",
    "/train?run=synthetic",
)
# Of each slider: its name, what is read of its value, and what stands beside it.
READ = """() => [...document.querySelectorAll(".xb input[type=range]:not([aria-hidden])")]
    .filter((slider) => slider.checkVisibility())
    .map((slider) => {
        const beside = slider.parentElement;
        const field = beside.querySelector(".xb-field")?.value;
        return [slider.ariaLabel ?? beside.innerText, slider.ariaValueText ?? slider.value, field ?? beside.innerText];
    })"""


@pytest.mark.parametrize("path", SLIDERS)
def test_a_slider_has_a_name_and_its_value_is_read_as_it_stands_beside_it(visit, path):
    tab = visit(path)
    read_as_seen = "all.every(([name, read, beside]) => beside.includes(read))"
    tab.wait_for_function(f"() => {{ const all = ({READ})(); return all.length && {read_as_seen}; }}")
    assert all(name == name.strip() != "" for name, _, _ in tab.evaluate(READ))


def test_sliders_by_factors_are_read_with_their_values(visit):
    tab = visit("/softmax")
    heat, shift, scale = tab.locator(".xlb-controls input[type=range]").all()
    for slider, key, read in ((heat, "Home", "0.05"), (scale, "ArrowRight", "1.0"), (shift, "ArrowRight", "0.0")):
        slider.press(key)
        expect(slider).to_have_attribute("aria-valuetext", read)
    scale.evaluate("(node) => { node.value = 2; node.dispatchEvent(new Event('input')); }")  # while it is held
    expect(scale).to_have_attribute("aria-valuetext", "4.0")


# A table of samples has no sliders, and no room.
STEPPED = [where for where in FIELDS if not any(board in where for board in (".xst", ".xdb", ".xbb"))]


@pytest.mark.parametrize("where", STEPPED)
def test_buttons_beside_a_field_step_it_for_a_finger(phone, where):
    path, selector = where.split(" ", 1)
    tab = phone(path)
    fields = tab.locator(f"{selector.removesuffix('.xb-field')}.xb-stepper")
    field = fields.first.locator(".xb-field")
    before = float(field.input_value().replace("−", "-"))
    for sign in "+−":
        fields.first.get_by_text(sign, exact=True).tap()
    expect(field).to_have_value(f"{before:g}" if before % 1 else f"{before:.1f}".replace("-", "−"))
    fields.first.get_by_text("+", exact=True).tap()
    expect(field).not_to_have_value(f"{before:g}" if before % 1 else f"{before:.1f}".replace("-", "−"))
