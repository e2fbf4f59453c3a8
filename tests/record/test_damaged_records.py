"""Damaged and foreign records are refused in one line, before anything large is read."""

import io
import json
import os
import random
import tracemalloc
import zipfile

import numpy as np
import pytest
from helpers.models import Nested, clouds, small
from helpers.scripts import assert_one_line, runner
from torch import nn

import common
from torchreplay.errors import UserError
from torchreplay.record.files import load_record, rebuild_record, save_record
from torchreplay.replay.recorder import Recorder

X, Y = clouds()
MAX_BYTES_TAKEN = 2**24
WEIGHT = "parameter logit.0.weight"


@pytest.fixture
def path(held_out, tmp_path):
    return save_record(tmp_path / "run.npz", held_out)


def parts(path):
    """The settings and the arrays in a file."""
    with np.load(path) as file:
        arrays = dict(file)
    return json.loads(str(arrays.pop("about"))), arrays


def written(path, about, arrays):
    """Write settings, a dictionary or the text of one, and arrays to a file."""
    text = about if isinstance(about, str) else json.dumps(about)
    np.savez(path, about=np.array(text), **arrays)


def assert_refused(path, load=None):
    with pytest.raises(UserError) as caught:
        rebuild_record(path, common.make_network) if load is None else load(path)
    line = str(caught.value)
    assert "\n" not in line and len(line) < 500
    assert str(path) in line


def member(array):
    """An array as a member of an .npz file: bytes."""
    made = io.BytesIO()
    np.lib.format.write_array(made, np.asarray(array), allow_pickle=True)
    return made.getvalue()


def claiming(dtype, shape, data=b""):
    """A member that begins with the header of an array of any dtype and shape: bytes."""
    made = io.BytesIO()
    header = {"descr": dtype, "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(made, header)
    return made.getvalue() + data


def archived(path, changed, method=zipfile.ZIP_DEFLATED):
    """Write the same file with the bytes of some members changed, all of them compressed."""
    with zipfile.ZipFile(path) as file:
        members = {name: file.read(name) for name in file.namelist()} | changed
    with zipfile.ZipFile(path, "w", method) as file:
        for name, data in members.items():
            file.writestr(name, data)


ARRAYS = ("X", "y", "loss", "accuracy", "held_out", "validation_loss", WEIGHT)
CHANGES = {
    "words": lambda values: np.full(values.shape, "word"),
    "bytes": lambda values: np.full(values.shape, b"word"),
    "complex": lambda values: values.astype(complex),
    "whole numbers": lambda values: values.astype(np.int64),
    "dates": lambda values: np.zeros(values.shape, "M8[s]"),
    "long doubles": lambda values: values.astype(np.longdouble),
    "a number": lambda values: values.flat[0],
    "one more dimension": lambda values: values[..., None],
    "one less": lambda values: values[:-1],
    "one more": lambda values: np.concatenate([values, values[-1:]]),
    "none": lambda values: values[:0],
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("name", ARRAYS)
def test_arrays_of_another_type_or_shape(path, name, change):
    about, arrays = parts(path)
    written(path, about, arrays | {name: CHANGES[change](arrays[name])})
    assert_refused(path)


@pytest.mark.parametrize("name", ["X", "y", "loss", "accuracy", "validation_loss", WEIGHT])
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e300])
def test_values_that_cannot_be_shown(path, name, value):
    about, arrays = parts(path)
    values = arrays[name].astype(float)
    values.flat[-1] = value
    written(path, about, arrays | {name: values})
    assert_refused(path)


@pytest.mark.parametrize(
    ("name", "value"),
    [("y", 0.5), ("y", 2), ("loss", -1), ("accuracy", 1.5), ("held_out", True)],
)
def test_values_out_of_range(path, name, value):
    about, arrays = parts(path)
    written(path, about, arrays | {name: np.full_like(arrays[name], value)})
    assert_refused(path)


@pytest.mark.parametrize("name", [*ARRAYS, "validation_accuracy"])
def test_arrays_that_are_not_there(path, name):
    about, arrays = parts(path)
    del arrays[name]
    written(path, about, arrays)
    assert_refused(path)


@pytest.mark.parametrize("name", ["other", "parameter other", "parameter " + 60_000 * "x"])
def test_arrays_of_no_record(path, name):
    about, arrays = parts(path)
    written(path, about, arrays | {name: arrays[WEIGHT]})
    assert_refused(path)


def test_any_byte_order_is_read(held_out, path):
    """Numbers are the same, and in the order of this machine."""
    about, arrays = parts(path)
    swapped = {
        name: np.asfortranarray(values.astype(values.dtype.newbyteorder()))
        for name, values in arrays.items()
    }
    written(path, about, swapped)
    found = rebuild_record(path, common.make_network)
    assert found.loss.dtype.isnative
    np.testing.assert_array_equal(found.loss, held_out.loss)
    np.testing.assert_array_equal(found.dataset.X, held_out.dataset.X)
    for name, values in held_out.parameters.items():
        np.testing.assert_array_equal(found.parameters[name], values)


WRONG = (
    None, 0, -1, 10**30, 0.5, float("nan"), float("inf"), "word", 60_000 * "x", "\ud800", [], [1],
    {}, {"kept": {}}, [[[]]], [1000] * 5000,
)  # fmt: skip
ALLOWED = {  # those of WRONG that are right
    "names": (), "classes": (), "standardized": (), "source": ("word",), "diverged": (),
    "output": (None,), "every": (), "label": ("word",), "settings": (), "training": ({},),
    "inputs": (), "hidden": (), "activation": (), "latent": (), "learning_rate": (0, 10**30, 0.5),
    "batch_size": (None,), "momentum": (0, 0.5),
}  # fmt: skip


@pytest.mark.parametrize("name", ALLOWED)
def test_settings_of_another_type_or_range(path, name):
    about, arrays = parts(path)
    owner = next(one for one in (about, about["settings"], about["training"]) if name in one)
    for value in WRONG:
        if not any(value is one or value == one for one in ALLOWED[name]):
            owner[name] = value
            written(path, about, arrays)
            assert_refused(path)
    if name != "training":  # old records have none
        del owner[name]
        written(path, about, arrays)
        assert_refused(path)


@pytest.mark.parametrize(
    "text", ["{", "[]", "null", 100_000 * "[", 100_000 * '{"a":', 10_000 * "1", ""]
)
def test_settings_that_are_none(path, text):
    written(path, text, parts(path)[1])
    assert_refused(path)


def test_records_of_features_number_their_points(tmp_path):
    path = tmp_path / "kept.npz"
    Recorder(Nested(), X, Y, loss=nn.BCEWithLogitsLoss(), keep="features").replay().save(path)
    about, arrays = parts(path)
    kept = about["settings"]["kept"]
    for change in (
        {"points": 10**9}, {"shape": [10**9, 10**9]}, {"shape": [1]}, {"layer": 3},
        {"has_head": 1}, {"points": 59, "shape": [1, 4222]},
    ):  # fmt: skip
        written(path, about | {"settings": {"kept": kept | change}}, arrays)
        assert_refused(path, load_record)
    for X_changed in (arrays["X"] + 1, arrays["X"][::-1], np.repeat(arrays["X"], 2, axis=1)):
        written(path, about, arrays | {"X": X_changed})
        assert_refused(path, load_record)


@pytest.mark.parametrize(
    "data",
    [
        b"", b"\x93NUMPY", b"\0" * 500, claiming("<f4", (10**12, 2)), claiming("<f4", (10**30,)),
        claiming("<f4", (0, 10**30)), claiming("<f4", (-1,)), claiming("<U99999999", (1,)),
        claiming("<f4", (5,) * 70), claiming("<f4", (1,) * 9999, bytes(4)),
        claiming("|O", (1,), b"cos\nsystem\n."),
        member(np.array([{}], object)), b"\x93NUMPY\x01\x00\xff\xff" + 65535 * b"(",
    ],
    ids=range(13),
)  # fmt: skip
@pytest.mark.parametrize("name", ["about", "X", WEIGHT])
def test_headers_that_claim_anything(path, name, data):
    archived(path, {f"{name}.npy": data})
    assert_refused(path)


@pytest.mark.parametrize("name", ["X", "loss", WEIGHT, "other"])
def test_bombs_are_refused_before_they_are_read(path, name):
    """They are small files of as many zeros as they claim."""
    values = MAX_BYTES_TAKEN // 2
    archived(path, {f"{name}.npy": claiming("<f4", (values, 2), bytes(8 * values))})
    tracemalloc.start()
    try:
        assert_refused(path)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < MAX_BYTES_TAKEN


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_compression_that_no_record_has(path, method):
    archived(path, {}, method)
    assert_refused(path)


@pytest.mark.parametrize(
    ("offset", "value"), [(8, 1), (8, 0x40), (10, 9), (10, 97), (24, 255), (42, 255), (6, 255)]
)
def test_members_that_zip_files_describe_in_another_way(path, offset, value):
    """Flags (encrypted), method, size, place and version, in the directory at the end."""
    data = bytearray(path.read_bytes())
    start = data.rindex(b"PK\x01\x02") + offset
    data[start : start + 2] = value.to_bytes(2, "little")
    path.write_bytes(data)
    assert_refused(path)


def test_two_arrays_of_one_name(path):
    with zipfile.ZipFile(path, "a") as file, pytest.warns(UserWarning, match="Duplicate"):
        file.writestr("X.npy", file.read("X.npy"))
    assert_refused(path)


def test_bytes_changed_at_random(held_out, path):
    """The record is refused, or else loaded as it was."""
    whole, chance = path.read_bytes(), random.Random(0)
    for _ in range(100):
        data = bytearray(whole)
        for _ in range(chance.choice((1, 3))):
            data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        path.write_bytes(data)
        try:
            found = rebuild_record(path, common.make_network)
        except UserError as fault:
            assert "\n" not in str(fault) and str(path) in str(fault)
        else:
            np.testing.assert_array_equal(found.loss, held_out.loss)
            np.testing.assert_array_equal(found.dataset.X, held_out.dataset.X)
            for name, values in held_out.parameters.items():
                np.testing.assert_array_equal(found.parameters[name], values)


@pytest.mark.parametrize("kind", ["pipe", "device"])
def test_only_regular_files_are_read(tmp_path, kind):
    path = tmp_path / "run.npz"
    os.mkfifo(path) if kind == "pipe" else path.symlink_to("/dev/zero")
    with pytest.raises(UserError, match=r"cannot read record .*run.npz: it is no regular file"):
        load_record(path, small())


@pytest.mark.parametrize("kind", ["pipe", "words", "values", "bytes"])
def test_scripts_refuse_in_one_line(path, tmp_path, capsys, monkeypatch, kind):
    about, arrays = parts(path)
    if kind == "pipe":
        path.unlink()
        os.mkfifo(path)
    elif kind == "bytes":
        path.write_bytes(path.read_bytes()[:-100])
    else:
        wrong = {"words": {"loss": np.array("x")}, "values": {"y": arrays["y"] / 2}}[kind]
        written(path, about, arrays | wrong)
    run = runner(capsys, monkeypatch)
    code, printed, errors = run("input_space", "--record", path, "--output-dir", tmp_path / "o")
    assert (code, printed) == (1, [])
    assert_one_line(errors, "run.npz")
    assert not (tmp_path / "o").exists()
