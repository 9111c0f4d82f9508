"""Settings in a browser: what is shown once is used, what is chosen is seen."""

import re

from playwright.sync_api import expect


def test_a_token_is_shown_once_and_opens_the_api(visit, site, barriers):
    page = visit("jane")
    page.goto("/settings/tokens")
    page.get_by_label("Name").fill("The build")
    page.get_by_role("button", name="Create token").click()
    token = page.get_by_label("The build").input_value()
    assert barriers(page) == []
    reply = visit(None).request.get("/api/user/profile", headers={"authorization": f"Bearer {token}"})
    assert reply.json()["data"]["name"] == "Jane Smith"
    page.goto("/settings/tokens")
    expect(page.get_by_text("The build", exact=True)).to_be_visible()
    expect(page.get_by_text(token)).to_have_count(0)


def test_an_invitation_is_accepted_in_another_browser(visit):
    page = visit("ada")
    page.goto("/settings/members")
    page.get_by_label("E-mail").fill("grace@example.com")
    page.get_by_role("button", name="Invite").click()
    link = page.get_by_label("grace@example.com").input_value()
    other = visit(None)
    other.goto(link)
    other.get_by_label("Your name").fill("Grace Hopper")
    other.get_by_label("Password").fill("nanoseconds of wire")
    other.get_by_role("button", name="Join").click()
    expect(other.get_by_label("Grace Hopper")).to_be_visible()


def test_a_label_gets_a_colour_without_scripts(visit):
    page = visit("ada", java_script_enabled=False)
    page.goto("/settings/labels")
    page.get_by_label("Name").last.fill("Blocked")
    page.get_by_label("#d73a4a").last.check()
    page.get_by_role("button", name="Create label").click()
    label = page.locator(".label", has_text="Blocked")
    expect(label.locator("circle")).to_have_attribute("fill", "#d73a4a")


def test_preferences_in_german_and_dark(visit):
    page = visit("jane")
    page.goto("/settings/preferences")
    page.get_by_label("Dark", exact=True).last.check()
    page.get_by_label("Language").select_option("de")
    page.get_by_role("button", name="Save the preferences").click()
    expect(page.get_by_role("status")).to_have_text(re.compile("Gespeichert"))
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
