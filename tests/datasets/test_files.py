"""Files found in folders and archives; what would burst or escape is refused."""

import gzip
import zipfile
from pathlib import Path

import pytest

from datasets.files import Blob, Bounds, FileRefused, blobs, check_workbook, walk


def _zip(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def test_a_folder_is_walked_without_hidden_files_and_locks_of_office_programs(tmp_path: Path) -> None:
    for name in ("b.csv", "镇/a.csv", "~$b.xlsx", ".x/c.csv", "__MACOSX/d.csv"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    assert [path.relative_to(tmp_path).as_posix() for path in walk([tmp_path])] == ["b.csv", "镇/a.csv"]


def test_members_of_archives_are_read_with_labels_that_lead_back(tmp_path: Path) -> None:
    inner = _zip(tmp_path / "inner.zip", {"x.csv": b"1"}).read_bytes()
    outer = _zip(tmp_path / "外.zip", {"镇/表.csv": b"2", "inner.zip": inner, "y.csv.gz": gzip.compress(b"3"), ".hidden": b""})
    found = {blob.label: blob.read() for blob in blobs(outer)}
    assert found == {"外.zip!/镇/表.csv": b"2", "外.zip!/inner.zip!/x.csv": b"1", "外.zip!/y.csv": b"3"}
    assert Blob("外.zip!/镇/表.csv").name == "表.csv"


def test_names_written_by_chinese_windows_are_read(tmp_path: Path) -> None:
    plain = _zip(tmp_path / "a.zip", {"aaaa.csv": b"1"}).read_bytes()
    (tmp_path / "a.zip").write_bytes(plain.replace(b"aaaa.csv", "补贴".encode("gb18030") + b".csv"))
    assert [blob.name for blob in blobs(tmp_path / "a.zip")] == ["补贴.csv"]


@pytest.mark.parametrize("name", ["../x.csv", "/etc/x.csv", "a/../../x.csv", "C:/x.csv", "..\\x.csv"])
def test_a_member_that_reaches_out_of_its_folder_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(FileRefused, match="reaches out"):
        list(blobs(_zip(tmp_path / "a.zip", {name: b"1"})))


def test_a_link_in_an_archive_is_refused(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("x.csv")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(FileRefused, match="reaches out"):
        list(blobs(tmp_path / "a.zip"))


def test_an_archive_that_unpacks_beyond_the_bound_is_refused(tmp_path: Path) -> None:
    bounds = Bounds(let_be=1 << 20)
    bomb = b"\0" * (5 << 20)
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(bomb))
    for path in (_zip(tmp_path / "a.zip", {"a.csv": bomb}), tmp_path / "a.csv.gz"):
        with pytest.raises(FileRefused, match="beyond the bound"):
            list(blobs(path, bounds=bounds))
    with pytest.raises(FileRefused, match="beyond the bound"):
        check_workbook("a.xlsx", (tmp_path / "a.zip").read_bytes(), bounds)


def test_an_archive_whose_directory_lies_about_sizes_is_refused(tmp_path: Path) -> None:
    data = bytearray(_zip(tmp_path / "a.zip", {"a.csv": b"x" * 5000}).read_bytes())
    place = data.rindex(b"PK\x01\x02") + 24
    data[place : place + 4] = (10).to_bytes(4, "little")
    (tmp_path / "a.zip").write_bytes(bytes(data))
    with pytest.raises(FileRefused):
        [blob.read() for blob in blobs(tmp_path / "a.zip")]


def test_archives_too_deep_too_many_or_broken_are_refused(tmp_path: Path) -> None:
    data = b"1"
    for depth in range(4):
        data = _zip(tmp_path / f"{depth}.zip", {f"{depth}.zip" if depth else "a.csv": data}).read_bytes()
    with pytest.raises(FileRefused, match="deeper"):
        list(blobs(tmp_path / "3.zip"))
    (tmp_path / "broken.zip").write_bytes(b"PK\x03\x04nothing")
    with pytest.raises(FileRefused, match="broken"):
        list(blobs(tmp_path / "broken.zip"))
    with pytest.raises(FileRefused, match="more than 2"):
        list(blobs(_zip(tmp_path / "many.zip", dict.fromkeys("abc", b"")), bounds=Bounds(most_members=2)))


def test_a_locked_archive_is_refused_with_its_reason(tmp_path: Path) -> None:
    data = bytearray(_zip(tmp_path / "a.zip", {"a.csv": b"1"}).read_bytes())
    data[data.rindex(b"PK\x01\x02") + 8] |= 1
    (tmp_path / "a.zip").write_bytes(bytes(data))
    with pytest.raises(FileRefused, match="password"):
        list(blobs(tmp_path / "a.zip"))


def test_content_is_the_hash_of_the_bytes_wherever_they_are(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"1,2")
    assert Blob("a.csv", path=tmp_path / "a.csv").content == Blob("b.csv", load=lambda: b"1,2").content
