"""One's API tokens."""

from datetime import timedelta

from codimir.accounts.tokens import api as tokens
from codimir.accounts.tokens.schemas import NewToken, TokenCreate
from codimir.http.paging import PageQuery
from codimir.http.routing import get, post
from codimir.web.form_state import NOTHING, Answer, FormState, parsed, redisplay_on_error
from codimir.web.forms import Form
from codimir.web.page_context import Frame
from codimir.web.pages.settings.layout import saved, settings_page

PATH = "/settings/tokens"
LIFETIMES = ("30", "90", "365", "")
"""For how many days a token may be good; for good without a number."""


@get(PATH, scope="admin")
async def list_tokens(frame: Frame) -> Answer:
    """Show one's tokens."""
    return await _show(frame)


@post(PATH)
async def create_token(frame: Frame, form: Form) -> Answer:
    """Make a token and show it, this once."""

    async def do() -> Answer:
        days = form.get("days")
        until = frame.clock.now + timedelta(days=int(days)) if days in LIFETIMES and days else None
        wanted = parsed(
            TokenCreate, name=form.get("name"), scopes=form.all("scope"), expiresAt=until,
            workspaceId=form.get("workspaceId") or None,
        )  # fmt: skip
        made = await frame.call(tokens.create_token, data=wanted)
        return await _show(frame, new=made.data)

    return await redisplay_on_error(form, "token", do, lambda sent: _show(frame, sent))


@post("/settings/tokens/{token_id:str}/revoke")
async def revoke_token(token_id: str, frame: Frame) -> Answer:
    """Make a token worth nothing."""
    await frame.call(tokens.revoke_token, token_id=token_id)
    return saved(frame, PATH, "revoked")


async def _show(frame: Frame, sent: FormState = NOTHING, new: NewToken | None = None) -> Answer:
    page = await frame.call(tokens.list_tokens, query=PageQuery(limit=100))
    title = frame.gettext("Tokens")
    return await settings_page(frame, "tokens", title, sent=sent, tokens=page.data, new=new, lengths=LIFETIMES)


ROUTES = (list_tokens, create_token, revoke_token)
