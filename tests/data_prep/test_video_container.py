"""Video files whose heads lie, or that are none."""

import struct
from pathlib import Path

import pytest

from common.errors import AcousticImagesError
from data_prep.mp4_tables import require_measured_tables
from data_prep.video_frames import read_video, read_video_head
from faults.small_files import write_video


def with_number(content: bytes, table: bytes, offset: int, number: int) -> bytes:
    """Return the file with a number of a table changed, `offset` bytes behind its name."""
    place = content.index(table) + 4 + offset
    return content[:place] + struct.pack(">I", number) + content[place + 4 :]


@pytest.mark.parametrize(
    ("table", "offset", "told"),
    [
        # Behind version and flags the number of entries; of sizes, behind that of all.
        (b"stsz", 8, "stsz of 11417750 entries"),
        (b"stts", 4, "stts of 11417750 entries"),
        (b"stco", 4, "stco of 11417750 entries"),
        # Samples that the first entry stands for.
        (b"stts", 8, "stts of 11417750 samples"),
        (b"stsc", 12, "stsc of 1141775[0-9] samples"),
    ],
)
def test_a_table_that_counts_more_than_there_is_is_refused(
    tmp_path: Path, table: bytes, offset: int, told: str
) -> None:
    path = write_video(tmp_path / "a.mp4")
    require_measured_tables(path)
    path.write_bytes(with_number(path.read_bytes(), table, offset, 11417750))
    with pytest.raises(ValueError, match=told):
        require_measured_tables(path)
    with pytest.raises(AcousticImagesError, match=r"a\.mp4: found no readable video"):
        list(read_video(path, [0.0]))


def test_all_samples_of_one_size_take_no_entries(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.mp4")
    content = with_number(path.read_bytes(), b"stsz", 4, 10)
    path.write_bytes(with_number(content, b"stsz", 8, 500))
    require_measured_tables(path)
    path.write_bytes(with_number(content, b"stsz", 8, 11417750))
    with pytest.raises(ValueError, match="stsz of 11417750 entries"):
        require_measured_tables(path)


def test_boxes_without_end_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(struct.pack(">I4s", 8, b"free") * 1_000_001)
    with pytest.raises(ValueError, match="more than 1000000 boxes"):
        require_measured_tables(path)


@pytest.mark.parametrize(
    "list_of_files", ["ffconcat version 1.0\nfile other.mp4\n", "#EXTM3U\n#EXTINF:1,\nother.mp4\n"]
)
def test_a_list_of_other_files_is_no_video(tmp_path: Path, list_of_files: str) -> None:
    write_video(tmp_path / "other.mp4")
    path = tmp_path / "a.mp4"
    path.write_text(list_of_files, encoding="utf-8")
    with pytest.raises(AcousticImagesError, match="found no readable video"):
        read_video_head(path)
