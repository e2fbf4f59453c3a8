"""Words in tables: which are names of columns, which are values, and which mark a missing one."""

import re

MISSING_LABELS = {"", "?", "na", "nan", "n/a", "null"}
MISSING_VALUES = MISSING_LABELS | {
    *("none", "nil", "n.a.", "<na>", "nat", "(null)", r"\n", "missing"),
    *("-", "\N{EN DASH}", "\N{EM DASH}", ".", ".."),
}
SPREADSHEET_ERROR = re.compile(r"#(?:N/A|#+|[A-Z_]+(?:/0)?[!?])", re.IGNORECASE)
TRUTH_VALUES = {"true", "false"}
# Words that stand in values beside digits: 5 Jan 2020, USD 5, 1.5 kg, 10:30 pm.
DATES = (
    r"jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
    r"|mon(?:day)?|tue(?:sday)?|wed(?:nesday)?|thu(?:rsday)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?"
)
CURRENCIES = "usd?|eur|gbp|chf|jpy|cny|inr|r|rs|kr"
UNITS = (
    "am|pm|t|z|utc|gmt|kg|g|mg|lbs?|oz|km|m|cm|mm|ft|s|ms|min|h|hz|khz|mhz|ghz|v|mv|kv|w|kw|mw|k"
    "|pa|kpa|bar|mol|l|ml|kj|kcal|(?<=°)[cf]|[ed](?=[+-]?[0-9])"
)
LETTER = r"[^\W\d_]"
VALUE = re.compile(
    rf"(?:(?:{DATES}|{CURRENCIES})\W|\W)*\d"
    rf"(?:\d|[\W_]|(?<!{LETTER})(?:{DATES}|{CURRENCIES}|{UNITS})(?!{LETTER}))*|0x[0-9a-f]+",
    re.IGNORECASE,
)


def is_missing(field):
    """Whether a field of a feature marks a missing value."""
    return field.lower() in MISSING_VALUES or bool(SPREADSHEET_ERROR.fullmatch(field))


def is_missing_label(field):
    """Whether a field of a label marks a missing one; `none` and `-` may be labels."""
    return field.lower() in MISSING_LABELS or bool(SPREADSHEET_ERROR.fullmatch(field))


def is_name(field):
    """Whether a field that is not a number names a column: it has a letter and is no value.

    A single # is the name of a column of running numbers.
    """
    if field == "#":
        return True
    if is_missing(field) or field.lower() in TRUTH_VALUES or not any(map(str.isalpha, field)):
        return False
    return not VALUE.fullmatch(field)
