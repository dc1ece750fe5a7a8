"""Design files from people one has never met: what YAML means here, and what is refused with file and line."""

import math
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from lingnan.pdk.errors import LingnanError
from lingnan.tapeout.yamltext import MAX_BYTES, MAX_DEPTH, parse, plain, read


def refusal(text: str) -> str:
    with pytest.raises(LingnanError) as error:
        parse(text, "d.yaml")
    message = str(error.value)
    assert "\n" not in message
    assert message.startswith("d.yaml:")
    return message


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1e-3", 1e-3),  # PyYAML's 1.1 makes a word of it
        ("1.5e3", 1500.0),
        ("+7", 7),
        ("0x1f", 31),
        ("0o17", 15),
        ("010", 10),
        ("1:20", "1:20"),  # and of this a number to the base of sixty
        ("no", "no"),
        ("off", "off"),
        ("NO", "NO"),
        ("true", True),
        ("~", None),
        (".inf", math.inf),
        ("'1'", "1"),
        ('"true"', "true"),
        ("1_000", "1_000"),
        ("2026-11-25", "2026-11-25"),
        ("=", "="),
    ],
)
def test_scalars_follow_yaml_1_2(text: str, value: object) -> None:
    got = parse(f"a: {text}", "d.yaml")["a"]
    assert got == value
    assert type(got) is type(value)


leaves = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**9), 10**9),
    st.floats(allow_nan=False, allow_infinity=False, width=32),
    st.text(st.characters(codec="ascii", categories=("L", "N", "P", "Zs")), max_size=12),
)
trees = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abcxyz", min_size=1), inner, max_size=4),
)


@given(st.dictionaries(st.text("abcxyz", min_size=1), trees, min_size=1, max_size=4))
def test_what_is_dumped_comes_back(data: dict[str, object]) -> None:
    quoted = yaml.safe_dump(data, default_style=None, allow_unicode=True)
    again = plain(parse(quoted, "d.yaml"))

    def same(left: object, right: object) -> bool:
        if isinstance(left, dict) and isinstance(right, dict):
            return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
        if isinstance(left, list) and isinstance(right, list):
            return len(left) == len(right) and all(map(same, left, right))
        return left == right or str(left) == str(right)

    assert same(data, again)


@given(st.binary(max_size=200))
def test_any_bytes_give_a_table_or_a_refusal(raw: bytes) -> None:
    text = raw.decode("latin-1")
    try:
        parse(text, "d.yaml")
    except LingnanError as error:
        assert "\n" not in str(error)  # noqa: PT017


def test_every_key_knows_its_line() -> None:
    table = parse("a: 1\nb:\n  c: 2\n  d:\n    - x\n    - y\n", "d.yaml")
    assert table.lines == {"a": 1, "b": 2}
    assert table["b"].lines == {"c": 3, "d": 4}
    assert table["b"]["d"].lines == [5, 6]


def test_a_bomb_of_aliases_is_refused_before_it_goes_off() -> None:
    # 10^30 values, were they counted one by one
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 30)]
    message = refusal("\n".join(lines))
    assert "more than 200000 values" in message
    assert message.startswith("d.yaml:6:")


def test_aliases_and_merge_keys_work() -> None:
    table = parse("base: &b {x: 1, y: 2}\none: {<<: *b, y: 3}\ntwo: *b\n", "d.yaml")
    assert plain(table["one"]) == {"x": 1, "y": 3}
    assert plain(table["two"]) == {"x": 1, "y": 2}


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", 1, "the file is empty"),
        ("---\n", 1, "the file is empty"),
        ("- a\n- b\n", 1, "not a mapping"),
        ("just words", 1, "not a mapping"),
        ("a: 1\na: 2\n", 2, "key 'a' is given twice, first in line 1"),
        ("a: {b: 1,\n b: 2}\n", 2, "key 'b' is given twice"),
        ("a: [1, 2\nb: 3\n", 2, "not valid YAML"),
        ("a: b: c\n", 1, "not valid YAML"),
        ("a:\n\t- b\n", 2, "not valid YAML"),
        ("a: *nobody\n", 1, "alias *nobody has no anchor"),
        ("a: &a [*a]\n", 1, "stands inside its own anchor"),
        ("a: !!python/object/apply:os.system ['true']\n", 1, "is not allowed"),
        ("a: !!binary aGk=\n", 1, "is not allowed"),
        ("a: 1\n---\nb: 2\n", 2, "a second document"),
        ("? [1, 2]\n: 3\n", 1, "a key is a list or a mapping"),
        ("a: {<<: 3}\n", 1, "is not a mapping"),
        ("a: 1\nb: \x07\n", 2, "not valid YAML"),
        ("a: " + "[" * 200 + "]" * 200, 1, f"nested deeper than {MAX_DEPTH}"),
        ("a: " + "{a: " * 200 + "}" * 200, 1, f"nested deeper than {MAX_DEPTH}"),
    ],
)
def test_refusals_name_the_line(text: str, line: int, words: str) -> None:
    message = refusal(text)
    assert message.startswith(f"d.yaml:{line}: ")
    assert words in message


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "chip.yaml").write_text("a: 1\n")
    cases = {
        tmp_path: "is a folder",
        tmp_path / "chop.yaml": "there is no such design file. In that folder: big.yaml, chip.yaml.",
        tmp_path / "no" / "chop.yaml": "there is no such design file. Check the path.",
    }
    (tmp_path / "big.yaml").write_bytes(b"a" * (MAX_BYTES + 1))
    cases[tmp_path / "big.yaml"] = f"larger than {MAX_BYTES} bytes"
    (tmp_path / "chip.gds").write_bytes(b"\x00\x06\x00\x02\x02\x58\xff\xfe")
    cases[tmp_path / "chip.gds"] = "not UTF-8 text"
    for path, words in cases.items():
        with pytest.raises(LingnanError) as error:
            read(path)
        assert words in str(error.value)
        assert str(path) in str(error.value)
    (tmp_path / "bom.yaml").write_bytes(b"\xef\xbb\xbfa: \xc2\xb5\n")
    assert read(tmp_path / "bom.yaml")[0]["a"] == "µ"
