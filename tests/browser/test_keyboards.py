"""Keyboards as people have them: other scripts, other layouts, Caps Lock, input methods, dates typed key by key."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

INPUT_METHOD = 229
"""What browsers call a key that an input method took (https://www.w3.org/TR/uievents/#legacy-key-models)."""


def press(page: Page, key: Any, code: Any, **more: Any) -> None:
    """Press a key as a keyboard of another layout does, whose letters Playwright does not know."""
    session = page.context.new_cdp_session(page)
    pressed = {"key": key, "code": code, **more}
    session.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", **pressed})
    session.send("Input.dispatchKeyEvent", {"type": "keyUp", **pressed})


@pytest.mark.parametrize(
    ("key", "code"),
    [("c", "KeyC"), ("C", "KeyC"), ("\u0441", "KeyC"), ("ψ", "KeyC"), ("c", "KeyI")],
    ids=["latin", "caps lock", "cyrillic", "greek", "dvorak"],
)
def test_c_creates_a_ticket_on_every_keyboard(visit: Callable[..., Page], key: str, code: str) -> None:
    page = visit("jane")
    page.goto("/tickets")
    press(page, key, code)
    expect(page.get_by_label("Ticket in one line")).to_be_focused()


def test_ctrl_k_opens_the_palette_on_a_cyrillic_keyboard(visit: Callable[..., Page]) -> None:
    page = visit("jane")
    page.goto("/tickets")
    press(page, "л", "KeyK", modifiers=2)
    expect(page.locator("#palette")).to_be_visible()


def test_on_dvorak_the_place_of_c_is_another_letter(visit: Callable[..., Page]) -> None:
    page = visit("jane")
    page.goto("/tickets")
    press(page, "j", "KeyC")
    expect(page.locator("#quick")).to_have_count(0)


@pytest.mark.parametrize("key", ["Enter", "Escape"])
def test_an_input_method_keeps_its_keys(visit: Callable[..., Page], fill: Callable[..., None], key: str) -> None:
    page = visit("jane")
    fill()
    page.goto("/tickets/WEB-1")
    title = page.locator("#ticket-title textarea")
    title.fill("にほ")
    press(page, key, key, windowsVirtualKeyCode=INPUT_METHOD)
    expect(title).to_be_focused()
    expect(title).to_have_value("にほ")
    with page.expect_response("**/tickets/WEB-1/edit"):
        title.press("Enter")
    assert page.request.get("/api/tickets/WEB-1").json()["data"]["title"] == "にほ"


def test_a_date_that_is_typed_is_saved_once(visit: Callable[..., Page], fill: Callable[..., None]) -> None:
    page = visit("jane")
    fill()
    page.goto("/tickets/WEB-1")
    page.keyboard.press("d")
    expect(page.locator(".picker .popup-search")).to_be_focused()
    page.keyboard.type("15 mar 2027")
    page.keyboard.press("Enter")
    expect(page.locator("#ticket-activity")).to_contain_text("2027")
    history = page.request.get("/api/tickets/WEB-1/history").json()["data"]
    assert [event["type"] for event in history].count("ticket.updated") == 1
    assert page.request.get("/api/tickets/WEB-1").json()["data"]["dueDate"].startswith("2027-03-1")


def test_keys_of_a_ticket_open_their_menu_beside_what_they_change(
    visit: Callable[..., Page], fill: Callable[..., None]
) -> None:
    page = visit("jane")
    fill()
    page.goto("/tickets/WEB-1")
    for key, field in (("s", "status"), ("a", "assignee"), ("p", "priority")):
        page.keyboard.press(key)
        menu = page.locator(".popup[popover]")
        expect(menu).to_be_visible()
        chip = page.locator(f"[data-pick={field}]:visible").first.bounding_box()
        assert abs(menu.bounding_box()["y"] - chip["y"]) < 60, field
        page.keyboard.press("Escape")
        expect(menu).to_have_count(0)


def test_links_are_copied_without_a_clipboard_too(visit: Callable[..., Page], fill: Callable[..., None]) -> None:
    page = visit("jane")
    page.add_init_script("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    fill()
    page.goto("/tickets/WEB-1")
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_text("Copied", exact=True).last).to_be_visible()
    page.keyboard.press("m")
    page.keyboard.press("ControlOrMeta+v")
    expect(page.locator("#new-comment")).to_have_value(page.url)


def test_without_locks_a_tab_that_nobody_sees_holds_no_stream(visit: Callable[..., Page]) -> None:
    page = visit("jane")
    page.add_init_script(
        "Object.defineProperty(navigator, 'locks', {value: undefined});"
        "window.streams = new Set();"
        "const Source = EventSource;"
        "window.EventSource = class extends Source {"
        "  constructor(...all) { super(...all); streams.add(this); }"
        "  close() { super.close(); streams.delete(this); } };"
        "let hidden = false;"
        "Object.defineProperty(document, 'hidden', {get: () => hidden});"
        "window.hide = (is) => { hidden = is; document.dispatchEvent(new Event('visibilitychange')); };"
    )
    page.goto("/tickets")
    page.wait_for_function("streams.size === 1")
    page.evaluate("hide(true)")
    assert page.evaluate("streams.size") == 0
    page.evaluate("hide(false)")
    page.wait_for_function("streams.size === 1")
