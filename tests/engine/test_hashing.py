"""Content keys."""

import math
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outfold.hashing import KEY_LENGTH, canonical, key_of, key_of_file
from outfold.study.study import Choice

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)


@given(PLAIN)
def test_equal_content_has_equal_keys(value):
    """A key depends on content alone, not on the order in which a mapping was filled."""
    assert key_of(value) == key_of(value)
    if isinstance(value, dict):
        assert key_of(dict(reversed(list(value.items())))) == key_of(value)


def test_a_key_is_the_same_in_another_process():
    """Python's own hashes differ by process; keys do not."""
    code = "from outfold.hashing import key_of; print(key_of({'b': 1.5, 'a': ['x', None]}))"
    there = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.strip()
    assert there == key_of({"a": ["x", None], "b": 1.5})
    assert len(there) == KEY_LENGTH


def test_near_values_have_different_keys():
    """Parameters that differ in the last place, or in type, are different steps."""
    assert len({key_of(v) for v in (0.1, math.nextafter(0.1, 1), 1, "1", True, None)}) == 6


def test_dataclasses_are_reduced_to_their_fields():
    """A choice reads as JSON."""
    assert canonical(Choice.of("smote", k=3)) == '{"key":"smote","params":[["k",3]]}'


def test_a_function_has_no_key():
    """What has no stable text is refused rather than hashed by its address."""
    with pytest.raises(TypeError, match="no stable content"):
        key_of(print)


def test_a_files_key_is_that_of_its_bytes(tmp_path):
    """The same bytes under another name have the same key."""
    for name in ("a", "b"):
        (tmp_path / name).write_bytes(b"x" * 3_000_000)
    (tmp_path / "c").write_bytes(b"x" * 2_999_999 + b"y")
    assert key_of_file(tmp_path / "a") == key_of_file(tmp_path / "b")
    assert key_of_file(tmp_path / "a") != key_of_file(tmp_path / "c")
