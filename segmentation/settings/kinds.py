"""Kinds of values that settings have, and what makes one impossible."""

import codecs
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import available_timezones

from pydantic import AfterValidator, Field, SecretStr

LONGEST_NAME = 240  # bytes; file systems take 255, of which the endings of files beside it need some
LONGEST_PATH = 4000

PolicyName = Literal["profit", "response", "rfm"]  # the keys of targeting.policies.TARGET_POLICIES
ClusterMethodName = Literal["k-means", "gaussian mixture", "hdbscan"]  # the keys of clusters.methods.CLUSTER_METHODS
HoldOutBy = Literal["customer", "household"]
CellControl = Literal["shared", "own"]
PowerGate = Literal["warn", "refuse", "off"]
KeyPart = Annotated[str, Field(pattern=r"^[2-9A-HJKMNP-Z]+$")]  # of a key code: no 0, 1, I, L, O
EarlierPractice = Literal["mail all", "as last year"]  # those that payback.practice knows
InputName = Literal[  # the names of contract.inputs.INPUT_TABLES
    "customers",
    "orders",
    "order_lines",
    "campaigns",
    "contacts",
    "responses",
    "suppressions",
    "service_contacts",
    "costs",
]
ChannelName = Literal["mail", "email", "phone"]
ListColumn = Literal["customer_id", "email", "first_name", "last_name", "postcode", "address_line", "city"]
Overlap = Literal["both arms", "mailed", "nobody"]
DuplicateSearch = Literal["exact", "probable"]
DuplicateRule = Literal["show", "mail one"]
Share = Annotated[float, Field(ge=0, le=1)]
Money = Annotated[float, Field(ge=0)]
CellShares = Annotated[dict[str, Annotated[float, Field(gt=0, allow_inf_nan=False)]], Field(min_length=1)]
Cost = Annotated[float, Field(ge=0, le=1e12)]
Count = Annotated[int, Field(ge=0, le=1_000_000)]
ScoreRange = Annotated[str, Field(pattern=r"^([1-9]\d*(-[1-9]\d*)?)?$")]


def _known_timezone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError(f"{name!r} is not a time zone; write one such as Europe/Warsaw")
    return name


def _known_encoding(name: str) -> str:
    try:
        codecs.lookup(name)
    except LookupError as error:
        raise ValueError(f"{name!r} is not an encoding; write one such as windows-1250") from error
    return name


def _known_method(name: str) -> str:
    from segmentation.segments.rfm_methods import RFM_METHODS  # here, since it takes a while and is seldom needed

    if name not in RFM_METHODS:
        raise ValueError(f"{name!r} is not a method; there are: {', '.join(RFM_METHODS)}")
    return name


def _known_language(code: str) -> str:
    from segmentation.reporting.catalogue import list_languages  # here, since it takes a while and is seldom needed

    if code not in list_languages():
        raise ValueError(f"{code!r} is not a language of the report; there are: {', '.join(list_languages())}")
    return code


def _increasing(points: tuple[float, ...]) -> tuple[float, ...]:
    for one, next_ in pairwise(points):
        if one >= next_:
            raise ValueError(f"cut points must increase, but {one:g} is followed by {next_:g}")
    return points


CutPoints = Annotated[
    tuple[Annotated[float, Field(allow_inf_nan=False)], ...],
    Field(min_length=1, max_length=9),
    AfterValidator(_increasing),
]


def possible_path(path: Path) -> Path:
    """A path that the system can be asked for at all."""
    try:
        size, longest = len(str(path).encode()), max((len(name.encode()) for name in path.parts), default=0)
    except UnicodeEncodeError as error:
        raise ValueError("is not UTF-8") from error
    if "\0" in str(path):
        raise ValueError("has a NUL in it, which no file's name may have")
    if size > LONGEST_PATH or longest > LONGEST_NAME:
        raise ValueError(f"is too long; at most {LONGEST_NAME} bytes a name and {LONGEST_PATH} in all")
    return path


def _file_name(path: Path) -> Path:
    if not path.name:
        raise ValueError("names no file")
    return path


def _ascii(secret: SecretStr) -> SecretStr:
    if not secret.get_secret_value().isascii():
        raise ValueError("has a character beyond ASCII")
    return secret


Folder = Annotated[Path, AfterValidator(possible_path)]
File = Annotated[Folder, AfterValidator(_file_name)]
TimeZone = Annotated[str, AfterValidator(_known_timezone)]
Encoding = Annotated[str, AfterValidator(_known_encoding)]
Language = Annotated[str, AfterValidator(_known_language)]
MethodName = Annotated[str, AfterValidator(_known_method)]
AsciiSecret = Annotated[SecretStr, AfterValidator(_ascii)]
