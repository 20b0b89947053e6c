"""For teachers: lesson plans of 45 and 90 minutes, and the answers to all questions."""

from explorer.pages.shared import ownership
from explorer.pages.teach.answers import answers
from explorer.pages.teach.plans import PLANS, plan
from explorer.shell.kinds import Choice
from explorer.shell.settings import Settings
from explorer.stage import lecture
from explorer.stage.page import open_page

SETTINGS = Settings("teach", part=Choice((*PLANS, "answers")))

with open_page(SETTINGS) as page:
    ownership.mark_present()
    part = page.section_control()
    page.say_what_is_seen(part)
    lecture.offer(page.words)
    if part == "answers":
        answers(page)
    else:
        plan(page, part)
