"""Camera files as they are: wide, on their side, marked as turned, late, mirrored, short."""

import struct
from pathlib import Path

import numpy as np
import pytest

from common.errors import AcousticImagesError
from common.image_grid import ImageGrid
from data_prep.build import BuildConfig, build_dataset
from data_prep.layouts import open_dataset
from data_prep.orientations import ORIENTATIONS, combined, turned_back
from data_prep.recorded_video import RecordedVideo, VideoView
from data_prep.recordings import WindowRequest
from data_prep.video_frames import read_video, read_video_head
from tests.data_prep.trees import array_samples, edit_text, frame_picture, write_array, write_pictures

# Seen by a camera of 60 degrees, in the middle 4:3 of 16:9 (46.8 degrees) as well.
DOT_DEG = (15.0, -10.0)
MIDDLE_DEG = 2 * np.degrees(np.arctan(np.tan(np.radians(30)) * 0.75))


def dotted(height: int, width: int, fov_deg: float = 60.0) -> np.ndarray:
    """Grey, with a white dot where a camera of that field of view sees it."""
    row, column = (float(place) for place in ImageGrid(height, width, fov_deg).pixel_of(*DOT_DEG))
    rows, columns = np.ogrid[:height, :width]
    near = (rows - row) ** 2 + (columns - column) ** 2 <= (height / 30) ** 2
    return np.where(near[..., np.newaxis], 255, 90).astype(np.uint8).repeat(3, axis=2)


def middle_of_dot(picture: np.ndarray) -> np.ndarray:
    return np.argwhere(picture[..., 0] > 200).mean(axis=0)


@pytest.mark.parametrize(
    ("size", "image_fov_deg", "black_rows", "black_columns"),
    [
        ((360, 640), MIDDLE_DEG, 0, 0),  # the middle
        ((360, 640), 60.0, 120, 0),  # all of it: 640 x 480 with 360 rows of picture
        ((360, 640), 40.0, 0, 0),
        ((640, 360), 60.0, 0, 0),  # upright: 360 x 270 of it
        ((480, 640), 80.0, 218, 290),  # 640 of tan 40 / tan 30 times as many
    ],
)
def test_a_direction_is_where_the_acoustic_image_has_it(
    size: tuple[int, int], image_fov_deg: float, black_rows: int, black_columns: int
) -> None:
    grid = ImageGrid(36, 48, image_fov_deg)
    shown = VideoView(60.0).shows(dotted(*size), grid)
    assert shown.shape[1] / shown.shape[0] == pytest.approx(4 / 3, abs=0.005)
    wanted = ImageGrid(*shown.shape[:2], image_fov_deg).pixel_of(*DOT_DEG)
    np.testing.assert_allclose(middle_of_dot(shown), wanted, atol=1)
    black = shown[..., 0] == 0
    assert np.count_nonzero(black.all(axis=1)) == pytest.approx(black_rows, abs=1)
    assert np.count_nonzero(black.all(axis=0)) == pytest.approx(black_columns, abs=1)


def test_a_picture_of_the_images_own_view_is_left_as_it_is() -> None:
    for picture in (frame_picture(3), frame_picture(3, 224, 298)):
        assert np.array_equal(VideoView(60.0).shows(picture, ImageGrid(36, 48, 60.0)), picture)


def as_seen(scene: np.ndarray, orientation: str) -> np.ndarray:
    """Put each pixel where the orientation's matrix says."""
    matrix = ORIENTATIONS[orientation]
    height, width = scene.shape[:2]
    seen = np.zeros((width, height, 3) if matrix[0, 0] == 0 else scene.shape, scene.dtype)
    for row in range(height):
        for column in range(width):
            right, up = matrix @ (column - (width - 1) / 2, (height - 1) / 2 - row)
            seen[int((seen.shape[0] - 1) / 2 - up), int((seen.shape[1] - 1) / 2 + right)] = scene[row, column]
    return seen


def test_turning_back_undoes_what_the_matrix_says_and_two_make_one() -> None:
    scene = np.arange(3 * 4 * 3).reshape(3, 4, 3)
    for found in ORIENTATIONS:
        for stated in ORIENTATIONS:
            seen = as_seen(scene, combined(found, stated))
            assert np.array_equal(turned_back(turned_back(seen, stated), found), scene), (found, stated)


def mark_as_turned(path: Path) -> None:
    """Write what a phone writes that was held upright: players turn the pictures by 90 degrees clockwise."""
    content = path.read_bytes()
    plain = struct.pack(">9i", 1 << 16, 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 30)
    turned = struct.pack(">9i", 0, 1 << 16, 0, -1 << 16, 0, 0, 0, 0, 1 << 30)
    place = content.index(plain, content.index(b"tkhd"))
    path.write_bytes(content[:place] + turned + content[place + len(plain) :])


def test_a_file_that_is_marked_as_turned_is_read_as_players_show_it(tmp_path: Path) -> None:
    write_pictures(tmp_path / "v.mp4", [frame_picture(number) for number in range(6)])
    (plain,) = read_video(tmp_path / "v.mp4", [0.25])
    mark_as_turned(tmp_path / "v.mp4")
    (turned,) = read_video(tmp_path / "v.mp4", [0.25])
    assert np.array_equal(turned, np.rot90(plain, -1))
    head = read_video_head(tmp_path / "v.mp4")
    assert (head.height, head.width, head.end_s) == (64, 48, pytest.approx(0.5))


@pytest.mark.parametrize("kind", ["mp4", "mkv", "avi"])
def test_the_head_tells_how_long_a_video_lasts(tmp_path: Path, kind: str) -> None:
    write_pictures(tmp_path / f"v.{kind}", [frame_picture(number) for number in range(30)])
    assert read_video_head(tmp_path / f"v.{kind}").end_s == pytest.approx(2.5, abs=0.002)
    (last,) = read_video(tmp_path / f"v.{kind}", [2.49])
    assert last[40, 40, 0] == pytest.approx(8 * (29 % 24), abs=3)


def test_pictures_are_those_of_the_sounds_time(tmp_path: Path) -> None:
    write_pictures(tmp_path / "v.mp4", [frame_picture(number) for number in range(12)])
    video = RecordedVideo(tmp_path / "v.mp4", VideoView(60.0), offset_s=-0.25)
    (shown,) = video.pictures([0.5], ImageGrid(36, 48, 60.0))
    assert shown[40, 40, 0] == pytest.approx(8 * 9, abs=3)


def test_a_late_mirrored_video_and_its_two_keys_give_the_records_of_the_straight_one(tmp_path: Path) -> None:
    for name in ("straight", "late"):
        write_array(tmp_path / name, per_class=3)
    for path in (tmp_path / "late").glob("*.mp4"):
        # Half a second of something else before, as of a camera that was started first.
        before = [np.full((48, 64, 3), 200, np.uint8)] * 6
        write_pictures(path, [*before, *(np.fliplr(frame_picture(number)) for number in range(48))])
    edit_text(
        tmp_path / "late/dataset.yaml",
        "classes",
        "video_offset_s: -0.5\nvideo_orientation: mirrored left to right\nclasses",
    )
    records = {}
    for name in ("straight", "late"):
        build_dataset(BuildConfig(tmp_path / name, tmp_path / f"{name}-data", modalities=("waveform", "video")))
        shards = sorted((tmp_path / f"{name}-data").glob("*.tfrecord*"))
        records[name] = [shard.read_bytes() for shard in shards]
    assert records["straight"]
    assert records["late"] == records["straight"]


EVERYTHING = WindowRequest(frozenset({"acoustic_images", "waveform", "video", "source"}), (0, 23))


def test_windows_are_counted_to_the_end_of_the_video_and_it_is_told(tmp_path: Path) -> None:
    write_array(tmp_path, per_class=1)
    write_pictures(tmp_path / "bell_0.mp4", [frame_picture(number) for number in range(30)])
    dataset = open_dataset(tmp_path)
    assert [recording.num_windows for recording in dataset.recordings] == [1, 2]
    assert dataset.notes == ("sound without video is left out of 1 recordings (bell/0 2.0 of 4.0 s)",)
    (window,) = dataset.windows(dataset.recordings[0], EVERYTHING)
    assert window.frames[1][40, 40, 0] == pytest.approx(8 * 23, abs=3)


def test_windows_begin_where_a_later_video_does(tmp_path: Path) -> None:
    write_array(tmp_path, per_class=1)
    header = "recording,class,audio,video,truth,split_group"
    edit_text(tmp_path / "recordings.csv", header, f"{header},video_offset_s")
    edit_text(tmp_path / "recordings.csv", "bell_0.csv,", "bell_0.csv,,0.5")
    dataset = open_dataset(tmp_path)
    assert [recording.num_windows for recording in dataset.recordings] == [1, 2]
    (window,) = dataset.windows(dataset.recordings[0], EVERYTHING)
    assert np.array_equal(window.microphones, array_samples(0, 4.0)[6 * 1024 : 30 * 1024])
    assert window.frames[1][40, 40, 0] == pytest.approx(8 * 23, abs=3)
    assert window.source_direction_deg[0, 0] == pytest.approx(0.6)


def test_a_wide_video_sets_the_images_field_of_view_and_it_is_told(tmp_path: Path) -> None:
    write_array(tmp_path, per_class=1)
    for path in tmp_path.glob("*.mp4"):
        write_pictures(path, [dotted(90, 160)] * 48)
    dataset = open_dataset(tmp_path)
    assert dataset.parameters.horizontal_fov_deg == pytest.approx(MIDDLE_DEG, abs=1e-3)
    (note,) = dataset.notes
    assert "video of 160 x 90 is wider" in note
    assert "spans 46.8 of the camera's 60 degrees" in note
    config = BuildConfig(
        tmp_path, tmp_path / "data", modalities=("waveform", "video"), split_fractions=(0.5, 0.25, 0.25)
    )
    summary = build_dataset(config)
    assert summary.notes == dataset.notes
    assert summary.manifest.configuration["parameters"]["horizontal_fov_deg"] == dataset.parameters.horizontal_fov_deg
    edit_text(tmp_path / "dataset.yaml", "classes", "image_fov_deg: 60\nclasses")
    dataset = open_dataset(tmp_path)
    assert (dataset.parameters.horizontal_fov_deg, dataset.notes) == (60.0, ())
    shown = next(iter(dataset.windows(dataset.recordings[0], EVERYTHING))).frames[0]
    assert shown.shape == (120, 160, 3)
    np.testing.assert_allclose(middle_of_dot(shown), ImageGrid(120, 160, 60.0).pixel_of(*DOT_DEG), atol=0.7)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("video_offset_s: soon", "video_offset_s: found 'soon', wanted the seconds"),
        ("video_orientation: upside down", "found 'upside down', wanted one of: as it is; mirrored left to right"),
        ("image_fov_deg: 180", "image_fov_deg: found 180, wanted between 0 and 180"),
    ],
)
def test_senseless_keys_are_told(tmp_path: Path, line: str, message: str) -> None:
    write_array(tmp_path, per_class=1)
    edit_text(tmp_path / "dataset.yaml", "classes", f"{line}\nclasses")
    with pytest.raises(AcousticImagesError, match=message):
        open_dataset(tmp_path)


def test_videos_of_different_shapes_are_refused_unless_a_view_is_stated(tmp_path: Path) -> None:
    write_array(tmp_path, per_class=1)
    write_pictures(tmp_path / "bell_0.mp4", [dotted(90, 160)] * 48)
    with pytest.raises(AcousticImagesError, match=r"64 x 48 \(horn_1.mp4\) and 160 x 90 \(bell_0.mp4\)"):
        open_dataset(tmp_path)
