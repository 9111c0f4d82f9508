"""Templates compiled elsewhere: a process of its own compiles them all, and here a page loads those that it needs.

Compiling takes a second, and 15 MB where threads do it beside the requests; what comes of it is 0.4 MB a language.
"""

import zlib

from jinja2 import BytecodeCache, Environment
from jinja2.bccache import Bucket


class CompiledTemplates(BytecodeCache):
    """The compiled templates of one environment, as Jinja writes them: with a digest of their source."""

    def __init__(self) -> None:
        self.codes: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give Jinja what was compiled; it looks itself whether the source is still the same."""
        code = self.codes.get(bucket.key)
        if code is not None:
            bucket.bytecode_from_string(zlib.decompress(code))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep nothing: what a page has had to compile is kept as a template."""


def compile_all(made: Environment) -> dict[str, bytes]:
    """Compile every template of an environment, and return what `CompiledTemplates` keeps."""
    assert made.bytecode_cache is not None  # noqa: S101 - the environments of pages have one
    assert made.loader is not None  # noqa: S101
    codes = {}
    for name in made.list_templates(extensions=["html"]):
        source, filename, _ = made.loader.get_source(made, name)
        bucket = made.bytecode_cache.get_bucket(made, name, filename, source)
        bucket.code = made.compile(source, name, filename)
        codes[bucket.key] = zlib.compress(bucket.bytecode_to_string())
    return codes
