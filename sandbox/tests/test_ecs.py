"""ECS without its scheduler: clusters, task definitions, and what CreateService refuses.

Sources: Amazon ECS API Reference (2014-11-13), named by operation; messages from public logs."""

from __future__ import annotations

import pytest

from stack import ACCOUNT, IMAGE, REGION, Stack

CONTAINER = {"name": "web", "image": "web", "portMappings": [{"containerPort": 80}]}


@pytest.fixture
def ecs(aws):
    return aws.client("ecs")


@pytest.fixture
def ready(aws):
    """All that a service needs, and no service yet."""
    return Stack(aws).network().load_balancer().roles()


def register(ecs, **more):
    return ecs.register_task_definition(**{"family": "web", "containerDefinitions": [CONTAINER], **more})["taskDefinition"]


# ---- clusters ----


def test_a_cluster_of_the_name_is_returned(ecs):
    """CreateCluster: the name is the key; a repeat returns the cluster that is there."""
    tags = [{"key": "a", "value": "b"}]
    first = ecs.create_cluster(clusterName="main", tags=tags)["cluster"]
    again = ecs.create_cluster(clusterName="main")["cluster"]
    assert (again["clusterArn"], again["tags"], again["status"]) == (first["clusterArn"], tags, "ACTIVE")
    assert first["clusterArn"] == f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/main"


def test_details_only_to_who_asks(ecs):
    """DescribeClusters: tags and settings are shown with `include` only; unknown names are failures, not errors."""
    ecs.create_cluster(clusterName="main", tags=[{"key": "a", "value": "b"}])
    plain = ecs.describe_clusters(clusters=["main", "other"])
    assert (plain["clusters"][0]["tags"], plain["clusters"][0]["settings"]) == ([], [])
    assert plain["failures"] == [{"arn": f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/other", "reason": "MISSING"}]
    full = ecs.describe_clusters(clusters=["main"], include=["TAGS", "SETTINGS"])["clusters"][0]
    assert full["tags"] == [{"key": "a", "value": "b"}]
    assert full["settings"] == [{"name": "containerInsights", "value": "disabled"}]


def test_a_deleted_cluster_is_inactive_for_a_while(ecs, refused):
    """DeleteCluster: "The cluster transitions to the INACTIVE state", still described, no longer listed or found."""
    ecs.create_cluster(clusterName="main")
    ecs.delete_cluster(cluster="main")
    assert ecs.describe_clusters(clusters=["main"])["clusters"][0]["status"] == "INACTIVE"
    assert ecs.list_clusters()["clusterArns"] == []
    assert refused(ecs.delete_cluster, cluster="main") == "ClusterNotFoundException: Cluster not found."
    assert ecs.create_cluster(clusterName="main")["cluster"]["status"] == "ACTIVE"


def test_the_service_linked_role_comes_with_the_cluster(aws):
    """Developer Guide, "Using service-linked roles": ECS makes the role when a cluster is created."""
    aws.client("ecs").create_cluster(clusterName="main")
    assert aws.client("iam").get_role(RoleName="AWSServiceRoleForECS")["Role"]["Path"] == (
        "/aws-service-role/ecs.amazonaws.com/")


# ---- task definitions ----


def test_revisions_count_on(ecs):
    """RegisterTaskDefinition: each call makes a revision; "the revision number … increments even if deregistered"."""
    first = register(ecs)
    ecs.deregister_task_definition(taskDefinition=first["taskDefinitionArn"])
    second = register(ecs)
    assert (first["revision"], second["revision"]) == (1, 2)
    assert ecs.list_task_definitions(familyPrefix="web")["taskDefinitionArns"] == [second["taskDefinitionArn"]]
    assert ecs.list_task_definitions(status="INACTIVE")["taskDefinitionArns"] == [first["taskDefinitionArn"]]
    assert ecs.describe_task_definition(taskDefinition="web")["taskDefinition"]["revision"] == 2


def test_defaults_are_written_into_containers(ecs):
    """DescribeTaskDefinition shows the defaults: `essential`, protocol, the host port of awsvpc, empty lists."""
    shown = register(ecs, networkMode="awsvpc")["containerDefinitions"][0]
    assert shown["essential"] is True and shown["cpu"] == 0 and shown["environment"] == []
    assert shown["portMappings"] == [{"containerPort": 80, "hostPort": 80, "protocol": "tcp"}]


@pytest.mark.parametrize(("change", "message"), [
    ({"cpu": "256", "memory": "4096"}, "No Fargate configuration exists for given values."),
    ({"networkMode": "bridge"}, "Fargate only supports network mode ‘awsvpc’."),
    ({"containerDefinitions": [{**CONTAINER, "image": IMAGE}]},
     "Fargate requires task definition to have execution role ARN to support ECR images."),
    ({"containerDefinitions": [{**CONTAINER, "logConfiguration": {"logDriver": "awslogs"}}]},
     "Fargate requires task definition to have execution role ARN to support log driver awslogs."),
    ({"containerDefinitions": []}, "TaskDefinition does not contain any container definitions."),
])
def test_what_fargate_refuses(ecs, refused, change, message):
    """RegisterTaskDefinition, ClientException; sizes: Developer Guide, "Task size"."""
    given = {"requiresCompatibilities": ["FARGATE"], "networkMode": "awsvpc", "cpu": "256", "memory": "512", **change}
    assert refused(register, ecs=ecs, **given) == f"ClientException: {message}"


def test_a_revision_must_be_inactive_to_be_deleted(aws, ecs):
    """DeleteTaskDefinitions: "You must deregister a task definition revision before you delete it." """
    arn = register(ecs)["taskDefinitionArn"]
    refused_one = ecs.delete_task_definitions(taskDefinitions=[arn, "web:9"])
    assert [failure["arn"] for failure in refused_one["failures"]] == [arn, "web:9"]
    ecs.deregister_task_definition(taskDefinition=arn)
    assert ecs.delete_task_definitions(taskDefinitions=[arn])["taskDefinitions"][0]["status"] == "DELETE_IN_PROGRESS"
    aws.advance(60)
    assert ecs.list_task_definitions(status="DELETE_IN_PROGRESS")["taskDefinitionArns"] == []
    assert [one for one in aws.left() if one["type"] == "task-definition"] == []


def test_a_revision_in_use_stays_in_deletion(aws, ready):
    """DeleteTaskDefinitions: stays DELETE_IN_PROGRESS "until all associated tasks and services are gone"."""
    ready.service(desiredCount=0)
    arn = ready.described()["taskDefinition"]
    ready.ecs.deregister_task_definition(taskDefinition=arn)
    ready.ecs.delete_task_definitions(taskDefinitions=[arn])
    aws.advance(600)
    assert ready.ecs.list_task_definitions(status="DELETE_IN_PROGRESS")["taskDefinitionArns"] == [arn]
    ready.ecs.delete_service(cluster="main", service="web")
    aws.advance(600)
    assert ready.ecs.list_task_definitions(status="DELETE_IN_PROGRESS")["taskDefinitionArns"] == []


def test_tags_of_everything(ready):
    """TagResource, UntagResource, ListTagsForResource for cluster, task definition and service."""
    ready.service(desiredCount=0, tags=[{"key": "a", "value": "b"}])
    service = ready.described()
    assert service["tags"] == [{"key": "a", "value": "b"}]
    for arn in (service["serviceArn"], service["clusterArn"], service["taskDefinition"]):
        ready.ecs.tag_resource(resourceArn=arn, tags=[{"key": "c", "value": "d"}])
        ready.ecs.untag_resource(resourceArn=arn, tagKeys=["a"])
        assert ready.ecs.list_tags_for_resource(resourceArn=arn)["tags"] == [{"key": "c", "value": "d"}]


# ---- CreateService ----


def test_the_same_token_returns_the_same_service(ready, refused):
    """CreateService, clientToken: the same request returns the service; without it the name is taken."""
    request = ready.service_request(clientToken="token-1", desiredCount=0)
    first = ready.ecs.create_service(**request)["service"]
    assert ready.ecs.create_service(**request)["service"]["serviceArn"] == first["serviceArn"]
    expected = "InvalidParameterException: Creation of service was not idempotent."
    assert refused(ready.ecs.create_service, **{**request, "desiredCount": 1}) == expected
    assert refused(ready.ecs.create_service, **{**request, "clientToken": "token-2"}) == expected


def test_what_a_new_service_shows(ready):
    """CreateService: defaults of a REPLICA service on Fargate; AZ rebalancing ENABLED; the long ARN format."""
    service = ready.ecs.create_service(**ready.service_request(desiredCount=0))["service"]
    assert service["serviceArn"] == f"arn:aws:ecs:{REGION}:{ACCOUNT}:service/main/web"
    assert service["availabilityZoneRebalancing"] == "ENABLED"
    assert service["deploymentConfiguration"] == {
        "deploymentCircuitBreaker": {"enable": False, "rollback": False}, "maximumPercent": 200,
        "minimumHealthyPercent": 100, "strategy": "ROLLING", "bakeTimeInMinutes": 0}
    assert service["networkConfiguration"]["awsvpcConfiguration"]["assignPublicIp"] == "DISABLED"
    assert (service["propagateTags"], service["platformVersion"], service["status"]) == ("NONE", "LATEST", "ACTIVE")
    assert "tags" not in ready.ecs.describe_services(cluster="main", services=["web"])["services"][0]


def network(**more):
    return {"networkConfiguration": {"awsvpcConfiguration": more}}


@pytest.mark.parametrize(("change", "message"), [
    (lambda s: {"cluster": "other"}, "ClusterNotFoundException: Cluster not found."),
    (lambda s: {"taskDefinition": "web:99"}, "ClientException: TaskDefinition not found."),
    (lambda s: network(subnets=["subnet-0123456789abcdef0"]),
     "InvalidParameterException: Error retrieving subnet information for [subnet-0123456789abcdef0]: The subnet ID "
     "'subnet-0123456789abcdef0' does not exist (ErrorCode: InvalidSubnetID.NotFound)"),
    (lambda s: network(subnets=s.subnets, securityGroups=["sg-0123456789abcdef0"]),
     "InvalidParameterException: Error retrieving security group information for [sg-0123456789abcdef0]: The security "
     "group 'sg-0123456789abcdef0' does not exist (ErrorCode: InvalidGroup.NotFound)"),
    (lambda s: {"loadBalancers": [{"targetGroupArn": s.target_group, "containerName": "web", "containerPort": 81}]},
     "InvalidParameterException: The container web did not have a container port 81 defined."),
    (lambda s: {"loadBalancers": [{"targetGroupArn": s.target_group, "containerName": "app", "containerPort": 80}]},
     "InvalidParameterException: The container app does not exist in the task definition."),
    (lambda s: {"deploymentConfiguration": {"maximumPercent": 100, "minimumHealthyPercent": 100}},
     "InvalidParameterException: Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block "
     "deployments."),
])
def test_what_a_service_is_refused_for(ready, refused, change, message):
    """CreateService: references must exist; a container must have the port of the load balancer."""
    request = {**ready.service_request(), **change(ready)}
    assert refused(ready.ecs.create_service, **request) == message


def test_the_target_group_needs_its_listener(ready, refused):
    """CreateService: "does not have an associated load balancer": the listener comes before the service."""
    ready.elbv2.delete_listener(ListenerArn=ready.listener)
    assert refused(ready.ecs.create_service, **ready.service_request()) == (
        f"InvalidParameterException: The target group with targetGroupArn {ready.target_group} does not have an "
        "associated load balancer.")


def test_without_the_service_linked_role(ready, refused):
    """CreateService, as seen in new accounts: the role must exist."""
    request = ready.service_request()
    ready.iam.delete_service_linked_role(RoleName="AWSServiceRoleForECS")
    assert refused(ready.ecs.create_service, **request) == (
        "InvalidParameterException: Unable to assume the service linked role. Please verify that the ECS service linked "
        "role exists.")


def test_an_inactive_definition_cannot_be_deployed(ready, refused):
    """CreateService: "TaskDefinition is inactive" for a deregistered revision."""
    request = ready.service_request()
    ready.ecs.deregister_task_definition(taskDefinition=request["taskDefinition"])
    assert refused(ready.ecs.create_service, **request) == "ClientException: TaskDefinition is inactive"


def test_a_cluster_with_services_stays(aws, ready, refused):
    """DeleteCluster, ClusterContainsServicesException: also while they are DRAINING."""
    ready.service(desiredCount=0)
    expected = "ClusterContainsServicesException: The Cluster cannot be deleted while Services are active."
    assert refused(ready.ecs.delete_cluster, cluster="main") == expected
    ready.ecs.delete_service(cluster="main", service="web")
    assert refused(ready.ecs.delete_cluster, cluster="main") == expected
    aws.advance(300)
    ready.ecs.delete_cluster(cluster="main")
