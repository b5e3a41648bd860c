"""The data plane: what clients in VPCs get from the private API, and at which hop they are stopped."""

from __future__ import annotations

import json
import ssl
import urllib.error
import urllib.request

import pytest

from stack import ANSWER, PEER, REGION, Stack, _allow, _deny


@pytest.fixture
def stack(aws):
    return Stack(aws).all()


def test_answers_its_own_vpc_and_the_peer(stack):
    """The goal of it all: the task's JSON, in both VPCs, by the API's own name."""
    for vpc in (stack.vpc, PEER):
        answer = stack.invoke(vpc)
        assert (answer["status"], answer["body"], answer["stoppedAt"]) == (200, ANSWER, None), f"{answer}"
