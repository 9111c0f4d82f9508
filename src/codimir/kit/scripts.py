"""Scripts that put no spaces between words, so that a name begins and ends in the middle of their letters."""

UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3040-\u30ff\u3100-\u318f"
    "\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff"
)
"""Thai, Lao, Burmese, Khmer, Chinese, Japanese and Korean (whose particles follow without a space), as part of a set in
a pattern."""
MARKS = rf"\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u0900-\u0963\u0966-\u0dff{UNSPACED}\u200c\u200d"
"""Signs within words that Python does not count as letters (`\\w`): accents, vowels of Hebrew, Arabic, of the scripts
of India, Thai and their like, and what joins letters. As part of a set in a pattern; with letters of these scripts."""
SPACED_LETTER = rf"[^\W{UNSPACED}]"
"""A letter, digit or underscore of every other script: beside one of these no word begins or ends."""
