"""Meet what keeps failing with patience: try it again ever later, and log each outage once rather than each failure."""

import logging
import random
import time
from collections.abc import Callable

LOGGED_EVERY_SECONDS = 600.0
"""How often an outage that goes on is logged at most; after so long without a failure the next one is a new outage."""
SECONDS_TO_SETTLE = 30.0
"""How long nothing must fail until an outage counts as over: what fails now and then is one outage."""
MAX_REASON_LENGTH = 300


class Outage:
    """What fails for a while: logged when it begins, every ten minutes while it lasts, and when it is over.

    An error that is not among the `known` ones is a defect, whose traceback is logged too. Use it from one thread.
    """

    def __init__(
        self,
        what: str,
        log: logging.Logger,
        known: tuple[type[BaseException], ...] = (),
        *,
        first_pause: float = 1.0,
        longest_pause: float = 60.0,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._what = what
        self._log = log
        self._known = known
        self._first_pause = first_pause
        self._longest_pause = longest_pause
        self._monotonic = monotonic
        self._in_a_row = 0
        self._failures = 0
        self._began = self._failed_at = self._logged_at = 0.0
        self._kinds: set[type[BaseException]] = set()

    @property
    def is_on(self) -> bool:
        """Return whether something failed and has not been well for long enough since."""
        return self._failures > 0

    def failed(self, error: BaseException) -> float:
        """Note a failure; give the seconds to wait before the next try: twice as many each time, less up to a half."""
        now = self._monotonic()
        if self._failures and now - self._failed_at > max(LOGGED_EVERY_SECONDS, 2 * self._longest_pause):
            self.forget()
        if not self._failures:
            self._began = now
        self._failures += 1
        self._failed_at = now
        self._tell(error, now)
        self._in_a_row += 1
        pause = min(self._longest_pause, self._first_pause * 2.0 ** min(self._in_a_row - 1, 30))
        return pause * random.uniform(0.5, 1)  # noqa: S311 - jitter, not a secret

    def recovered(self) -> None:
        """Note that it went well; costs nothing where nothing had failed."""
        if not self._failures:
            return
        self._in_a_row = 0
        now = self._monotonic()
        if now - self._failed_at >= SECONDS_TO_SETTLE:
            self._log.warning("%s: over after %s", self._what, self._so_far(now))
            self.forget()

    def forget(self) -> None:
        """Take the next failure for the first one, and say nothing."""
        self._in_a_row = self._failures = 0
        self._kinds.clear()

    def _tell(self, error: BaseException, now: float) -> None:
        is_new = type(error) not in self._kinds
        self._kinds.add(type(error))
        if not is_new and now - self._logged_at < LOGGED_EVERY_SECONDS:
            return
        self._logged_at = now
        reason = (" ".join(str(error).split()) or type(error).__name__)[:MAX_REASON_LENGTH]
        is_known = not self._known or isinstance(error, self._known)
        level = logging.WARNING if is_known else logging.ERROR
        since = f"still after {self._so_far(now)}: " if self._failures > 1 and not is_new else ""
        self._log.log(level, "%s: %s%s", self._what, since, reason, exc_info=None if is_known else error)

    def _so_far(self, now: float) -> str:
        failures = "1 failure" if self._failures == 1 else f"{self._failures:,} failures"
        return f"{failures} in {now - self._began:,.0f} s"
