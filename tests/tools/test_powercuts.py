"""Power cuts: what a disk may have then, and that the server has asked it for every sync that it needs."""

import random

import pytest

from tools import powercuts
from tools.kills import Lost
from tools.powercuts import Traced
from tools.simulated_disk import File, Loss, Naming, SimulatedDisk, Sync, Truncation, Write
from tools.system_calls import is_there

EACH_LOSS: tuple[Loss, ...] = ("everything", "nothing", "writes", "sectors", "pages")


def change(disk: SimulatedDisk, what: Write | Truncation | Naming | Sync) -> None:
    disk.begin(what)
    disk.end(what)


def images(disk: SimulatedDisk, loss: Loss) -> list[bytes]:
    """Give the contents that the only file can have, none twice."""
    found = {next(iter(disk.image(loss, random.Random(seed)).values())) for seed in range(200)}
    return sorted(each for each in found if each is not None)


@pytest.fixture
def file() -> File:
    return File(b"-" * 8)


@pytest.fixture
def disk(file: File) -> SimulatedDisk:
    return SimulatedDisk({"a": file})


@pytest.fixture(scope="module")
def traced(tmp_path_factory: pytest.TempPathFactory) -> Traced:
    """A server that wrote a ticket with each writer, was killed, and wrote as many again."""
    return powercuts.trace(tmp_path_factory.mktemp("powercuts"), tickets=powercuts.WRITERS)


class TestSimulatedDisk:
    @pytest.mark.parametrize("loss", EACH_LOSS)
    def test_what_was_synced_is_there(self, disk: SimulatedDisk, file: File, loss: Loss) -> None:
        change(disk, Write(file, 2, b"xx"))
        change(disk, Sync(file))
        assert images(disk, loss) == [b"--xx----"]

    def test_what_was_not_may_be_lost_each_by_itself(self, disk: SimulatedDisk, file: File) -> None:
        change(disk, Write(file, 0, b"x"))
        change(disk, Write(file, 7, b"yz"))
        assert images(disk, "everything") == [b"--------"]
        assert images(disk, "nothing") == [b"x------yz"]
        assert images(disk, "writes") == [b"--------", b"-------yz", b"x-------", b"x------yz"]

    def test_a_write_may_be_torn_at_the_sectors_of_the_file(self) -> None:
        file = File(b"-" * 1024)
        disk = SimulatedDisk({"a": file})
        change(disk, Write(file, 510, b"abcd"))
        torn = [image[508:516] for image in images(disk, "sectors")]
        assert torn == [b"--------", b"----cd--", b"--ab----", b"--abcd--"]
        assert [image[508:516] for image in images(disk, "pages")] == [b"--------", b"--abcd--"]

    def test_what_ends_while_a_sync_is_under_way_is_not_safe_by_it(self, disk: SimulatedDisk, file: File) -> None:
        early, late, sync = Write(file, 0, b"x"), Write(file, 1, b"y"), Sync(file)
        disk.begin(early)
        disk.begin(late)
        disk.end(early)
        disk.begin(sync)
        disk.end(late)
        assert images(disk, "everything") == [b"--------"]
        disk.end(sync)
        assert images(disk, "everything") == [b"x-------"]

    def test_a_size_is_a_change_like_others(self, disk: SimulatedDisk, file: File) -> None:
        change(disk, Truncation(file, 2))
        change(disk, Write(file, 3, b"x"))
        assert images(disk, "writes") == sorted([b"--", b"--\0x", b"---x----", b"--------"])
        change(disk, Sync(file))
        assert images(disk, "everything") == [b"--\0x"]

    def test_a_name_is_safe_when_its_folder_was_synced(self, disk: SimulatedDisk, file: File) -> None:
        new = File()
        change(disk, Naming({"b": new}))
        change(disk, Write(new, 0, b"x"))
        change(disk, Sync(new))
        assert disk.image("everything", random.Random(1)) == {"a": b"-" * 8}
        change(disk, Sync("."))
        assert disk.image("everything", random.Random(1)) == {"a": b"-" * 8, "b": b"x"}
        change(disk, Naming({"b": None, "a": new}))
        assert disk.image("everything", random.Random(1)) == {"a": b"-" * 8, "b": b"x"}
        assert disk.image("nothing", random.Random(1)) == {"a": b"x"}
        assert file.safe == b"-" * 8


@pytest.mark.skipif(not is_there(), reason="strace is not there, or may not trace")
class TestServer:
    def test_what_was_acknowledged_survives(self, traced: Traced) -> None:
        survived = powercuts.survive(traced, cuts=24)
        assert survived.acknowledged == 2 * powercuts.WRITERS * 4
        assert survived.syncs > 0

    def test_a_disk_that_does_not_sync_loses_it(self, traced: Traced) -> None:
        with pytest.raises(Lost, match=r"is gone|does not open"):
            powercuts.survive(traced, cuts=24, disk_syncs=False)
