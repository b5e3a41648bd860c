"""Which points `make chaos` takes, and what it calls a finding; the run itself is too long for `make test`."""
from collections import Counter
from types import SimpleNamespace

from devrun.chaos import Chaos, Point, Tally, Undisturbed, _plan

EXPECTED = {"create": Undisturbed(calls=90, writes=20, objects=Counter({"ec2 vpc network/vpc": 1})),
            "delete": Undisturbed(calls=100, writes=5, objects=Counter())}


def test_all_points_are_before_and_after_every_call_and_every_status_write():
    rounds = _plan(EXPECTED, 0, 1)
    points = [point for plan in rounds for name, point in plan.items() if name == "create"]
    assert len(points) == len(set(points)) == 2 * (90 + 20 + 90)
    assert Point("status kill", 20, "after") in points and Point("aws kill", 1, "before") in points


def test_a_sample_is_spread_evenly_and_the_seed_chooses():
    """A sample of the first calls only would never see a deletion's end."""
    chosen = [plan["create"] for plan in _plan(EXPECTED, 40, 1)]
    assert len(chosen) == 20
    assert {point.kind for point in chosen} == {"aws kill", "status kill", "aws cut"}
    assert max(point.nth for point in chosen if point.kind == "aws kill") > 70
    assert _plan(EXPECTED, 40, 1) == _plan(EXPECTED, 40, 1) != _plan(EXPECTED, 40, 2)


def judged(reached=True, **came):
    run = SimpleNamespace(tally=Tally())
    Chaos._judge(run, "create", Point("aws kill", 7, "after"), reached,
                 Undisturbed(**{"calls": 95, "writes": 21, "objects": EXPECTED["create"].objects, **came}), EXPECTED["create"])
    return run.tally


def test_one_object_more_is_a_duplicate():
    tally = judged(objects=Counter({"ec2 vpc network/vpc": 2}))
    assert tally.doubles == ["create, killed after AWS call 7: 1 more ec2 vpc network/vpc"]


def test_one_object_less_and_too_many_calls_are_findings():
    assert len(judged(objects=Counter()).others) == 1
    assert len(judged(calls=1000).others) == 1
    assert (judged().points, judged().others, judged().extra) == (1, [], 5)


def test_a_point_that_was_not_reached_is_not_counted():
    tally = judged(reached=False, calls=1000)
    assert (tally.points, tally.missed, tally.others) == (0, 1, [])
