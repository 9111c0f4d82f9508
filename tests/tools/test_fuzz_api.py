"""The short form of `make fuzz`: what is sent at random is answered as the API document says."""

from typing import Any

from tests.documented import OPERATIONS
from tools.fuzz_api import LEFT_OUT, Plan, fuzz
from tools.fuzz_explained import EXPLAINED


def hide_that_tickets_may_be_missing(document: Any) -> None:
    del document["paths"]["/api/tickets/{ref}"]["get"]["responses"]["404"]


class TestFuzzing:
    def test_every_reply_is_as_the_document_says(self) -> None:
        report = fuzz("administrator", Plan(examples=1, phases=("examples", "fuzzing", "stateful")))
        assert report.failures == 0, report.said
        assert report.cases > 150
        assert set(report.explained) <= {each.reason for each in EXPLAINED}

    def test_a_document_that_lies_is_found_out(self) -> None:
        plan = Plan(examples=5, phases=("fuzzing",), only=("getTicket",), change=hide_that_tickets_may_be_missing)
        report = fuzz("administrator", plan)
        assert report.failures > 0
        assert "404" in report.said

    def test_what_is_left_out_is_there(self) -> None:
        assert set(LEFT_OUT) <= {operation["operationId"] for operation in OPERATIONS.values()}
