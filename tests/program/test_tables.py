"""Data from elsewhere: lists and data frames go in as arrays do, or are refused by name,
with advice that works when it is followed.
"""

import numpy as np
import pytest
import scipy.sparse
from numpy.testing import assert_allclose, assert_array_equal

from dnn import (
    Adam,
    binary_cross_entropy,
    categorical_cross_entropy,
    data,
    evaluate,
    fit,
    mlp,
)

MOONS = data.moons(m=60)


def trained(X, Y, n_out=1, loss=binary_cross_entropy):
    """Return the parameters of a small net after two epochs on these data."""
    net = mlp([2, 4, n_out], seed=1)
    fit(net, loss, Adam(0.01), (X, Y), val=(X, Y), epochs=2, batch_size=16)
    return net.theta


def frame():
    """Return the moons as a table with a column of labels, or skip the test."""
    pd = pytest.importorskip("pandas", reason="pandas, a guest here, is not installed")
    table = pd.DataFrame(MOONS.X.T, columns=["a", "b"])
    return table.assign(label=MOONS.Y[0].astype(int))


def test_lists_go_in():
    want = trained(MOONS.X, MOONS.Y)
    assert_array_equal(trained(MOONS.X.tolist(), MOONS.Y.tolist()), want)


def test_a_data_frame_goes_in_examples_being_columns():
    table, want = frame(), trained(MOONS.X, MOONS.Y)
    features, labels = table[["a", "b"]], table[["label"]]
    assert_array_equal(trained(features.T, labels.T), want)
    assert_array_equal(trained(features.T, labels.T == 1), want)
    net = mlp([2, 3, 1], loss=binary_cross_entropy)
    assert_array_equal(net.predict(features.T), net.predict(MOONS.X))
    pair = MOONS.X, MOONS.Y
    assert evaluate(net, net.loss, features.T, labels.T) == evaluate(
        net, net.loss, *pair
    )


def test_a_data_frame_is_scaled_as_an_array_is():
    table = frame()[["a", "b"]]
    scaling = data.standardize(table.T)
    want = data.standardize(MOONS.X)(MOONS.X)
    for X in (MOONS.X, table.T, MOONS.X.tolist()):
        # Sums over another layout in memory differ in the last bits.
        assert_allclose(scaling(X), want, rtol=1e-9)


def refusal(X, Y, **options):
    with pytest.raises(ValueError, match=r"^[XY] ") as error:
        trained(X, Y, **options)
    return str(error.value)


def test_a_column_as_Y_is_refused_with_advice_that_works():
    column, want = frame()["label"], trained(MOONS.X, MOONS.Y)
    for Y in (column, column.tolist()):
        said = refusal(MOONS.X, Y)
        assert said.startswith("Y has shape (60,) but ")
        advice = said.partition("; use ")[2]
        assert advice == "np.asarray(Y)[None]"
        row = eval(advice, {"np": np, "Y": Y})
        assert_array_equal(trained(MOONS.X, row), want)
    assert refusal(MOONS.X, MOONS.Y[0]).endswith("; use Y[None]")


def test_a_column_of_classes_is_refused_with_advice_that_works():
    column = frame()["label"]
    for Y in (column, column.tolist()):
        said = refusal(MOONS.X, Y, n_out=2, loss=categorical_cross_entropy)
        advice = said.partition("; use ")[2]
        assert advice == "data.one_hot(Y, 2)"
        one_hot = eval(advice, {"data": data, "Y": Y})
        trained(MOONS.X, one_hot, n_out=2, loss=categorical_cross_entropy)


def test_a_table_of_rows_is_told_to_be_transposed():
    table = frame()
    for said in (
        refusal(table[["a", "b"]], MOONS.Y),
        refusal(MOONS.X, table[["label"]]),
    ):
        assert said.endswith("; its transpose would fit")


def test_a_table_of_words_is_refused():
    table = frame().assign(a="x")
    said = refusal(table[["a", "b"]].T, MOONS.Y)
    assert said.startswith("X must hold real numbers, got dtype ")


@pytest.mark.parametrize("kind", ["csr_matrix", "csc_array", "coo_array"])
def test_a_sparse_matrix_is_refused_by_its_name(kind):
    sparse = getattr(scipy.sparse, kind)
    X, Y = sparse(MOONS.X), sparse(MOONS.Y)
    assert refusal(X, MOONS.Y) == "X is a sparse matrix: use X.toarray()"
    assert refusal(MOONS.X, Y) == "Y is a sparse matrix: use Y.toarray()"
    assert_array_equal(trained(X.toarray(), Y.toarray()), trained(MOONS.X, MOONS.Y))
    with pytest.raises(ValueError, match=r"^X is a sparse "):
        mlp([2, 1], loss=binary_cross_entropy).predict(X)
