"""The routes of passwords."""

from codimir.accounts.passwords import actions
from codimir.accounts.passwords.mails import reset_mail_for
from codimir.accounts.passwords.queries import find_password_hash
from codimir.accounts.passwords.schemas import (
    NewPassword,
    PasswordChange,
    ResetLink,
    ResetOffer,
    ResetRequest,
    ResetRequested,
)
from codimir.accounts.session_cookies import address_of, holder_of_link, known_device_of, start_session_here
from codimir.authentication.link_addresses import reset_url
from codimir.authentication.password_hashing import Asker, PasswordHasher
from codimir.authentication.same_origin import own_origin, refuse_cross_site
from codimir.authentication.throttling import count_or_refuse
from codimir.authentication.weak_passwords import refuse_own_words
from codimir.authorization.actor import Actor
from codimir.config import Settings
from codimir.database.core import Database, Transaction
from codimir.http.paging import Data
from codimir.http.replies import WithCookies
from codimir.http.requests import HttpRequest
from codimir.http.routing import ReadTx, WriteTx, get, post, put
from codimir.kit.emails import email_key
from codimir.mail.sending import Mailer
from codimir.model.schemas import Person
from codimir.users.queries import get_person


@post("/api/auth/reset", status=200)
async def request_reset(
    db: Database, data: ResetRequest, request: HttpRequest, mailer: Mailer, settings: Settings
) -> Data[ResetRequested]:
    """Ask for a link to choose a new password, which is mailed. The answer is the same for everybody.

    Where too many mails are waiting it is 503, and where the instance sends none 409, for everybody too.
    """
    refuse_cross_site(request)
    device = known_device_of(request, data.email)
    await count_or_refuse(db, f"reset:{email_key(data.email)}", address_of(request), device)
    if not mailer.is_configured:
        raise actions.NoMail
    if not mailer.takes_more:
        raise actions.MailQueueFull
    only_admins = settings.password_sign_in == "off"  # noqa: S105 - a switch
    mailer.post_written(reset_mail_for(db, data.email, own_origin(request), only_admins=only_admins))
    return Data(ResetRequested())


@get("/api/auth/reset/{token:str}")
async def get_reset(tx: ReadTx, token: str) -> Data[ResetOffer]:
    """Say whose password a link is for."""
    return Data(await actions.get_reset(tx, token))


@post("/api/auth/reset/{token:str}", status=200)
async def reset_password(
    db: Database, token: str, data: NewPassword, request: HttpRequest, hashing: PasswordHasher
) -> WithCookies[Person]:
    """Choose a new password by a link: every session of the person ends, and a new one begins here.

    Their API tokens are revoked, besides those that `keepTokens` names.
    """
    refuse_cross_site(request)
    account = await db.read(lambda tx: actions.get_person_of_reset(tx, token))
    refuse_own_words(data.password, account.email, account.name)
    password_hash = await hashing.hash_password(data.password, holder_of_link(request))

    async def unit(tx: Transaction) -> WithCookies[Person]:
        user_id = await actions.reset_password(tx, token, password_hash, data.keep_tokens)
        return await _signed_in(tx, request, user_id)

    return await db.write(unit)


@post("/api/users/{user_id:str}/reset-link", status=200, scope="admin")
async def make_reset_link(tx: WriteTx, actor: Actor, user_id: str, request: HttpRequest) -> Data[ResetLink]:
    """Make a link with which someone chooses a new password; administrators of the instance may.

    It is good for one hour and works once; hand it on by a way that only they read.
    """
    token, expires_at = await actions.make_reset_link(tx, actor, user_id)
    return Data(ResetLink(reset_url(own_origin(request), token), expires_at))


@put("/api/user/password", scope="admin")
async def change_password(
    db: Database, actor: Actor, data: PasswordChange, request: HttpRequest, hashing: PasswordHasher
) -> WithCookies[Person]:
    """Change your own password: every session of yours ends, and a new one begins here.

    API tokens stay good unless `revokeTokens` says otherwise.
    """
    await count_or_refuse(db, f"password:{actor.id}", address_of(request))
    known = await db.read(lambda tx: find_password_hash(tx, actor.id))
    asker = Asker(actor.id, is_known=True)
    if not await hashing.is_password(data.current, known, asker):
        raise actions.WrongPassword.about("current")
    person = await db.read(lambda tx: get_person(tx, actor.id))
    refuse_own_words(data.new, person.email, person.name, field="new")
    password_hash = await hashing.hash_password(data.new, asker)

    async def unit(tx: Transaction) -> WithCookies[Person]:
        await actions.change_password(tx, actor, known, password_hash, revokes_tokens=data.revoke_tokens)
        return await _signed_in(tx, request, actor.id)

    return await db.write(unit)


async def _signed_in(tx: Transaction, request: HttpRequest, user_id: str) -> WithCookies[Person]:
    person = await get_person(tx, user_id)
    return WithCookies(person, await start_session_here(tx, request, person))


ROUTES = (request_reset, get_reset, reset_password, make_reset_link, change_password)
