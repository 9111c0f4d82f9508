"""The unmodified next-auth/react, versions 4 and 5, in jsdom against a running server."""

import pytest

from tests.accounts.npm import node
from tests.calls import Call
from tests.cli.commands import Done
from tests.cli.conftest import Serving

EMAIL, PASSWORD = "jane@example.com", "correct horse battery staple"
PERSON = {"name": "Jane Smith", "email": EMAIL, "image": None}


@pytest.fixture
def server(codimir: Call[Done], serve: Call[Serving]) -> str:
    """The address of a running server with one person."""
    codimir("user", "add", EMAIL, "--name", "Jane Smith", stdin=PASSWORD.encode())
    return str(serve().address)


@pytest.mark.usefixtures("nextauth")
@pytest.mark.parametrize("version", ["4", "5"])
class TestVisit:
    def test_from_signing_in_to_signing_out(self, server: str, version: str) -> None:
        seen = node("nextauth_client.mjs", version, server, EMAIL, PASSWORD)
        assert seen["providers"] == ["credentials"]
        assert (seen["wrong"]["error"], seen["wrong"]["url"]) == ("CredentialsSignin", None)
        assert seen["nobody"] is None
        assert (seen["right"]["ok"], seen["right"]["url"]) == (True, f"{server}/tickets")
        assert [call for call in seen["calls"] if version == "4" or "session" not in call][:3] == [
            "GET /api/auth/providers 200",
            "GET /api/auth/csrf 200",
            "POST /api/auth/callback/credentials 200",
        ]
        assert (seen["shown"], seen["session"]["user"]) == ("Jane Smith", PERSON)
        assert seen["updated"]["user"] == PERSON
        assert seen["signedOut"] == {"url": f"{server}/bye"}
        assert (seen["shownAtLast"], seen["left"], seen["withTheOldCookie"]) == ("nobody", None, 401)
