"""Services at work: tasks start, become healthy, are replaced, roll, fail, scale and drain.

Sources: ECS Developer Guide, "Amazon ECS task lifecycle", "Rolling update", "How the circuit breaker detects failures",
"Service event messages"; API Reference."""

from __future__ import annotations

import pytest

from stack import ACCOUNT, REGION, Stack

REPOSITORY = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/poc_web"
BREAKER = {"deploymentCircuitBreaker": {"enable": True, "rollback": True}}


@pytest.fixture
def ready(aws):
    """All that a service needs, and no service yet."""
    stack = Stack(aws).network().endpoints("ecr.api", "ecr.dkr", "logs", "s3").load_balancer().roles()
    aws.advance(400)
    return stack


@pytest.fixture
def running(ready):
    ready.service(deploymentConfiguration=BREAKER)
    ready.aws.advance(400)
    return ready


def deployments(stack):
    return [(d["status"], d["rolloutState"], d["desiredCount"], d["runningCount"]) for d in stack.described()["deployments"]]


def push(stack, tag, **behaviour):
    stack.aws.control("POST", "/images", {"image": f"{REPOSITORY}:{tag}", **behaviour})
    return f"{REPOSITORY}:{tag}"


def roll(stack, image, **more):
    return stack.ecs.update_service(cluster="main", service="web", taskDefinition=stack.definition(image), **more)["service"]


def test_tasks_come_up_one_step_after_the_other(ready):
    """"Task lifecycle": PROVISIONING, PENDING, RUNNING; then the target is checked; the rollout completes last."""
    ready.service()
    assert {task["lastStatus"] for task in ready.tasks()} == {"PROVISIONING"}
    ready.aws.advance(12)
    assert {task["lastStatus"] for task in ready.tasks()} == {"PENDING"}
    assert ready.described()["pendingCount"] == 2
    ready.aws.advance(48)
    assert {task["lastStatus"] for task in ready.tasks()} == {"RUNNING"}
    assert ready.health() == ["initial", "initial"]
    assert deployments(ready) == [("PRIMARY", "IN_PROGRESS", 2, 2)]
    ready.aws.advance(180)
    assert ready.health() == ["healthy", "healthy"]
    assert deployments(ready) == [("PRIMARY", "COMPLETED", 2, 2)]
    assert ready.messages()[0] == "(service web) has reached a steady state."
    assert any("registered 1 targets in (target-group" in message for message in ready.messages())


def test_tasks_have_interfaces_in_different_zones(running):
    """"Amazon ECS spreads tasks across Availability Zones"; an attachment names each task's interface."""
    tasks = running.tasks()
    assert sorted(task["availabilityZone"] for task in tasks) == [f"{REGION}a", f"{REGION}c"]
    ids = [d["value"] for t in tasks for d in t["attachments"][0]["details"] if d["name"] == "networkInterfaceId"]
    found = running.ec2.describe_network_interfaces(NetworkInterfaceIds=ids)["NetworkInterfaces"]
    addresses = sorted(i["PrivateIpAddress"] for i in found)
    assert addresses == sorted(t["containers"][0]["networkInterfaces"][0]["privateIpv4Address"] for t in tasks)
    assert all(i["RequesterManaged"] and i["Groups"][0]["GroupId"] == running.task_group for i in found)
    described = running.elbv2.describe_target_health(TargetGroupArn=running.target_group)["TargetHealthDescriptions"]
    assert sorted(t["Target"]["Id"] for t in described) == addresses


def test_a_stopped_task_is_replaced(running):
    """StopTask: the service scheduler starts another; the stopped one is described for a while with its reason."""
    victim = running.tasks()[0]["taskArn"]
    running.ecs.stop_task(cluster="main", task=victim, reason="by hand")
    assert victim not in [task["taskArn"] for task in running.tasks()]
    assert len(running.tasks()) == 2
    running.aws.advance(300)
    assert running.health() == ["healthy", "healthy"]
    stopped = running.ecs.describe_tasks(cluster="main", tasks=[victim])["tasks"][0]
    assert (stopped["lastStatus"], stopped["stopCode"], stopped["stoppedReason"]) == (
        "STOPPED", "UserInitiated", "by hand")
    assert deployments(running) == [("PRIMARY", "COMPLETED", 2, 2)]


def test_scaling_starts_and_stops_tasks_without_a_deployment(running):
    """UpdateService, desiredCount: no new deployment; task definitions stay."""
    before = running.described()["deployments"][0]["id"]
    running.ecs.update_service(cluster="main", service="web", desiredCount=3)
    running.aws.advance(300)
    assert running.health() == ["healthy"] * 3
    running.ecs.update_service(cluster="main", service="web", desiredCount=1)
    running.aws.advance(100)
    assert running.health() == ["healthy"]
    assert [d["id"] for d in running.described()["deployments"]] == [before]


def test_a_new_revision_rolls_without_a_gap(running):
    """"Rolling update" with 100 % and 200 %: old tasks stop when new ones are healthy, never before."""
    roll(running, push(running, "v2", body='{"v":2}'))
    fewest = 2
    for _ in range(60):
        running.aws.advance(10)
        fewest = min(fewest, running.health().count("healthy"))
        assert len(running.tasks()) <= 4
    assert fewest == 2
    assert deployments(running) == [("PRIMARY", "COMPLETED", 2, 2)]
    assert {task["containers"][0]["image"] for task in running.tasks()} == {f"{REPOSITORY}:v2"}


def test_with_less_room_old_tasks_stop_first(ready):
    """minimumHealthyPercent 50, maximumPercent 100: one of two stops before its successor starts."""
    limits = {"minimumHealthyPercent": 50, "maximumPercent": 100}
    ready.service(deploymentConfiguration=limits, availabilityZoneRebalancing="DISABLED")
    ready.aws.advance(400)
    roll(ready, push(ready, "v2"))
    most = 0
    for _ in range(90):
        ready.aws.advance(10)
        most = max(most, len(ready.tasks()))
    assert most == 2
    assert deployments(ready) == [("PRIMARY", "COMPLETED", 2, 2)]


def test_az_rebalancing_needs_room(ready, refused):
    """CreateService: "Availability Zone Rebalancing does not support maximumPercent <= 100"."""
    request = ready.service_request(deploymentConfiguration={"minimumHealthyPercent": 50, "maximumPercent": 100})
    assert "Availability Zone Rebalancing" in refused(ready.ecs.create_service, **request)


def test_the_same_revision_again_is_no_deployment(running):
    """UpdateService: only a changed task definition, network or `forceNewDeployment` starts a deployment."""
    before = running.described()
    running.ecs.update_service(cluster="main", service="web", taskDefinition=before["taskDefinition"],
                               networkConfiguration=before["networkConfiguration"])
    assert [d["id"] for d in running.described()["deployments"]] == [d["id"] for d in before["deployments"]]
    running.ecs.update_service(cluster="main", service="web", forceNewDeployment=True)
    assert len(running.described()["deployments"]) == 2


def test_the_breaker_rolls_back(running):
    """"Deployment circuit breaker" with rollback: three failed tasks, then the last completed deployment again."""
    good = running.described()["taskDefinition"]
    roll(running, f"{REPOSITORY}:nope")
    running.aws.advance(600)
    service = running.described()
    assert service["taskDefinition"] == good
    assert deployments(running) == [("PRIMARY", "COMPLETED", 2, 2)]
    messages = running.messages()
    assert any("deployment failed: tasks failed to start." in message for message in messages)
    assert any("rolling back to deployment ecs-svc/" in message for message in messages)
    assert running.health() == ["healthy", "healthy"]


def test_the_breaker_without_a_deployment_to_go_back_to(ready):
    """The first deployment fails: FAILED, and no more tasks are started until somebody acts."""
    ready.service(f"{REPOSITORY}:nope", deploymentConfiguration=BREAKER)
    ready.aws.advance(900)
    primary = ready.described()["deployments"][0]
    assert (primary["rolloutState"], primary["rolloutStateReason"], primary["runningCount"]) == (
        "FAILED", "ECS deployment circuit breaker: tasks failed to start.", 0)
    assert primary["failedTasks"] >= 3
    assert ready.tasks() == []
    roll(ready, push(ready, "web"))
    ready.aws.advance(600)
    assert deployments(ready) == [("PRIMARY", "COMPLETED", 2, 2)]


def test_without_a_breaker_it_tries_on_ever_more_seldom(ready):
    """"Service throttle logic": restarts go on, with growing pauses, and an event says so."""
    ready.service(f"{REPOSITORY}:nope")
    ready.aws.advance(3000)
    primary = ready.described()["deployments"][0]
    assert primary["rolloutState"] == "IN_PROGRESS" and primary["failedTasks"] > 6
    assert any("unable to consistently start tasks successfully" in message for message in ready.messages())


def test_tasks_that_end_by_themselves(ready):
    """"Essential container in task exited": stop code EssentialContainerExited; counts for the breaker."""
    ready.service(push(ready, "exits", exits=True), deploymentConfiguration=BREAKER)
    ready.aws.advance(900)
    assert ready.described()["deployments"][0]["rolloutState"] == "FAILED"
    stopped = ready.tasks("STOPPED")[0]
    assert (stopped["stopCode"], stopped["stoppedReason"], stopped["containers"][0]["exitCode"]) == (
        "EssentialContainerExited", "Essential container in task exited", 1)


def test_failures_after_a_success_are_not_counted(running):
    """API reference, Deployment: "the failed task count resets to zero and stops being evaluated"; events tell."""
    push(running, "web", exits=True)
    for task in running.tasks():
        running.ecs.stop_task(cluster="main", task=task["taskArn"])
    running.aws.advance(3000)
    primary = running.described()["deployments"][0]
    assert (primary["rolloutState"], primary["failedTasks"]) == ("COMPLETED", 0)
    assert any("unable to consistently start tasks successfully" in message for message in running.messages())


def test_settings_of_new_tasks_start_none(running):
    """UpdateService: "This parameter doesn't trigger a new service deployment.\""""
    running.ecs.update_service(cluster="main", service="web", enableExecuteCommand=True, propagateTags="SERVICE")
    assert len(running.described()["deployments"]) == 1
    assert running.described()["enableExecuteCommand"] is True


def test_tasks_that_never_become_healthy(ready):
    """A container that does not listen: its target is unhealthy, the task is replaced and says why."""
    ready.service(push(ready, "deaf", listens=False), deploymentConfiguration=BREAKER)
    ready.aws.advance(250)
    ready.tasks()
    ready.aws.advance(30)
    reasons = {task["stoppedReason"] for task in ready.tasks("STOPPED")}
    assert reasons == {f"Task failed ELB health checks in (target-group {ready.target_group})"}
    assert any("is unhealthy in (target-group" in message for message in ready.messages())


def test_a_closed_group_makes_targets_unhealthy(running):
    """Health checks come from the load balancer's addresses: without a rule for them, tasks are unhealthy."""
    rule = {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "IpRanges": [{"CidrIp": "10.1.0.0/16"}]}
    running.ec2.revoke_security_group_ingress(GroupId=running.task_group, IpPermissions=[rule])
    running.health()
    running.aws.advance(70)
    assert "unhealthy" in running.health()
    running.ec2.authorize_security_group_ingress(GroupId=running.task_group, IpPermissions=[rule])
    running.aws.advance(600)
    running.tasks()
    running.aws.advance(600)
    assert running.health() == ["healthy", "healthy"]


def test_deletion_drains_and_leaves_interfaces_for_a_while(running, refused):
    """DeleteService: needs `force` above 0; DRAINING, then INACTIVE; interfaces hold subnets and groups on."""
    assert refused(running.ecs.delete_service, cluster="main", service="web") == (
        "InvalidParameterException: The service cannot be stopped while it is scaled above 0.")
    request = running.service_request()
    running.ecs.delete_service(cluster="main", service="web", force=True)
    assert running.described()["status"] == "DRAINING"
    assert refused(running.ecs.create_service, **request) == (
        "InvalidParameterException: Unable to Start a service that is still Draining.")
    running.aws.advance(120)
    assert running.described()["status"] == "DRAINING"
    running.aws.advance(130)
    assert running.described()["status"] == "INACTIVE"
    assert running.ecs.list_services(cluster="main")["serviceArns"] == []
    assert "DependencyViolation" in refused(running.ec2.delete_security_group, GroupId=running.task_group)
    running.aws.advance(140)
    running.ec2.delete_security_group(GroupId=running.task_group)
    assert running.ecs.create_service(**{**request, "networkConfiguration": {"awsvpcConfiguration": {
        "subnets": running.subnets, "securityGroups": [running.endpoint_group]}}})["service"]["status"] == "ACTIVE"


def test_a_service_whose_role_is_gone_hangs(running):
    """Public reports: a service whose roles are deleted before it is INACTIVE gets stuck in DRAINING."""
    running.ecs.delete_service(cluster="main", service="web", force=True)
    running.iam.detach_role_policy(RoleName="execution", PolicyArn="arn:aws:iam::aws:policy/service-role/"
                                   "AmazonECSTaskExecutionRolePolicy")
    running.iam.delete_role(RoleName="execution")
    running.aws.advance(2000)
    assert running.described()["status"] == "DRAINING"


def test_an_inactive_service_is_not_found_for_changes(running, refused):
    """UpdateService: ServiceNotActiveException; DeleteService of an INACTIVE one: ServiceNotFoundException."""
    running.ecs.delete_service(cluster="main", service="web", force=True)
    assert refused(running.ecs.update_service, cluster="main", service="web", desiredCount=1) == (
        "ServiceNotActiveException: Service was not ACTIVE.")
    running.aws.advance(300)
    assert refused(running.ecs.delete_service, cluster="main", service="web") == (
        "ServiceNotFoundException: Service not found.")


def test_the_same_seed_gives_the_same_story(start):
    """Deterministic under --seed: what happened, when, to tasks of which ids."""
    def story():
        stack = Stack(start(seed=7)).network().endpoints().load_balancer().roles().service()
        stack.aws.advance(500)
        return [(task["taskArn"], task["containers"][0]["networkInterfaces"]) for task in stack.tasks()], stack.messages()

    assert story() == story()
