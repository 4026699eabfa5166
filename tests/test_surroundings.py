"""What `srs doctor` says of the folder, the machine and the backups."""

from __future__ import annotations

import gzip
from importlib import metadata
from pathlib import Path

import pytest

from srs.files import file_system
from srs.surroundings import look_around
from tests.program import Program

MOUNTS = """\
22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
40 22 0:33 / /home rw shared:5 - btrfs /dev/vdb rw
41 40 0:50 / /home/me/net\\040drive rw - nfs4 server:/export rw
42 40 0:51 / /home/me/remote rw - fuse.sshfs host: rw
"""


def checks(srs: Program, now: str = "") -> dict[str, str]:
    findings = srs("doctor", "--json", now=now).json["findings"]
    assert all(finding["hint"] for finding in findings)
    return {finding["check"]: finding["severity"] for finding in findings}


def test_a_folder_that_others_can_open(own: Program) -> None:
    assert checks(own) == {}
    own.home.chmod(0o755)
    own.database.chmod(0o644)
    assert checks(own) == {"permissions": "warning"}
    assert own("doctor").code == 0  # a warning is no error
    ran = own("doctor", "--repair", now="2099-01-01T00:00:00Z")
    assert "closed to others" in ran.out
    assert checks(own) == {}
    assert own.database.stat().st_mode & 0o777 == 0o600


def test_a_copy_made_by_a_sync(own: Program) -> None:
    (own.home / "collection (conflicted copy 2026-03-01).db").write_bytes(b"")
    assert checks(own) == {"conflict-copy": "warning"}


def test_work_that_no_backup_holds(own: Program) -> None:
    folder = own.home / "backups"
    folder.mkdir(mode=0o700)
    old = folder / "collection-20200101T000000Z.db.gz"
    old.write_bytes(gzip.compress(b""))
    old.chmod(0o600)
    assert checks(own) == {"backups": "warning"}
    own("backup", now="2099-01-01T00:00:00Z")
    assert checks(own) == {}


def test_another_package_of_the_same_name(own: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    others = {"srs": ["srs-tools"], "decks": ["driftdeck"], "exporters": ["Driftdeck", "x"]}
    monkeypatch.setattr(metadata, "packages_distributions", lambda: others)
    found = [finding.message for finding in look_around(own.home)]
    assert found == [
        "srs-tools installs a package named srs as well",
        "x installs a package named exporters as well",
    ]


@pytest.mark.parametrize(
    "path, kind",
    [
        ("/etc", "ext4"),
        ("/home", "btrfs"),
        ("/home/me/net drive/srs", "nfs4"),
        ("/home/me/net drives", "btrfs"),
        ("/home/me/remote", "fuse.sshfs"),
    ],
)
def test_the_file_system_is_told_by_the_nearest_mount(tmp_path: Path, path: str, kind: str) -> None:
    mounts = tmp_path / "mountinfo"
    mounts.write_text(MOUNTS)
    assert file_system(Path(path), mounts) == kind
    assert file_system(Path(path), tmp_path / "missing") == ""


def test_a_network_drive_is_warned_of(own: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("srs.surroundings.file_system", lambda _: "nfs4")
    assert [finding.check for finding in look_around(own.home)] == ["file-system"]


def test_the_facts_that_a_helper_asks_for(own: Program) -> None:
    facts = own("doctor", "--json").json["facts"]
    assert facts["collection"] == str(own.database)
    assert {"SQLite", "Python", "file system", "backups", "bytes"} <= facts.keys()
    assert f"SQLite {facts['SQLite']}" in own("doctor").out


def test_nothing_is_said_of_a_collection_that_is_not_there(srs: Program) -> None:
    ran = srs("doctor")
    assert (ran.code, "No collection yet" in ran.out) == (0, True)
    assert not srs.home.exists()
    assert srs("doctor", "--repair").code == 2
