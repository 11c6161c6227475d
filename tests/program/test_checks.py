"""An error must speak: each refusal names the argument, what came, and what was
expected or would do.
"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from dnn import checks

# ---- names ---------------------------------------------------------------------------


def test_known_bug_an_unknown_name_taken_in_silence():
    known = {"adam": 1, "momentum": 2}
    assert checks.choose("optimizer", "adam", known) == 1
    with pytest.raises(
        ValueError,
        match=r"^unknown optimizer 'adma': did you mean 'adam'\? known are adam, momentum$",
    ):
        checks.choose("optimizer", "adma", known)
    with pytest.raises(
        ValueError, match=r"^unknown optimizer 'qqq': known are adam, momentum$"
    ):
        checks.choose("optimizer", "qqq", known)


@pytest.mark.parametrize("name", [None, 3, ["adam"], {}, b"adam", np.nan, ""])
def test_what_is_no_name_is_an_unknown_one(name):
    with pytest.raises(ValueError, match=r"^unknown optimizer .* known are adam"):
        checks.choose("optimizer", name, {"adam": 1})


@given(st.text("adm"))
def test_no_text_but_a_known_one_passes(name):
    if name != "adam":
        with pytest.raises(ValueError, match=r"^unknown optimizer"):
            checks.choose("optimizer", name, {"adam": 1})


# ---- numbers -------------------------------------------------------------------------


@given(
    st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(10**300), 10**300)
)
def test_any_finite_number_is_returned_as_a_float(value):
    assert type(checks.number("x", value)) is float
    assert checks.number("x", value) == float(value)


@pytest.mark.parametrize(
    "value", [np.float32(0.5), np.float64(0.5), np.array(0.5), 0.5]
)
def test_numpys_numbers_become_pythons(value):
    assert type(checks.number("x", value, 0, 1)) is float
    assert checks.number("x", value, 0, 1) == 0.5


@pytest.mark.parametrize(
    "value",
    [
        np.nan,
        np.inf,
        -np.inf,
        True,
        False,
        np.True_,
        "1",
        "",
        None,
        [],
        [1, 2],
        1j,
        10**400,
        object,
    ],
)
def test_what_is_no_finite_number_is_refused(value):
    with pytest.raises(ValueError, match=r"^x must be a number"):
        checks.number("x", value)


@pytest.mark.parametrize(
    ("ends", "inside", "outside", "says"),
    [
        ("[]", [0, 1, 0.5], [-1e-9, 1 + 1e-9], "[0, 1]"),
        ("(]", [1e-9, 1], [0, 1.1], "(0, 1]"),
        ("[)", [0, 0.999], [1, -0.1], "[0, 1)"),
        ("()", [0.5], [0, 1], "(0, 1)"),
    ],
)
def test_the_interval_is_kept_and_told(ends, inside, outside, says):
    for value in inside:
        assert checks.number("x", value, 0, 1, ends) == value
    for value in outside:
        with pytest.raises(ValueError) as error:  # noqa: PT011  (its whole text is compared)
            checks.number("x", value, 0, 1, ends)
        assert str(error.value) == f"x must be a number in {says}, got {value!r}"


def test_open_ends_are_told_as_such():
    with pytest.raises(
        ValueError, match=r"^x must be a number in \(-inf, inf\), got nan$"
    ):
        checks.number("x", np.nan)
    with pytest.raises(ValueError, match=r"^x must be a number in \[0, inf\), got -1$"):
        checks.number("x", -1, 0)
    with pytest.raises(ValueError, match=r"^x must be a number in .*, got 'one'$"):
        checks.number("x", "one")


@pytest.mark.parametrize("value", [2, np.int64(2), np.uint8(2), 10**30])
def test_a_whole_number_is_returned_as_pythons(value):
    assert type(checks.integer("n", value, 2)) is int
    assert checks.integer("n", value, 2) == value


@pytest.mark.parametrize(
    "value", [1, -3, 2.0, np.float64(3), True, np.True_, "2", None, [2], np.array([2])]
)
def test_what_is_no_whole_number_of_that_size_is_refused(value):
    with pytest.raises(ValueError) as error:  # noqa: PT011
        checks.integer("n", value, 2)
    assert str(error.value) == f"n must be a whole number of at least 2, got {value!r}"


@pytest.mark.parametrize(
    "dtype",
    [
        "f2",
        "f4",
        "f8",
        ">f8",
        float,
        complex,
        np.float32,
        np.dtype("c8"),
        np.longdouble,
    ],
)
def test_floating_types_pass(dtype):
    assert checks.floating("dtype", dtype) == np.dtype(dtype)


@pytest.mark.parametrize(
    "dtype", [int, bool, "u1", str, object, "float46", "M8[s]", 3.0]
)
def test_other_types_are_refused(dtype):
    with pytest.raises(
        ValueError,
        match=r"^dtype must be float64 or float32, got",
    ):
        checks.floating("dtype", dtype)


@pytest.mark.parametrize("value", [print, len, checks.pair, lambda: 0])
def test_functions_pass(value):
    assert checks.function("f", value) is value


@pytest.mark.parametrize("value", [None, 3, "f", [len], dict, np.ones(2)])
def test_what_cannot_be_called_is_refused_and_a_class_too(value):
    with pytest.raises(ValueError) as error:  # noqa: PT011
        checks.function("f", value)
    assert str(error.value) == f"f must be a function or an object, got {value!r}"


@pytest.mark.parametrize("value", [(1, 2), [3, 4]])
def test_pairs_pass(value):
    assert checks.pair("data", value) is value


@pytest.mark.parametrize("value", [(), (1,), (1, 2, 3), "XY", {1: 2, 3: 4}, None])
def test_what_is_no_pair_is_refused(value):
    kind = type(value).__name__
    with pytest.raises(
        ValueError, match=rf"^data must be a pair \(X, Y\), got {kind}$"
    ):
        checks.pair("data", value)


@pytest.mark.parametrize("value", [None, 3, "step", {"step": 1}, dict])
def test_what_lacks_a_method_is_refused(value):
    with pytest.raises(ValueError) as error:  # noqa: PT011
        checks.methods("x", value, "keys", "step")
    assert str(error.value) == f"x must be an object with keys and step, got {value!r}"
    assert checks.methods("x", {}, "keys") == {}
    with pytest.raises(ValueError, match=r"^x must be an object with keys, got <class"):
        checks.methods("x", dict, "keys")


# ---- shapes --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shape", "says"),
    [
        (
            (5, 3),
            "X must have shape (3, m), one example a column; got (5, 3); its transpose would fit",
        ),
        ((5, 4), "X must have shape (3, m), one example a column; got (5, 4)"),
        ((3,), "X must have shape (3, m), one example a column; got (3,)"),
        ((3, 2, 1), "X must have shape (3, m), one example a column; got (3, 2, 1)"),
        ((2, 3, 3), "X must have shape (3, m), one example a column; got (2, 3, 3)"),
        ((), "X must have shape (3, m), one example a column; got ()"),
    ],
)
def test_rows(shape, says):
    with pytest.raises(ValueError) as error:  # noqa: PT011
        checks.rows("X", np.ones(shape), 3)
    assert str(error.value) == says
    checks.rows("X", np.ones((3, 7)), 3)


@pytest.mark.parametrize(
    ("a", "b", "hint"),
    [
        ((3, 2), (2, 3), "; its transpose would fit"),
        ((3, 2), (3, 3), ""),
        ((3,), (1, 3), "; use A[None]"),
        ((3,), (3, 1), ""),
        ((1, 3, 2), (2, 3, 1), ""),
    ],
)
def test_same_shape(a, b, hint):
    with pytest.raises(ValueError) as error:  # noqa: PT011
        checks.same_shape("A", np.ones(a), "B", np.ones(b))
    assert (
        str(error.value)
        == f"A has shape {a} but B has shape {b}: they must be equal{hint}"
    )
    checks.same_shape("A", np.ones(a), "B", np.zeros(a))


@pytest.mark.parametrize("shape", [(0, 3), (5, 1), (3, 0)])
def test_any_number_of_rows_will_do_where_none_is_asked_for(shape):
    A = np.ones(shape)
    assert checks.rows("X", A) is A
    with pytest.raises(ValueError, match=r"^X must have shape \(n, m\), .* \(3,\)$"):
        checks.rows("X", np.ones(3))


# ---- arrays --------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", ["?", "u1", "i8", "f2", "f4", "f8", ">f8"])
def test_real_numbers_are_handed_back_as_they_are(dtype):
    A = np.ones((2, 3), dtype)
    assert checks.real("A", A) is A
    assert checks.inputs("A", A, 2) is A
    assert checks.labels("A", A) is A


@pytest.mark.parametrize(
    "values", [[1j], ["a"], [None], [b"a"], np.array(["2020"], "M8[D]")]
)
def test_other_kinds_are_refused(values):
    with pytest.raises(ValueError, match=r"^A must hold real numbers, got dtype"):
        checks.real("A", values)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_is_refused(value):
    with pytest.raises(
        ValueError,
        match=r"^A holds NaN or infinite values: replace them$",
    ):
        checks.real("A", [[1.0, value]])


def test_masked_values_are_not_taken_for_numbers():
    """As an array they would be whatever lies under the mask."""
    X = np.ma.masked_greater([[1.0, 999.0]], 900)
    for check in (checks.real, checks.inputs):
        with pytest.raises(ValueError, match=r"^X holds masked values: fill or remove"):
            check("X", X)
    assert_array_equal(checks.inputs("X", X.filled(2.0)), [[1, 2]])
    assert_array_equal(checks.inputs("X", X[:, :1]), [[1]])


@pytest.mark.parametrize(
    "check",
    [
        checks.array,
        checks.real,
        checks.inputs,
        lambda n, A: checks.targets(n, A, (1, 2)),
    ],
)
def test_rows_of_different_lengths_are_told(check):
    with pytest.raises(
        ValueError, match=r"^A makes no array: its rows differ in length$"
    ):
        check("A", [[1, 2], [3]])


def test_numbers_are_cast_to_the_type_asked_for_and_must_fit_in_it():
    assert checks.real("A", [1, 2], np.float32).dtype == np.float32
    assert checks.real("A", [1.0], np.dtype(complex)).dtype == complex
    assert checks.real("A", [1j], np.complex64).dtype == np.complex64
    A = np.ones(3)
    assert checks.real("A", A, np.dtype(float)) is A
    for dtype in (None, np.float64, np.float32):
        with pytest.raises(ValueError, match=r"^A must hold real numbers"):
            checks.real("A", [1j], dtype)
    with pytest.raises(
        ValueError, match=r"^A holds NaN or infinite values in float16: replace"
    ):
        checks.real("A", [1e5], np.dtype("f2"))


def test_inputs_have_the_rows_asked_for_and_are_finite():
    with pytest.raises(ValueError, match=r"^X must have shape \(2, m\)"):
        checks.inputs("X", np.ones((3, 4)), 2)
    with pytest.raises(ValueError, match=r"^X holds NaN"):
        checks.inputs("X", [[np.nan]], 1)
    assert checks.inputs("X", [[1, 2]], 1, np.dtype("f4")).dtype == np.float32


def test_inputs_hold_at_least_one_example():
    assert checks.inputs("X", [[1], [2]], 2).shape == (2, 1)
    with pytest.raises(
        ValueError, match=r"^X has shape \(2, 0\): it holds no example$"
    ):
        checks.inputs("X", np.ones((2, 0)), 2)


@pytest.mark.parametrize(
    ("Y", "shape", "hint"),
    [
        (np.ones((4, 1)), (1, 4), "; its transpose would fit"),
        (np.ones(4), (1, 4), "; use Y[None]"),
        (np.ones(4), (3, 4), "; use data.one_hot(Y, 3)"),
        (np.ones(5), (1, 4), ""),
        (np.ones((1, 5)), (1, 4), ""),
    ],
)
def test_targets_of_another_shape(Y, shape, hint):
    with pytest.raises(ValueError) as error:  # noqa: PT011
        checks.targets("Y", Y, shape)
    wanted = f"the net's outputs for these examples has shape {shape}"
    assert (
        str(error.value)
        == f"Y has shape {Y.shape} but {wanted}: they must be equal{hint}"
    )


@pytest.mark.parametrize(
    "Y", [[[0.2, 1], [0.8, 0]], np.eye(3), np.full((4, 1), np.float32(0.25))]
)
def test_distributions_are_handed_back_as_they_are(Y):
    assert_array_equal(checks.distributions("Y", Y), Y)


@pytest.mark.parametrize(
    "column", [[1, 1, 0], [0, 0, 0], [1.5, -0.5, 0], [0.3, 0.3, 0.3], [1]]
)
def test_columns_that_are_no_distribution_are_refused_with_the_first_of_them(column):
    Y = np.column_stack([np.eye(len(column))[0], column])
    if len(column) == 1:
        Y = Y[:, 1:]
    with pytest.raises(ValueError, match=r"^Y must be one-hot or hold prob") as error:
        checks.distributions("Y", Y)
    assert str(error.value).endswith(f"got {[float(p) for p in column]}")


def test_takes_asks_for_the_arguments_and_a_function_of_c_passes():
    def two(Z, A):
        return Z

    assert checks.takes("f", two, "Z", "A") is two
    assert checks.takes("f", np.add, "Z", "A") is np.add
    with pytest.raises(ValueError, match=r"^f must take \(Z, A\), got <ufunc 'cos'>"):
        checks.takes("f", np.cos, "Z", "A")
    for one in (lambda Z: Z, lambda Z, *, A: Z, lambda: 0):
        with pytest.raises(ValueError, match=r"^f must take \(Z, A\), and takes \("):
            checks.takes("f", one, "Z", "A")
    with pytest.raises(ValueError, match=r"^f must be a function or an object, got 3"):
        checks.takes("f", 3, "Z")


@pytest.mark.parametrize("odd", [-1, 2, 0.5, 1 - 1e-12])
def test_labels_are_0_and_1(odd):
    with pytest.raises(ValueError, match=r"^Y must hold only the labels 0 and 1, got "):
        checks.labels("Y", [[0, 1, odd]])
    with pytest.raises(ValueError, match=r"^Y must hold real numbers, got dtype <U1$"):
        checks.labels("Y", [["0"]])
    assert checks.labels("Y", [[0, 1, 1]]).tolist() == [[0, 1, 1]]
