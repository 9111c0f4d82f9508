"""The routes under /api/auth: those that NextAuth's clients call, of version 4 and of version 5.

They stand beside the API document: their forms, their cookies and their replies are NextAuth's.
"""

import msgspec

from codimir.accounts import actions
from codimir.accounts.actions import NewSession, Place
from codimir.accounts.nextauth import MAX_FORM_BYTES, SIGN_IN_PAGE, Answer, AuthRequest, Fields, own_url, read_fields
from codimir.accounts.providers import Refusal, SignInProviders, SignInRefused
from codimir.accounts.queries import get_session_user
from codimir.accounts.session_cookies import known_device_of
from codimir.authentication.cookies import set_cookie
from codimir.authentication.csrf import csrf_cookie_value, csrf_token_of, new_csrf_token
from codimir.authentication.password_hashing import PasswordHasher
from codimir.authentication.same_origin import refuse_cross_site
from codimir.authentication.sessions import Session, find_session, slide_session
from codimir.authentication.throttling import TooManyAttempts
from codimir.database.core import Database
from codimir.http.redirects import leading_to
from codimir.http.requests import HttpRequest
from codimir.http.routing import get, post

ERROR_PATH = "/api/auth/error"
CREDENTIALS = "credentials"
MISSING_CSRF = "MissingCSRF"
MAX_WORD_LENGTH = 64


@get("/api/auth/session")
async def get_session(request: HttpRequest, db: Database) -> Answer:
    """Say who is signed in."""
    return await _session(AuthRequest(request), db)


@post("/api/auth/session", max_bytes=MAX_FORM_BYTES)
async def update_session(request: HttpRequest, db: Database) -> Answer:
    """Say anew who is signed in; what the client would have the session say beyond that is not kept."""
    caller, fields = await _sent(request)
    if not caller.has_csrf_token(fields):
        return Answer(b"{}", 400)
    return await _session(caller, db)


@get("/api/auth/csrf")
async def get_csrf(request: HttpRequest) -> Answer:
    """Give the token that every form must hold, and its cookie."""
    caller, secret = AuthRequest(request), request.app.state.csrf_secret
    token = csrf_token_of(caller.cookies, secret) or new_csrf_token()
    cookie = set_cookie(caller.name_of("csrf-token"), csrf_cookie_value(token, secret), secure=caller.is_secure)
    return Answer(msgspec.json.encode({"csrfToken": token}), cookies=[cookie])


@get("/api/auth/providers")
async def get_providers(request: HttpRequest, providers: SignInProviders) -> Answer:
    """Name the ways to sign in."""
    caller = AuthRequest(request)
    described = {CREDENTIALS: _described(caller, CREDENTIALS, "Password", CREDENTIALS)}
    described |= {each.id: _described(caller, each.id, each.name, each.type) for each in providers.values()}
    return Answer(msgspec.json.encode(described))


@post("/api/auth/callback/credentials", max_bytes=MAX_FORM_BYTES)
async def sign_in_with_password(request: HttpRequest, db: Database, hashing: PasswordHasher) -> Answer:
    """Sign in with `email` (or `username`) and `password`."""
    caller, fields = await _sent(request)
    if not caller.has_csrf_token(fields):
        return _refused(caller, fields, MISSING_CSRF)
    email, password = fields.get("email") or fields.get("username") or "", fields.get("password") or ""
    if not isinstance(email, str) or not isinstance(password, str):
        return _refused(caller, fields, actions.WRONG_PASSWORD)
    try:
        only_admins = request.app.state.settings.password_sign_in == "off"  # noqa: S105 - a switch
        place = Place(caller.address, known_device_of(request, email))
        session = await actions.sign_in_with_password(db, hashing, email, password, place, only_admins=only_admins)
    except SignInRefused as refusal:
        return _refused(caller, fields, refusal.error, refusal.code)
    except TooManyAttempts as error:
        return _too_many(caller, fields, error)
    answer = _signed_in(caller, fields, session)
    answer.cookie_headers = [*answer.cookie_headers, caller.know_device(email)]
    return answer


@post("/api/auth/signin/{provider_id:str}", max_bytes=MAX_FORM_BYTES)
async def begin_sign_in(provider_id: str, request: HttpRequest, providers: SignInProviders) -> Answer:
    """Give the address at which a provider asks who someone is."""
    caller, fields = await _sent(request)
    return await depart(caller, fields, provider_id, providers)


async def depart(caller: AuthRequest, fields: Fields, provider_id: str, providers: SignInProviders) -> Answer:
    """Answer a form that begins a sign-in by a provider: with the provider's address, or with a page of ours."""
    if not caller.has_csrf_token(fields):
        return _refused(caller, fields, MISSING_CSRF)
    provider, url = providers.get(provider_id), caller.callback_url(fields)
    if provider is None:
        return caller.answer_url(fields, caller.url(SIGN_IN_PAGE, callbackUrl=url))
    try:
        departure = await provider.begin(caller.request, url)
    except SignInRefused as refusal:
        kept = [caller.keep_callback_url(url), *refusal.cookies]
        return caller.answer_url(fields, _error_url(caller, refusal, provider.id), cookies=kept)
    return caller.answer_url(fields, departure.url, cookies=[caller.keep_callback_url(url), *departure.cookies])


@get("/api/auth/callback/{provider_id:str}")
async def finish_sign_in(provider_id: str, request: HttpRequest, db: Database, providers: SignInProviders) -> Answer:
    """Sign in who comes back from a provider.

    Whoever is signed in already, and loads the address once more, goes on to where they wanted.
    """
    caller, provider = AuthRequest(request), providers.get(provider_id)
    if provider is None:
        return caller.answer_url({}, caller.url(SIGN_IN_PAGE))
    try:
        arrival = await provider.finish(request)
        session = await db.write(lambda tx: actions.sign_in(tx, arrival.user_id))
    except SignInRefused as refusal:
        if refusal.code == "not_begun" and await find_session(request) is not None:
            return caller.answer_url({}, caller.callback_url({}))
        return caller.answer_url({}, _error_url(caller, refusal, provider.id), cookies=refusal.cookies)
    answer = _signed_in(caller, {"callbackUrl": arrival.callback_url}, session)
    answer.cookie_headers = [*answer.cookie_headers, *arrival.cookies]
    return answer


@post("/api/auth/signout", max_bytes=MAX_FORM_BYTES)
async def sign_out(request: HttpRequest, db: Database) -> Answer:
    """End the session."""
    caller, fields = await _sent(request)
    url = caller.callback_url(fields)
    if not caller.has_csrf_token(fields):
        return _refused(caller, fields, MISSING_CSRF)
    session = await find_session(request)
    if session is not None:
        await db.write(lambda tx: actions.sign_out(tx, session))
    return caller.answer_url(fields, url, cookies=[*caller.forget_sessions(), caller.keep_callback_url(url)])


@post("/api/auth/_log", max_bytes=MAX_FORM_BYTES)
async def take_log() -> Answer:
    """Take what a client has to say of its troubles; it is nothing to the server."""
    return Answer(b"")


@get("/api/auth/signin")
async def show_sign_in(request: HttpRequest) -> Answer:
    """Lead to the page on which people sign in."""
    return _lead_to_page(request)


@get("/api/auth/error")
async def show_error(request: HttpRequest) -> Answer:
    """Lead to the page on which people sign in, with what went wrong."""
    return _lead_to_page(request)


@get("/api/auth/signout")
async def show_sign_out(request: HttpRequest) -> Answer:
    """Lead to the start page, where people sign out: a link alone ends nothing."""
    return Answer(b"", 302, headers=leading_to(AuthRequest(request).url("/")))


async def _sent(request: HttpRequest) -> tuple[AuthRequest, Fields]:
    """Read what a page of ours sent.

    Raises Forbidden when it was another site's.
    """
    refuse_cross_site(request)
    return AuthRequest(request), await read_fields(request)


async def _session(caller: AuthRequest, db: Database) -> Answer:
    session = await find_session(caller.request)
    if session is None:
        return Answer(b"null" if caller.family == "authjs" else b"{}", cookies=caller.forget_sessions())
    session = await slide_session(db, session)
    user = await db.read(lambda tx: get_session_user(tx, session.actor.id))
    expires = session.expires_at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return Answer(msgspec.json.encode({"user": user, "expires": expires}), cookies=_renewed(session))


def _renewed(session: Session) -> list[str]:
    """Write the session cookie once more, so that the browser keeps it for as long as the session lasts."""
    if not session.is_ours:
        return []
    is_secure = session.cookie.startswith("__")
    return [set_cookie(session.cookie, session.token, secure=is_secure, expires=session.expires_at)]


def _signed_in(caller: AuthRequest, fields: Fields, session: NewSession) -> Answer:
    name, url = caller.name_of("session-token"), caller.callback_url(fields)
    cookie = set_cookie(name, session.token, secure=caller.is_secure, expires=session.expires_at)
    return caller.answer_url(
        fields, url, cookies=[*caller.forget_sessions(besides=name), cookie, caller.keep_callback_url(url)]
    )


def _refused(caller: AuthRequest, fields: Fields, error: str, code: Refusal | None = None) -> Answer:
    """Answer that nobody is signed in, to each version in its own way."""
    kept = [caller.keep_callback_url(caller.callback_url(fields)), *caller.keep_email(fields)]
    if caller.family == "authjs" and error == actions.WRONG_PASSWORD:
        return caller.answer_url(fields, caller.url("/api/auth/signin", error=error, code=CREDENTIALS), cookies=kept)
    status = 401 if error == actions.WRONG_PASSWORD else 403
    url = _error_url(caller, SignInRefused(error, code), CREDENTIALS)
    return caller.answer_url(fields, url, status, kept)


def _too_many(caller: AuthRequest, fields: Fields, error: TooManyAttempts) -> Answer:
    """Answer that it was too often: as an address, because a client looks for one, and as the API says it."""
    url = caller.url(ERROR_PATH, error="TooManyTries", provider=CREDENTIALS)
    said = {"code": error.code, "message": error.message}
    kept = [caller.keep_callback_url(caller.callback_url(fields)), *caller.keep_email(fields)]
    answer = caller.answer_url(fields, url, error.status, kept, error=said)
    answer.headers.update(error.headers)
    return answer


def _error_url(caller: AuthRequest, refusal: SignInRefused, provider_id: str) -> str:
    more = {"code": refusal.code} if refusal.code else {}
    return caller.url(ERROR_PATH, error=refusal.error, provider=provider_id, **more)


def _described(caller: AuthRequest, provider_id: str, name: str, kind: str) -> dict[str, str]:
    return {
        "id": provider_id,
        "name": name,
        "type": kind,
        "signinUrl": caller.url(f"/api/auth/signin/{provider_id}"),
        "callbackUrl": caller.url(f"/api/auth/callback/{provider_id}"),
    }


def _lead_to_page(request: HttpRequest) -> Answer:
    caller, query = AuthRequest(request), request.query_params
    kept = {name: value for name in ("error", "code", "provider") if (value := query.get(name)) and _is_word(value)}
    if "callbackUrl" in query:
        kept["callbackUrl"] = own_url(str(query["callbackUrl"]), caller.origin)
    return Answer(b"", 302, headers=leading_to(caller.url(SIGN_IN_PAGE, **kept)))


def _is_word(text: str) -> bool:
    return len(text) <= MAX_WORD_LENGTH and text.isascii() and text.replace("_", "").replace("-", "").isalnum()


ROUTES = (
    get_session,
    update_session,
    get_csrf,
    get_providers,
    sign_in_with_password,
    begin_sign_in,
    finish_sign_in,
    sign_out,
    take_log,
    show_sign_in,
    show_error,
    show_sign_out,
)
