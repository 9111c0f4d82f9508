"""Codimir: a self-hosted ticket tracker."""

__version__ = "0.1.0"
