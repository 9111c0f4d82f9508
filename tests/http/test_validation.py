"""What comes from outside is understood, or everything that is wrong with it is said at once."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal, get_args, get_origin

import msgspec
import pytest
from msgspec import UNSET, Meta, UnsetType

from codimir.app import ROUTES
from codimir.feeds.schemas import FeedQuery
from codimir.http.errors import InvalidInput
from codimir.http.validation import Body, Query, line, parse_body, parse_query

BODIES = sorted({route.body for route in ROUTES if route.body is not None}, key=lambda body: body.__name__)
FIELDS = [(body, field) for body in BODIES for field in msgspec.structs.fields(body)]
EACH_FIELD = pytest.mark.parametrize(
    ("body", "field"), FIELDS, ids=[f"{body.__name__}.{field.encode_name}" for body, field in FIELDS]
)
QUERIES = sorted({route.query for route in ROUTES if route.query is not None}, key=lambda query: query.__name__)
EACH_PARAMETER = pytest.mark.parametrize(
    ("query", "field"),
    [(query, field) for query in QUERIES for field in msgspec.structs.fields(query)],
    ids=lambda value: getattr(value, "encode_name", getattr(value, "__name__", "")),
)
MAX_PAGE_LENGTH = 100
LONGER_PAGES = {FeedQuery: 500}
NO_MOMENTS = (
    "2024-02-30", "2024-02-30T00:00:00Z", "2023-02-29T00:00:00Z", "2024-13-01T00:00:00Z", "2024-01-01T24:01:00Z",
    "2024-01-01T00:00:00", "2024-01-01", "0000-01-01T00:00:00Z", "10000-01-01T00:00:00Z", "yesterday", "", "1706745600",
)  # fmt: skip
SAMPLES: dict[str, tuple[Any, ...]] = {
    "null": (None,),
    "boolean": (True, False),
    "integer": (17, -1, 2**53),
    "number": (1.5, 1e300),
    "string": ("no such word",),
    "array": ([[]], [None], [{}]),
    "object": ({"no such field": []},),
}


def types_in(schema: Any) -> set[str]:
    """Collect the JSON types that a schema lets through."""
    found: set[str] = set()
    for part in schema.get("anyOf", [schema]):
        if "$ref" in part:
            found.add("object")
        elif "enum" in part:
            found.update("null" if word is None else "string" for word in part["enum"])
        elif "type" in part:
            found.add(part["type"])
        else:
            found.update(SAMPLES)
    return found | ({"integer"} if "number" in found else set())


def words_in(kind: Any) -> tuple[Any, ...]:
    """Give the words that a parameter takes, itself or in a list; none when it takes others too."""
    if get_origin(kind) is Literal:
        return get_args(kind)
    inner = [words_in(part) for part in get_args(kind) if part is not ...]
    return inner[0] if inner else ()


def what_parsing_refuses(query: Any, text: str) -> Any:
    with pytest.raises(InvalidInput) as caught:
        parse_query(query, text.encode())
    return said_in(caught.value)


def said_in(error: InvalidInput) -> dict[str, list[str]]:
    """Return the details of an error as a client reads them."""
    details: dict[str, list[str]] = msgspec.json.decode(error.body())["error"]["details"]
    return details


def what_is_wrong(shape: type[Any], body: Any) -> Any:
    with pytest.raises(InvalidInput) as caught:
        parse_body(shape, body if isinstance(body, bytes) else msgspec.json.encode(body))
    return said_in(caught.value)


class TestEveryBodyOfTheApi:
    @EACH_FIELD
    def test_wrong_type_is_refused_by_the_name_of_the_field(self, body: Any, field: Any) -> None:
        wrong = SAMPLES.keys() - types_in(msgspec.json.schema(field.type))
        for value in (sample for kind in wrong for sample in SAMPLES[kind]):
            assert field.encode_name in what_is_wrong(body, {field.encode_name: value}), value

    @EACH_FIELD
    def test_nul_is_refused_by_the_name_of_the_field(self, body: Any, field: Any) -> None:
        values = ["a\0b", ["a\0b"], {"a\0b": "c"}, {"a": "b\0c"}]
        for value in values:
            assert field.encode_name in what_is_wrong(body, {field.encode_name: value}), value

    @EACH_FIELD
    def test_number_that_no_computer_holds_is_refused_by_the_name_of_the_field(self, body: Any, field: Any) -> None:
        for number in (b"1e400", b"-1e400", b"9" * 401, b"9" * 50_000):
            raw = b'{"%s":%s}' % (field.encode_name.encode(), number)
            assert field.encode_name in what_is_wrong(body, raw), number[:10]

    @EACH_FIELD
    def test_half_of_a_surrogate_pair_is_refused(self, body: Any, field: Any) -> None:
        for text in (rb"\ud800", rb"\udc00\ud800", rb"a\udfffb", rb"\ud83d!"):
            raw = b'{"%s":"%s"}' % (field.encode_name.encode(), text)
            assert what_is_wrong(body, raw).keys() & {"body", field.encode_name}, text

    @EACH_FIELD
    def test_day_that_no_calendar_has_is_refused_by_the_name_of_the_field(self, body: Any, field: Any) -> None:
        if datetime not in (field.type, *get_args(field.type)) and "date-time" not in str(
            msgspec.json.schema(field.type)
        ):
            return
        for text in NO_MOMENTS:
            assert field.encode_name in what_is_wrong(body, {field.encode_name: text}), text

    @pytest.mark.parametrize("body", BODIES, ids=lambda body: body.__name__)
    def test_field_that_is_not_there_is_refused_with_the_nearest_name(self, body: Any) -> None:
        name = msgspec.structs.fields(body)[0].encode_name
        assert what_is_wrong(body, {f"{name}e": 1})[f"{name}e"] == [f"Unknown field; did you mean {name}?"]

    @pytest.mark.parametrize("body", BODIES, ids=lambda body: body.__name__)
    @pytest.mark.parametrize(
        "raw", [b"", b" \n", b"null", b"[]", b"1", b'"a"', b"true", b"{", b"{} x", b"{,}", b"\x00"]
    )
    def test_what_is_no_json_object_is_refused(self, body: Any, raw: bytes) -> None:
        assert what_is_wrong(body, raw).keys() == {"body"}


class Address(Body):
    street: str
    lines: tuple[str, ...] = ()


class Parcel(Body):
    name: Annotated[str, line(10)]
    size: Literal["small", "large"] = "small"
    weight: Annotated[int, Meta(ge=1, le=100)] | None = None
    due: Annotated[datetime, Meta(tz=True)] | UnsetType = UNSET
    tags: Annotated[list[str], Meta(max_length=2)] = []
    notes: dict[str, str] = {}
    sent_to: Address | None = None


class TestEveryQueryOfTheApi:
    @EACH_PARAMETER
    def test_number_out_of_its_range_is_refused_by_the_name_of_the_parameter(self, query: Any, field: Any) -> None:
        if "integer" not in types_in(msgspec.json.schema(field.type)):
            return
        beyond = LONGER_PAGES.get(query, MAX_PAGE_LENGTH) + 1
        most = (str(beyond), "1000000000") if field.encode_name == "limit" else ()
        for number in ("0", "-1", "9" * 30, "1.5", "ten", "0x1", "%00", "٣", *most):
            assert field.encode_name in what_parsing_refuses(query, f"{field.encode_name}={number}"), number

    @EACH_PARAMETER
    def test_unknown_word_is_refused_with_those_that_are_allowed(self, query: Any, field: Any) -> None:
        words = words_in(field.type)
        for word in words and ("no such word", "'", "%00", f"{words[0]},x"):
            [problem] = what_parsing_refuses(query, f"{field.encode_name}={word}")[field.encode_name]
            assert word == "%00" or all(str(each) in problem for each in words)

    @EACH_PARAMETER
    def test_nul_and_what_is_no_text_are_refused(self, query: Any, field: Any) -> None:
        assert field.encode_name in what_parsing_refuses(query, f"{field.encode_name}=a%00b")
        assert what_parsing_refuses(query, f"{field.encode_name}=a%ffb")

    @pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.__name__)
    def test_parameter_that_is_not_there_is_refused_with_the_nearest_name(self, query: Any) -> None:
        name = msgspec.structs.fields(query)[0].encode_name
        assert what_parsing_refuses(query, f"{name}e=1")[f"{name}e"] == [f"Unknown parameter; did you mean {name}?"]


class TestBody:
    def test_absent_fields_have_their_defaults(self) -> None:
        assert parse_body(Parcel, b'{"name":"Books"}') == Parcel(name="Books")

    def test_text_is_trimmed_before_it_is_measured(self) -> None:
        assert parse_body(Parcel, b'{"name":"   0123456789 \\n"}').name == "0123456789"
        assert what_is_wrong(Parcel, {"name": " \t "}) == {"name": ["Name is required"]}
        assert what_is_wrong(Parcel, {"name": "x" * 1234}) == {"name": ["Must have at most 10 characters, has 1,234"]}

    def test_everything_wrong_is_said_at_once_and_what_is_right_is_kept(self) -> None:
        raw = (
            b'{"size":"smal","weight":0,"due":"2024-02-30T00:00:00Z","tags":["a","b","c"],"notes":{"a":"b"},"wieght":1}'
        )
        with pytest.raises(InvalidInput) as caught:
            parse_body(Parcel, raw)
        assert said_in(caught.value) == {
            "name": ["Name is required"],
            "size": ["Must be one of: small, large (did you mean small?)"],
            "weight": ["Must be a whole number of at least 1"],
            "due": ["Must be a timestamp such as 2024-02-15T00:00:00Z"],
            "tags": ["Must have at most 2 items"],
            "wieght": ["Unknown field; did you mean weight?"],
        }
        assert caught.value.good_values == {"notes": {"a": "b"}}

    def test_what_is_wrong_inside_a_field_is_placed(self) -> None:
        body = {"name": "a", "sentTo": {"street": 1}, "tags": ["a", 2]}
        assert what_is_wrong(Parcel, body) == {
            "sentTo": ["Must be text (at street)"],
            "tags": ["Must be text (at [1])"],
        }

    def test_nul_is_found_at_any_depth(self) -> None:
        for body in ({"sentTo": {"street": "\0"}}, {"sentTo": {"street": "", "lines": ["\0"]}}, {"notes": {"\0": ""}}):
            [name] = body
            wrong = what_is_wrong(Parcel, {"name": "a", **body})
            assert wrong == {name: ["Must not contain the NUL character"]}

    def test_last_of_fields_of_one_name_counts(self) -> None:
        assert parse_body(Parcel, b'{"name":"first","name":"last"}').name == "last"

    def test_byte_order_mark_is_skipped(self) -> None:
        assert parse_body(Parcel, b'\xef\xbb\xbf{"name":"Books"}').name == "Books"
        assert what_is_wrong(Parcel, b"\xef\xbb\xbf[]") == {"body": ["Must be a JSON object"]}

    def test_text_that_is_not_utf8_is_refused(self) -> None:
        assert what_is_wrong(Parcel, b'{"name":"\xff"}') == {"name": ["Must be UTF-8"]}
        assert what_is_wrong(Parcel, b'{"\xff":1}') == {"body": ["The body is not UTF-8"]}
        assert what_is_wrong(Parcel, b'{"name":"\xed\xa0\x80"}') == {"name": ["Must be UTF-8"]}
        assert "body" in what_is_wrong(Parcel, '{"name":"a"}'.encode("utf-16"))

    @pytest.mark.parametrize("word", [b"NaN", b"Infinity", b"-Infinity", b"undefined", b"'a'", b"0x1", b"01", b"1."])
    def test_what_only_looks_like_json_is_refused(self, word: bytes) -> None:
        assert what_is_wrong(Parcel, b'{"name":%s}' % word)["body"][0].startswith("The body is not JSON: ")

    @pytest.mark.parametrize("nested", [b"[" * 100_000, b"[" * 100_000 + b"]" * 100_000, b'{"a":' * 100_000])
    def test_deep_nesting_is_refused(self, nested: bytes) -> None:
        assert what_is_wrong(Parcel, nested).keys() == {"body"}
        assert what_is_wrong(Parcel, b'{"name":' + nested + b"}") == {"body": ["The JSON is nested too deeply"]}

    def test_thousands_of_unknown_fields_are_counted_not_listed(self) -> None:
        wrong = what_is_wrong(Parcel, {"name": "a"} | {f"f{i}": i for i in range(5_000)})
        assert len(wrong) == 21
        assert wrong["…"] == ["4,980 more unknown fields"]

    def test_endless_name_is_cut(self) -> None:
        [name] = what_is_wrong(Parcel, {"name": "a", "x" * 100_000: 1})
        assert name == "x" * 100


class TestMoment:
    @pytest.mark.parametrize(
        "text",
        [
            "2024-02-30T00:00:00Z", "2024-02-15", "0000-01-01T00:00:00Z", "10000-01-01T00:00:00Z", "", "now",
            "2024-02-15T24:00:00Z", "2024-13-01T00:00:00Z", "2024-02-15T00:00Z", "1708000000",
            "2024-02-15T00:00:00+25:00",
        ],
    )  # fmt: skip
    def test_what_is_no_timestamp_is_refused(self, text: str) -> None:
        assert what_is_wrong(Parcel, {"name": "a", "due": text}) == {
            "due": ["Must be a timestamp such as 2024-02-15T00:00:00Z"]
        }

    def test_timestamp_without_a_timezone_is_refused(self) -> None:
        [problem] = what_is_wrong(Parcel, {"name": "a", "due": "2024-02-15T00:00:00"})["due"]
        assert problem.startswith("Must name its timezone")

    @pytest.mark.parametrize(
        "text",
        [
            "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z",
            "1899-12-31T23:59:59.999999Z", "9000-01-01T00:00:00Z", "1900-01-01T00:00:00+00:01",
        ],
    )  # fmt: skip
    def test_moment_that_is_too_far_from_now_is_refused(self, text: str) -> None:
        wrong = what_is_wrong(Parcel, {"name": "a", "due": text})
        assert wrong == {"due": ["Must be between the years 1900 and 8999 in UTC"]}

    @pytest.mark.parametrize(
        ("text", "moment"),
        [
            ("1900-01-01T00:00:00Z", datetime(1900, 1, 1, tzinfo=UTC)),
            ("8999-12-31T23:59:59.999999Z", datetime(8999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)),
            ("2024-02-29T23:30:00-02:30", datetime(2024, 3, 1, 2, tzinfo=UTC)),
        ],
    )
    def test_moment_is_brought_to_utc(self, text: str, moment: datetime) -> None:
        due = parse_body(Parcel, msgspec.json.encode({"name": "a", "due": text})).due
        assert due == moment
        assert isinstance(due, datetime)
        assert due.tzinfo is UTC


class QueryTerm(Query):
    page: Annotated[int, Meta(ge=1, le=9)] = 1
    sort_by: Literal["name", "size"] = "name"
    size: tuple[Literal["small", "large"], ...] = ()
    owner: tuple[str, ...] = ()
    counts: bool = False
    text: str | None = None


def what_is_wrong_in_query(query: bytes) -> Any:
    with pytest.raises(InvalidInput) as caught:
        parse_query(QueryTerm, query)
    return said_in(caught.value)


class TestQuery:
    def test_several_values_come_with_commas_or_repeated(self) -> None:
        assert parse_query(QueryTerm, b"size=small,large").size == ("small", "large")
        assert parse_query(QueryTerm, b"owner=a&owner=+b+,,c").owner == ("a", "b", "c")

    def test_empty_parameter_counts_as_absent(self) -> None:
        assert parse_query(QueryTerm, b"page=&size=&text=&&") == QueryTerm()

    def test_plus_percent_and_raw_utf8_are_understood(self) -> None:
        assert parse_query(QueryTerm, b"text=a+b%20c%2Bd").text == "a b c+d"
        assert parse_query(QueryTerm, "text=größe".encode()).text == "größe"
        assert parse_query(QueryTerm, b"text=100%&sortBy=size") == QueryTerm(text="100%", sort_by="size")

    def test_everything_wrong_is_said_at_once(self) -> None:
        wrong = what_is_wrong_in_query(b"page=0&sortBy=nmae&size=small,huge&counts=maybe&text=a&text=b&ownr=&x=1")
        assert wrong == {
            "page": ["Must be a whole number of at least 1"],
            "sortBy": ["Must be one of: name, size (did you mean name?)"],
            "size": ["Must be one of: small, large (at [1])"],
            "counts": ["Must be true or false"],
            "text": ["Given more than once"],
            "ownr": ["Unknown parameter; did you mean owner?"],
            "x": ["Unknown parameter; known here: page, sortBy, size, owner, counts, text"],
        }

    def test_parameter_given_twice_is_refused(self) -> None:
        assert what_is_wrong_in_query(b"page=1&page=1") == {"page": ["Given more than once"]}

    @pytest.mark.parametrize("number", ["1.5", "1e3", "1_0", " 1", "٣", "9" * 5_000, "NaN", "0x1", "+1", "--1"])
    def test_what_is_no_whole_number_is_refused(self, number: str) -> None:
        assert what_is_wrong_in_query(f"page={number}".encode()).keys() == {"page"}

    def test_nul_is_refused(self) -> None:
        for name in (b"text", b"owner", b"size", b"page"):
            assert what_is_wrong_in_query(name + b"=a%00b").keys() == {name.decode()}

    @pytest.mark.parametrize("query", [b"text=%ff", b"text=%C3", b"%ff=1", b"text=\xff", b"text=%ED%A0%80"])
    def test_what_is_not_utf8_is_refused(self, query: bytes) -> None:
        assert what_is_wrong_in_query(query) == {"query": ["The query is not UTF-8"]}

    def test_hundreds_of_parameters_are_refused(self) -> None:
        wrong = what_is_wrong_in_query(b"&".join(b"a%d=1" % i for i in range(500)))
        assert wrong == {"query": ["At most 50 parameters"]}
