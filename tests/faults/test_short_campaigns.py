"""The fault campaigns at a tiny scale, and what they found."""

import dataclasses
import io
import struct
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable
from functools import partial
from pathlib import Path
from random import Random

import cv2
import numpy as np
import pytest
import soundfile
import tensorflow as tf

from common.command_line import EXIT_INTERRUPTED, EXIT_UNUSABLE_INPUT
from common.errors import AcousticImagesError
from common.image_decoding import decode_picture
from common.paths_in_folder import path_in_folder
from common.sealed_json import SEAL, read_sealed_json, write_sealed_json
from data_prep.layouts import array
from data_prep.layouts.avia import read_npy
from data_prep.layouts.matlab_elements import inflated
from data_prep.layouts.numbered_files import read_mfcc
from data_prep.signal_parameters import SignalParameters
from data_prep.simulation.clips import clips_sound
from evaluation.embeddings import read_embeddings
from faults import bit_flips, build_kills, guided_fuzz, training_kills
from faults.campaigns import Settings, plan_parts, run_parts
from faults.children import limit_files, wrong_end
from faults.hostile_bytes import edited, hostile_bytes
from faults.outcome import Outcome, markdown_table
from faults.readers import READERS
from faults.small_dataset import write_small_dataset
from faults.small_files import write_matlab_images, write_pictures, write_recordings
from faults.training_marks import IN_STEP
from faults.trainings import Training, small_training_data
from tfrecords_schema.framing import read_records
from tfrecords_schema.parsing import parse_window
from tfrecords_schema.reader import iterate


def test_flipped_bytes_are_noticed() -> None:
    outcomes = bit_flips.run(0.004, seed=1)
    assert {one.tried for one in outcomes} == {2}
    assert [one.lost for one in outcomes if one.lost] == []


def test_a_silent_change_is_lost(tmp_path: Path) -> None:
    path = tmp_path / "unsealed"
    path.write_bytes(b"0123")
    subject = bit_flips.Subject("unsealed", path, path.read_bytes)
    assert len(bit_flips.flip_bytes(subject, 5, np.random.default_rng(0)).lost) == 5
    assert path.read_bytes() == b"0123"


def test_a_reader_is_fuzzed_in_a_process_of_its_own_and_only_once(tmp_path: Path) -> None:
    settings, record, parts = Settings(0.001, seed=1, fuzz_seconds=30), tmp_path / "faults.json", plan_parts(["fuzz"])
    parts = tuple(part for part in parts if part.reader == "geometry CSV")
    (outcome,) = run_parts(parts, settings, record, workers=1)
    assert outcome.tried > 50
    assert outcome.lost == ()
    written = record.read_bytes()
    assert run_parts(parts, settings, record, workers=1) == [outcome]
    assert record.read_bytes() == written


def test_unknown_campaigns_are_refused() -> None:
    with pytest.raises(AcousticImagesError, match="found 'fizz'"):
        plan_parts(["fizz"])


def test_guided_fuzzing_says_what_it_tried_and_lost_or_that_it_cannot(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guided_fuzz.importlib.util, "find_spec", lambda name: None)
    (outcome,) = guided_fuzz.run(1.0, seed=1, seconds_each=1, names=["manifest"])
    assert (outcome.tried, outcome.lost, outcome.remarks) == (0, (), "atheris is not installed")
    printed = (
        "#2\tINITED cov: 10 ft: 9\n#700\tNEW    cov: 12 ft: 12\n\n === Uncaught Python exception: ===\nKeyError: 'a'\n"
    )
    (tmp_path / "crash-1f").write_bytes(b"{}")
    outcome = guided_fuzz.outcome_of("manifest", tmp_path, printed, "ends with exit status 77")
    assert (outcome.tried, outcome.remarks) == (700, "12 branches reached")
    assert outcome.lost == (f"KeyError: 'a': {tmp_path}/crash-1f: b'{{}}'",)
    outcome = guided_fuzz.outcome_of("manifest", tmp_path / "none", "error: found none", "ends with exit status 2")
    assert outcome.lost == ("the process ends with exit status 2: error: found none",)


def test_every_reader_reads_its_samples(tmp_path: Path) -> None:
    for number, make in enumerate(READERS.values()):
        folder = tmp_path / str(number)
        folder.mkdir()
        reader = make(folder)
        for sample in reader.samples:
            reader.path.write_bytes(sample)
            reader.read(reader.path)


def test_edits_of_a_file_by_hand() -> None:
    assert edited(b"a=12,b", [("value", 2, b"nan"), ("overwrite", 0, b"zz")]) == b"zznan,b"
    assert edited(b"abc", [("cut", 2, b"")]) == b"ab"
    assert edited(b"abc", [("insert", 4, b"-")]) == b"-abc"


def test_drawn_files_differ_and_a_seed_draws_the_same_again() -> None:
    first, again = (
        [hostile_bytes((bytes(range(256)) * 4,), draw) for _ in range(300)] for draw in (Random(1), Random(1))
    )
    assert first == again
    assert len(set(first)) > 270


def test_the_table_names_what_was_lost() -> None:
    table = markdown_table([Outcome("kills", "a|b", 1200, ("all of it",), "sad")])
    assert table.splitlines()[2:] == ["| kills | a\\|b | 1,200 | 1 | sad |", "", "- kills, a|b: all of it"]


@pytest.mark.slow
def test_a_killed_build_ends_as_one_that_was_not() -> None:
    (outcome,) = build_kills.run(0.02, seed=1)
    assert (outcome.tried, outcome.lost) == (1, ())


@pytest.mark.slow
def test_a_killed_training_ends_as_one_that_was_not() -> None:
    killed, damaged = training_kills.run(0.01, seed=1)
    assert (killed.tried, killed.lost, damaged.lost) == (3, (), ())


@pytest.mark.slow
def test_a_training_without_room_and_one_that_does_not_come_to_its_stop_end_as_documented(tmp_path: Path) -> None:
    data, run = small_training_data(tmp_path), tmp_path / "run"
    # More than its descriptions take, and less than a checkpoint.
    ended = Training(data, run, prepare=partial(limit_files, 100_000)).end()
    assert wrong_end("full", ended, EXIT_UNUSABLE_INPUT, "epoch-0000-step-00000001") == []
    training = Training(data, run, f"--hold={IN_STEP}", "--stop_within_s=0.1")
    assert training.read_until(IN_STEP)
    # It waits, and is never let go on.
    training.child.terminate()
    assert wrong_end("stopped", training.end(), EXIT_INTERRUPTED, "done again from the last checkpoint on") == []


# What the campaigns found, as regressions.


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("12288", "-0x" + "f" * 5000),
        ("[bell, horn]", "[" * 2000),
        ("[bell, horn]", f"[0x{'f' * 5000}]"),
        ("recordings.csv", "r/" * 3000),
        ("microphones.csv", "m" * 300),
        ("layout: array", "".join(f"k{n}: 1\n" for n in range(8000))),
    ],
)
def test_a_hostile_description_is_refused_at_once(tmp_path: Path, old: str, new: str) -> None:
    write_recordings(tmp_path, per_class=1, seconds=2)
    path = tmp_path / "dataset.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    with pytest.raises(AcousticImagesError):
        array.open_dataset(tmp_path, SignalParameters(), None)


def test_json_nested_to_the_limit_of_the_parser_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "deep.json"
    refused = 0
    for depth in range(800, 1000):
        path.write_text('{"a":' + "[" * depth + "]" * depth + "}", encoding="utf-8")
        try:
            read_sealed_json(path, "x")
        except AcousticImagesError:
            refused += 1
    assert refused > 0


def test_a_seal_under_a_damaged_name_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "sealed.json"
    write_sealed_json(path, {"a": 1})
    path.write_text(path.read_text(encoding="utf-8").replace(SEAL, SEAL.replace("t", "u")), encoding="utf-8")
    with pytest.raises(AcousticImagesError, match="damaged name"):
        read_sealed_json(path, "x")
    path.write_text('{"a": 1}', encoding="utf-8")
    assert read_sealed_json(path, "x") == {"a": 1}


def test_lengths_in_matlab_files_are_compared_with_what_is_there(tmp_path: Path) -> None:
    plain, compressed = write_matlab_images(tmp_path)
    assert np.array_equal(read_mfcc(plain), read_mfcc(compressed))
    content = plain.read_bytes()
    # The first variable: tag, flags (16 bytes), dimensions (24), name in its tag (8), tag of the values.
    place = 128 + 8 + 16 + 24 + 8
    assert struct.unpack_from("<II", content, place) == (7, 4 * 5 * 3 * 4)
    hostile = content[: place + 4] + struct.pack("<I", 2**32 - 16) + content[place + 8 :]
    with pytest.raises(ValueError, match="4294967280 bytes at byte"):
        inflated(hostile, 2**20)
    # SciPy follows a wild pointer here.
    hostile = content[:place] + struct.pack("<I", 200) + content[place + 4 :]
    with pytest.raises(ValueError, match="numbers of type 200"):
        inflated(hostile, 2**20)
    # Complex numbers, as the flags say, whose imaginary part is missing: SciPy reads on behind the variable.
    hostile = content[: 128 + 17] + bytes([content[128 + 17] | 8]) + content[128 + 18 :]
    with pytest.raises(ValueError, match="4 parts of a variable that has flags 0x0807"):
        inflated(hostile, 2**20)
    bomb = zlib.compress(struct.pack("<II", 14, 2**24) + b"\0" * 2**24)
    with pytest.raises(ValueError, match=r"bytes at byte|more than"):
        inflated(content[:128] + struct.pack("<II", 15, len(bomb)) + bomb, 2**20)


def test_a_picture_is_of_a_known_kind_and_its_lengths_are_compared(tmp_path: Path) -> None:
    content = write_pictures(tmp_path)[2].read_bytes()
    place = content.index(b"IDAT") - 4
    assert decode_picture(content) is not None
    assert decode_picture(content[:place] + struct.pack(">I", 2**31 - 100) + content[place + 4 :]) is None
    assert decode_picture(b"II*\0" + content) is None


def test_names_longer_than_a_file_system_takes_are_refused(tmp_path: Path) -> None:
    assert path_in_folder(tmp_path, "a" * 255, "x") == tmp_path / ("a" * 255)
    for name in ("a" * 256, "a/" * 1100, "é" * 128):
        with pytest.raises(AcousticImagesError, match="wanted a shorter one"):
            path_in_folder(tmp_path, name, "x")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("queue.csv", b"run,state\nhearnet_alpha_0-seed1,failed\n"),
        ("queue.csv", b"run,state,seconds,reason\nx,failed,nan,\n"),
        ("history.csv", b"\xff"),
        ("simulation.json", b"["),
        ("recordings.csv, added to", b"recording,class,audio\n\xff,bell,a.wav\n"),
        ("recordings.csv, added to", b"recording,audio\nbell/0,a.wav\n"),
        ("note of a recording", b"{}"),
        ("note of a shard", b'{"identity": ""}'),
    ],
)
def test_what_lists_and_notes_miss_is_an_error_of_the_projects(tmp_path: Path, name: str, content: bytes) -> None:
    reader = READERS[name](tmp_path)
    reader.path.write_bytes(content)
    with pytest.raises(AcousticImagesError):
        reader.read(reader.path)


def test_columns_of_the_users_own_are_kept_in_a_list_that_is_added_to(tmp_path: Path) -> None:
    reader = READERS["recordings.csv, added to"](tmp_path)
    reader.path.write_text("recording,class,audio,note\nbell/0,bell,bell_0.wav,loud\n", encoding="utf-8")
    reader.read(reader.path)
    rows = reader.path.read_text(encoding="utf-8").splitlines()
    assert rows[0] == "recording,class,audio,video,truth,split_group,video_offset_s,note"
    assert rows[1:] == ["bell/0,bell,bell_0.wav,,,,,loud", "bell/001,bell,bell/001/audio.wav,,,,,"]


def disguised_images() -> dict[str, bytes]:
    """Return pictures of 48 x 32 that have 24 x 16, the format's size, where a PNG file has its own."""
    wanted = struct.pack(">II", 24, 16)
    jpeg, png = (cv2.imencode(suffix, np.zeros((32, 48, 3), np.uint8))[1].tobytes() for suffix in (".jpg", ".png"))
    comment = b"\xff\xfe" + struct.pack(">H", 20) + bytes(10) + wanted
    chunk = struct.pack(">I", 8) + b"teSt" + wanted + struct.pack(">I", zlib.crc32(b"teSt" + wanted))
    return {"JPEG": jpeg[:2] + comment + jpeg[2:], "PNG, a chunk before its head": png[:8] + chunk + png[8:]}


@pytest.mark.parametrize("kind", disguised_images())
def test_training_decodes_no_image_whose_size_it_has_not_seen(tmp_path: Path, kind: str) -> None:
    manifest = write_small_dataset(tmp_path)
    record_format = dataclasses.replace(manifest.record_format, video_encoding="png")
    with open(tmp_path / manifest.shards[0].file, "rb") as file:
        ((_, record), *_) = read_records(file, "shard")
    example = tf.train.Example.FromString(record)
    example.features.feature["video_frames"].bytes_list.value[:] = [disguised_images()[kind]] * 2
    records = tf.data.Dataset.from_tensors(example.SerializeToString())
    with pytest.raises(AcousticImagesError, match="no png image"):
        next(iterate(records.map(lambda one: parse_window(one, record_format, ["video"]))))


def test_training_tells_of_a_record_that_is_no_example_whatever_its_bytes(tmp_path: Path) -> None:
    record_format = write_small_dataset(tmp_path).record_format
    records = tf.data.Dataset.from_tensors(b"\xff\x9f")
    with pytest.raises(AcousticImagesError, match="a record does not fit the schema"):
        next(iterate(records.map(lambda one: parse_window(one, record_format, ["video"]))))


def most_room(call: Callable[[], object]) -> int:
    """Return the most bytes that arrays took at once."""
    tracemalloc.start()
    try:
        call()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_the_simulator_makes_no_room_by_a_sound_files_head(tmp_path: Path) -> None:
    path = tmp_path / "a.flac"
    soundfile.write(path, np.zeros(100, np.int16), 12288)
    content = bytearray(path.read_bytes())
    # The last 36 bits of this number are how many samples there are.
    (numbers,) = struct.unpack_from(">Q", content, 18)
    assert numbers % 2**36 == 100
    struct.pack_into(">Q", content, 18, numbers - 100 + 2**28)
    path.write_bytes(content)

    def simulate() -> None:
        with pytest.raises(AcousticImagesError, match=r"a\.flac: found"):
            clips_sound([path], 100, 12288, np.random.default_rng(0))

    assert most_room(simulate) < 2**24


@pytest.mark.parametrize("rate_hz", [1, 5_000_000])
def test_the_simulator_resamples_from_no_absurd_rate(tmp_path: Path, rate_hz: int) -> None:
    soundfile.write(tmp_path / "a.wav", np.ones(10), rate_hz)
    with pytest.raises(AcousticImagesError, match=f"found {rate_hz} Hz, wanted 1000 to 2000000 Hz"):
        clips_sound([tmp_path / "a.wav"], 100, 12288, np.random.default_rng(0))


def test_an_arrays_file_makes_no_room_for_its_own_head(tmp_path: Path) -> None:
    path = tmp_path / "A_000001.npy"
    np.save(path, np.zeros((8, 2), np.int32))
    content = path.read_bytes()
    for version in (2, 3):
        path.write_bytes(content[:6] + bytes([version, 0]) + struct.pack("<I", 2**30) + content[10:])

        def read() -> None:
            with pytest.raises(AcousticImagesError, match=r"A_000001\.npy: found no readable array"):
                read_npy(path, 8)

        assert most_room(read) < 2**24


def test_stored_embeddings_make_no_room_by_an_arrays_head(tmp_path: Path) -> None:
    head = io.BytesIO()
    np.lib.format.write_array_header_1_0(head, {"descr": "<f8", "fortran_order": False, "shape": (2**28,)})
    with zipfile.ZipFile(tmp_path / "test.npz", "w") as stored:
        stored.writestr("labels.npy", head.getvalue())

    assert most_room(lambda: read_embeddings(tmp_path / "test.npz")) < 2**24
    assert read_embeddings(tmp_path / "test.npz") is None


def test_stored_embeddings_make_no_room_by_the_archives_list(tmp_path: Path) -> None:
    path = tmp_path / "test.npz"
    np.savez(path, labels=np.zeros(3))
    content = bytearray(path.read_bytes())
    # Of the entry in the list at the end: how many bytes the member takes in the file.
    place = content.index(b"PK\x01\x02") + 20
    assert struct.unpack_from("<I", content, place)[0] == 152
    struct.pack_into("<I", content, place, 2**31 - 2)
    path.write_bytes(content)

    assert most_room(lambda: read_embeddings(path)) < 2**24
    assert read_embeddings(path) is None
