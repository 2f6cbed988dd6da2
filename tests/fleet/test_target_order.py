import pytest

from gnkmigrate.errors import SettingsError
from gnkmigrate.fleet.listing import Listing, Placed, Unusable
from gnkmigrate.fleet.target import Address, Target
from gnkmigrate.fleet.target_order import Shard, canaries, waves

NAMES = [f"shop{number}" for number in range(100)]


def _placed(name: str, **labels: str) -> Placed:
    return Placed(Target(name, Address(f"dbname={name}"), labels), "here:5432")


ALL = [_placed(name) for name in NAMES]


def test_each_target_is_in_one_part() -> None:
    listing = Listing(tuple(ALL), (Unusable("broken", "has no url"),))
    parts = [Shard(number, 7).share(listing) for number in range(1, 8)]
    assert sorted(p.target.name for part in parts for p in part.placed) == sorted(NAMES)
    assert sum(len(part.unusable) for part in parts) == 1
    assert all(len(part.placed) > 5 for part in parts)


def test_a_list_that_grows_moves_nobody_to_another_part() -> None:
    few, more = (
        {each.target.name for each in Shard(3, 7).share(Listing(tuple(ALL[:n]), ())).placed}
        for n in (60, 100)
    )
    assert few == more & set(NAMES[:60])


def test_a_job_of_kubernetes_knows_its_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JOB_COMPLETION_INDEX", "0")
    assert Shard.parse("7") == Shard.parse("1/7")
    monkeypatch.setenv("JOB_COMPLETION_INDEX", "6")
    assert Shard.parse("7") == Shard(7, 7)
    monkeypatch.setenv("JOB_COMPLETION_INDEX", "7")
    with pytest.raises(SettingsError, match="no part 8/7"):
        Shard.parse("7")


@pytest.mark.parametrize("text", ["0/7", "8/7", "1/0", "a/b", "-1/7", "", "1/2/3", "0"])
def test_a_part_that_there_is_not(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JOB_COMPLETION_INDEX", raising=False)
    with pytest.raises(SettingsError):
        Shard.parse(text)


def test_a_share_of_canaries_is_the_same_each_time() -> None:
    first = canaries(ALL, ["5%"], NAMES)
    assert len(first) == 5
    assert first == canaries(list(reversed(ALL)), ["5%"], NAMES)
    assert len(canaries(ALL[:3], ["1%"], NAMES)) == 1
    assert canaries(ALL, ["shop7", "1%"], NAMES) >= {"shop7"}


def test_a_canary_that_is_in_another_part_is_left_to_it() -> None:
    assert canaries(ALL[:5], ["shop99"], NAMES) == set()


@pytest.mark.parametrize("wanted", ["shp7", "0%", "101%"])
def test_a_canary_that_there_is_not(wanted: str) -> None:
    with pytest.raises(SettingsError) as refused:
        canaries(ALL, [wanted], NAMES)
    assert ("shop7" in refused.value.hint) == (wanted == "shp7")


def test_canaries_come_before_the_groups() -> None:
    placed = [_placed("a", region="us"), _placed("b", region="eu"), _placed("c", region="us")]
    turns = [(name, [e.target.name for e in m]) for name, m in waves(placed, {"c"}, "region")]
    assert turns == [("canary", ["c"]), ("region us", ["a"]), ("region eu", ["b"])]
    with pytest.raises(SettingsError, match="no column zone"):
        waves(placed, set(), "zone")
