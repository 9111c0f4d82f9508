"""The settings: one's own, those of the workspace, of its projects, and of the instance."""

from codimir.web.pages.settings import (
    audit,
    instance,
    labels,
    members,
    people,
    preferences,
    profile,
    projects,
    tokens,
    trash,
    webhooks,
    workspace,
)

ROUTES = (
    *profile.ROUTES,
    *preferences.ROUTES,
    *tokens.ROUTES,
    *workspace.ROUTES,
    *members.ROUTES,
    *labels.ROUTES,
    *projects.ROUTES,
    *webhooks.ROUTES,
    *trash.ROUTES,
    *audit.ROUTES,
    *people.ROUTES,
    *instance.ROUTES,
)
