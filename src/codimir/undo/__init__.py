"""Undo: a change, or everything that one request changed, is taken back by the verbs that anybody else would use."""
