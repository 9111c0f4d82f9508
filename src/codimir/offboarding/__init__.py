"""Offboarding: what people started ends when they lose the rights that it stands on."""
