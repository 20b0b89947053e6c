"""A slider and its terms in the formulas light up together, whichever of them is pointed at."""

import pytest
from playwright.sync_api import expect


@pytest.mark.parametrize(
    ("path", "slider", "term"),
    [
        ("/softmax", ".xlb-table [data-term=f3]", ".xlb-formula [data-slot=exponent]"),
        ("/softmax", ".xlb-table [data-term=f7]", ".xlb-formula .xlb-sum"),
        ("/softmax", ".xlb-table [data-term=f7]", ".xlb-bars [data-term=f7]"),
        ("/softmax-or-sigmoid", ".xbb-row[data-term=f1]", ".xbb-bars[data-term=f1]"),
        ("/cross-entropy", ".xdb-p[data-term=p4]", ".xdb-chart mi[data-term~=p4]"),
        ("/cross-entropy", ".xdb-z[data-term=q4]", ".xdb-terms [data-term~=q4]"),
        ("/logistic-regression", ".xlg-logit", ".xlg-formula [data-slot=exponent]"),
    ],
)
def test_a_slider_and_its_term_in_the_formula_light_up_together(visit, path, slider, term):
    tab = visit(path)
    lit = [tab.locator(what).first for what in (slider, term)]
    for pointed_at in lit:
        tab.mouse.move(1, 1)
        pointed_at.hover()
        for node in lit:
            expect(node).to_contain_class("xb-lit")
    tab.locator("h1").hover()
    expect(tab.locator(".xb-lit")).to_have_count(0)


def test_a_slider_that_has_the_keyboard_lights_up_its_terms(visit):
    tab = visit("/softmax")
    tab.locator(".xlb-table [data-term=f3] input[type=range]").focus()
    expect(tab.locator(".xlb-formula [data-slot=exponent]")).to_contain_class("xb-lit")
