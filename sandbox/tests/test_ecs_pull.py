"""Why Fargate tasks do not start: endpoints, groups, routes, policies, images. A task without a way to ECR, S3 or Logs
stops, with the stopped reason and the service event that AWS gives.

Sources: ECS Developer Guide, "Stopped tasks error codes" and "Amazon ECS interface VPC endpoints"; Fargate User Guide;
wording from public logs of platform version 1.4.0."""

from __future__ import annotations

import json

import pytest

from stack import ACCOUNT, EXECUTION_POLICY, IMAGE, REGION, Stack

REGISTRY = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com"


@pytest.fixture
def stack(aws):
    return Stack(aws).network()


def failure(stack, image: str = IMAGE) -> str:
    """Runs a service of one task until the first one stopped; returns its reason, which an event must tell too."""
    stack.load_balancer().roles()
    stack.aws.advance(200)
    return why(stack, image)


def why(stack, image: str = IMAGE) -> str:
    stack.service(image, desiredCount=1)
    stack.aws.advance(250)
    stopped = stack.tasks("STOPPED")
    assert stopped, stack.messages()
    assert stopped[0]["stopCode"] == "TaskFailedToStart"
    reason = stopped[0]["stoppedReason"]
    assert f"(service web) was unable to place a task. Reason: {reason}." in stack.messages()
    return reason


def test_all_that_it_needs(stack):
    """"Considerations for Amazon ECR VPC endpoints": ecr.api, ecr.dkr, the S3 gateway, and logs for awslogs."""
    stack.endpoints("ecr.api", "ecr.dkr", "logs", "s3").load_balancer().roles().service(desiredCount=1)
    stack.aws.advance(200)
    assert [task["lastStatus"] for task in stack.tasks()] == ["RUNNING"]


@pytest.mark.parametrize(("missing", "begins", "host"), [
    ("ecr.api", "ResourceInitializationError: unable to pull secrets or registry auth: The task cannot pull registry auth",
     f"https://api.ecr.{REGION}.amazonaws.com/"),
    ("ecr.dkr", "CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref",
     f"https://{REGISTRY}/v2/poc_web/manifests/web"),
    ("s3", "CannotPullContainerError: ref pull has been retried 5 time(s): failed to copy: httpReadSeeker",
     f"https://prod-{REGION}-starport-layer-bucket.s3.{REGION}.amazonaws.com/"),
    ("logs", "ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times",
     f"https://logs.{REGION}.amazonaws.com/"),
])
def test_a_missing_endpoint(stack, missing, begins, host):
    """Each endpoint's absence shows in its own error: i/o timeout after some minutes of trying."""
    stack.endpoints(*({"ecr.api", "ecr.dkr", "logs", "s3"} - {missing}))
    reason = failure(stack)
    assert reason.startswith(begins) and host in reason and "i/o timeout" in reason


def test_a_late_endpoint_is_waited_for(stack):
    """The agent retries: endpoints that become available within its patience are no failure."""
    stack.load_balancer().roles()
    stack.aws.advance(200)
    stack.service(desiredCount=1)
    stack.endpoints("ecr.api", "ecr.dkr", "logs", "s3")
    stack.aws.advance(250)
    assert [task["lastStatus"] for task in stack.tasks()] == ["RUNNING"]


def test_an_endpoint_group_that_keeps_tasks_out(stack):
    """"The security group attached to the VPC endpoint must allow incoming connections on port 443"."""
    stack.endpoints("ecr.api", "ecr.dkr", "logs", "s3")
    stack.ec2.revoke_security_group_ingress(GroupId=stack.endpoint_group, IpPermissions=[
        {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443,
         "IpRanges": [{"CidrIp": "10.1.0.0/16"}, {"CidrIp": "10.4.0.0/16"}]}])
    reason = failure(stack)
    assert "api.ecr" in reason and "dial tcp 10.1." in reason


def test_a_task_group_that_lets_nothing_out(stack):
    """Egress of the task's own groups counts as well."""
    stack.endpoints("ecr.api", "ecr.dkr", "logs", "s3")
    stack.ec2.revoke_security_group_egress(GroupId=stack.task_group, IpPermissions=[
        {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}])
    assert "api.ecr" in failure(stack)


def test_private_dns_off(stack):
    """Without private DNS the service's name leads to the internet, which a closed VPC does not reach."""
    stack.endpoints("ecr.api", "ecr.dkr", "logs", "s3")
    stack.aws.advance(100)
    stack.ec2.modify_vpc_endpoint(VpcEndpointId=stack.endpoint["ecr.dkr"], PrivateDnsEnabled=False)
    reason = failure(stack)
    assert "manifests/web" in reason and "dial tcp 54." in reason


def test_a_gateway_in_the_wrong_route_table(stack):
    """"Gateway endpoints": the route table of the task's subnet must have the route to the endpoint."""
    stack.endpoints("ecr.api", "ecr.dkr", "logs", "s3")
    stack.aws.advance(100)
    stack.ec2.modify_vpc_endpoint(VpcEndpointId=stack.endpoint["s3"], RemoveRouteTableIds=[stack.table])
    assert "starport-layer-bucket" in failure(stack)


def test_an_endpoint_policy_that_denies(stack):
    """"Endpoint policies": what the endpoint's policy does not allow is denied, whatever the role may."""
    stack.endpoints("ecr.api", "ecr.dkr", "logs", "s3")
    stack.aws.advance(100)
    stack.ec2.modify_vpc_endpoint(VpcEndpointId=stack.endpoint["ecr.api"], PolicyDocument=json.dumps({
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "ecr:BatchGetImage", "Resource": "*"}]}))
    assert "because no VPC endpoint policy allows the ecr:GetAuthorizationToken action" in failure(stack)


def prepared(stack) -> Stack:
    stack.endpoints("ecr.api", "ecr.dkr", "logs", "s3").load_balancer().roles()
    stack.aws.advance(200)
    return stack


def test_a_role_without_rights(stack):
    """"Task execution IAM role": AccessDeniedException with the action that is missing."""
    prepared(stack).iam.detach_role_policy(RoleName="execution", PolicyArn=EXECUTION_POLICY)
    reason = why(stack)
    assert reason.startswith("ResourceInitializationError: unable to pull secrets or registry auth: execution resource "
                             "retrieval failed: unable to retrieve ecr registry auth: service call has been retried")
    assert ("is not authorized to perform: ecr:GetAuthorizationToken on resource: * because no identity-based policy "
            "allows the ecr:GetAuthorizationToken action") in reason


def test_a_role_that_ecs_cannot_take(stack):
    """The trust policy must name ecs-tasks.amazonaws.com."""
    trust = {"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
    prepared(stack).iam.update_assume_role_policy(RoleName="execution", PolicyDocument=json.dumps(trust))
    assert why(stack).startswith(f"ECS was unable to assume the role '{stack.role}' that was provided for this task.")


@pytest.mark.parametrize(("condition", "starts"), [
    ({"StringEquals": {"aws:SourceAccount": ACCOUNT}, "ArnLike": {"aws:SourceArn": f"arn:aws:ecs:{REGION}:{ACCOUNT}:*"}}, True),
    ({"StringEquals": {"aws:SourceAccount": "210987654321"}}, False),
    ({"ArnLike": {"aws:SourceArn": f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/main"}}, False),
])
def test_a_role_for_one_account_only(stack, condition, starts):
    """"Amazon ECS task IAM role": the trust policy may ask for the account, and for the ARN of all clusters, not of one."""
    trust = {"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole",
        "Condition": condition}]}
    prepared(stack).iam.update_assume_role_policy(RoleName="execution", PolicyDocument=json.dumps(trust))
    stack.service(desiredCount=1)
    stack.aws.advance(250)
    assert bool(stack.tasks()) is starts, stack.messages()


def test_rights_to_log(stack):
    """awslogs: the execution role creates the stream."""
    pull = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "ecr:*", "Resource": "*"}]}
    prepared(stack).iam.detach_role_policy(RoleName="execution", PolicyArn=EXECUTION_POLICY)
    stack.iam.put_role_policy(RoleName="execution", PolicyName="pull", PolicyDocument=json.dumps(pull))
    reason = why(stack)
    assert "failed to create Cloudwatch log stream: AccessDeniedException" in reason
    assert "log-group:/web:log-stream:" in reason


def test_a_missing_log_group(stack):
    """awslogs without awslogs-create-group: the group must exist."""
    prepared(stack).logs.delete_log_group(logGroupName="/web")
    assert "ResourceNotFoundException: The specified log group does not exist." in why(stack)


@pytest.mark.parametrize("image", [f"{REGISTRY}/poc_web:nope", f"{REGISTRY}/other:web"])
def test_a_missing_image(stack, image):
    """"CannotPullContainerError: … not found", at once: there was an answer, so nothing is tried for minutes."""
    prepared(stack).service(image, desiredCount=1)
    stack.aws.advance(45)
    reasons = [task["stoppedReason"] for task in stack.tasks("STOPPED")]
    assert reasons == [f"CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref "
                       f"{image}: {image}: not found"]
    assert stack.tasks("STOPPED")[0]["containers"][0]["reason"] == reasons[0]


def test_an_image_outside_ecr(stack):
    """A closed VPC has no way to other registries."""
    reason = why(prepared(stack), "nginx")
    assert reason.startswith("CannotPullContainerError") and "docker.io/library/nginx:latest" in reason
    assert "registry-1.docker.io" in reason and "i/o timeout" in reason
