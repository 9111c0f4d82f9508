"""One-time links: a secret that lets whoever holds it do one thing, once, before it expires."""
