"""OpenID Connect: signing in with the account of another provider of identities."""
