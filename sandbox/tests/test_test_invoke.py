"""TestInvokeMethod: through the link to the task, without DNS, endpoint or policy."""

from __future__ import annotations

import json

import pytest
from stack import ANSWER, Stack


@pytest.fixture
def stack(aws) -> Stack:
    """A load balancer without targets and an API with a link to it."""
    stack = Stack(aws).network().endpoints().load_balancer().roles()
    aws.advance(400)
    stack.rest_api()
    return stack


def invoke(stack: Stack, **more) -> dict:
    return stack.api.test_invoke_method(restApiId=stack.api_id, resourceId=stack.root, httpMethod="GET", **more)


def test_it_brings_the_task_s_answer_and_the_log_of_the_way(aws, stack):
    """Developer Guide, "Use the API Gateway console to test a REST API method"."""
    aws.advance(250)
    stack.service()
    aws.advance(400)
    answer = invoke(stack, pathWithQueryString="/?a=1")
    assert (answer["status"], answer["body"]) == (200, ANSWER)
    assert json.loads(answer["body"])["a"] == 1 and answer["latency"] > 0
    for line in (
        f"Endpoint request URI: http://{stack.balancer['DNSName']}/?a=1",
        "Received response. Status: 200",
        "Successfully completed execution",
        "Method completed with status: 200",
    ):
        assert line in answer["log"]


def test_it_sees_methods_that_are_not_deployed(aws, stack):
    """It runs the method as it stands; no policy is asked, so a forbidden caller sees the backend all the same."""
    aws.advance(250)
    stack.service()
    aws.advance(400)
    stack.api.delete_stage(restApiId=stack.api_id, stageName="live")
    assert invoke(stack)["status"] == 200


def test_a_link_that_is_not_available_is_a_server_error(stack):
    answer = invoke(stack)
    assert answer["status"] == 500 and json.loads(answer["body"]) == {"message": "Internal server error"}
    assert "Execution failed due to configuration error" in answer["log"]
    assert "Method completed with status: 500" in answer["log"]


def test_a_load_balancer_without_healthy_targets_is_a_server_error(aws, stack):
    aws.advance(250)
    answer = invoke(stack)
    assert answer["status"] == 500 and "Method completed with status: 500" in answer["log"]
