"""IAM and STS."""

from __future__ import annotations

import json
import urllib.parse
import urllib.request

import pytest

EXECUTION_POLICY = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
ACCOUNT = "123456789012"


def trust(service: str = "ecs-tasks.amazonaws.com", **more) -> str:
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole", **more}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def document(action: str) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]})


@pytest.fixture
def iam(aws):
    return aws.client("iam")


@pytest.fixture
def role(iam) -> str:
    return iam.create_role(RoleName="r", Path="/a/b/", AssumeRolePolicyDocument=trust())["Role"]["Arn"]


def test_a_role_name_is_unique_whatever_its_path(iam, role, refused):
    """API reference, CreateRole: names are unique within the account, without regard to path."""
    assert role == f"arn:aws:iam::{ACCOUNT}:role/a/b/r"
    assert refused(iam.create_role, RoleName="r", AssumeRolePolicyDocument=trust()).startswith("EntityAlreadyExists")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{nope", "invalid Json"),
        ('{"Version": "2012-10-17"}', "Statement is empty"),
        (trust(Resource="*"), "prohibited field Resource"),
        ('{"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole"}]}', "Missing required field Principal"),
    ],
)
def test_a_malformed_trust_policy_is_refused(iam, role, refused, text, said):
    """API reference, CreateRole and UpdateAssumeRolePolicy: MalformedPolicyDocument."""
    for answer in (
        refused(iam.create_role, RoleName="bad", AssumeRolePolicyDocument=text),
        refused(iam.update_assume_role_policy, RoleName="r", PolicyDocument=text),
    ):
        assert answer.startswith("MalformedPolicyDocument") and said in answer


def test_a_role_goes_last_after_its_policies(iam, role, refused):
    """API reference, DeleteRole: detach managed policies and delete inline ones first."""
    iam.attach_role_policy(RoleName="r", PolicyArn=EXECUTION_POLICY)
    iam.put_role_policy(RoleName="r", PolicyName="inline", PolicyDocument=document("s3:*"))
    assert refused(iam.delete_role, RoleName="r").startswith("DeleteConflict")
    iam.detach_role_policy(RoleName="r", PolicyArn=EXECUTION_POLICY)
    assert refused(iam.delete_role, RoleName="r").startswith("DeleteConflict")
    iam.delete_role_policy(RoleName="r", PolicyName="inline")
    iam.delete_role(RoleName="r")
    assert refused(iam.get_role, RoleName="r").startswith("NoSuchEntity")


def test_an_attached_policy_cannot_be_deleted(iam, role, refused):
    """API reference, DeletePolicy: detach it everywhere first, and delete all versions but the default."""
    arn = iam.create_policy(PolicyName="p", PolicyDocument=document("s3:*"))["Policy"]["Arn"]
    iam.attach_role_policy(RoleName="r", PolicyArn=arn)
    assert refused(iam.delete_policy, PolicyArn=arn) == "DeleteConflict: Cannot delete a policy attached to entities."
    iam.detach_role_policy(RoleName="r", PolicyArn=arn)
    version = iam.create_policy_version(PolicyArn=arn, PolicyDocument=document("ecr:*"), SetAsDefault=True)
    assert "more than one version" in refused(iam.delete_policy, PolicyArn=arn)
    assert version["PolicyVersion"]["VersionId"] == "v2"
    iam.delete_policy_version(PolicyArn=arn, VersionId="v1")
    iam.delete_policy(PolicyArn=arn)


def test_the_authorization_details_hold_tags_and_come_in_pages(iam):
    """API reference, GetAccountAuthorizationDetails: MaxItems, Marker; RoleDetail has Tags, ListRoles has none."""
    for number in range(3):
        tags = [{"Key": "n", "Value": str(number)}]
        iam.create_role(RoleName=f"r{number}", AssumeRolePolicyDocument=trust(), Tags=tags)
    found, marker = [], {}
    while True:
        page = iam.get_account_authorization_details(Filter=["Role"], MaxItems=2, **marker)
        found += page["RoleDetailList"]
        if not page["IsTruncated"]:
            break
        assert len(page["RoleDetailList"]) == 2
        marker = {"Marker": page["Marker"]}
    assert {(r["RoleName"], r["Tags"][0]["Value"]) for r in found} == {("r0", "0"), ("r1", "1"), ("r2", "2")}
    assert "Tags" not in iam.list_roles()["Roles"][0]


def test_the_details_of_a_role_are_all_that_there_is_to_know(aws, iam):
    """API reference, RoleDetail; "The policies returned by this operation are URL-encoded compliant with RFC 3986"."""
    boundary = "arn:aws:iam::aws:policy/PowerUserAccess"
    inline = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]})
    iam.create_role(RoleName="r", Path="/stack/", AssumeRolePolicyDocument=trust(), PermissionsBoundary=boundary)
    iam.put_role_policy(RoleName="r", PolicyName="p", PolicyDocument=inline)
    attached = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
    iam.attach_role_policy(RoleName="r", PolicyArn=attached)
    [role] = iam.get_account_authorization_details(Filter=["Role"])["RoleDetailList"]
    assert role["AssumeRolePolicyDocument"] == json.loads(trust())
    assert role["RolePolicyList"] == [{"PolicyName": "p", "PolicyDocument": json.loads(inline)}]
    assert [policy["PolicyArn"] for policy in role["AttachedManagedPolicies"]] == [attached]
    assert role["PermissionsBoundary"]["PermissionsBoundaryArn"] == boundary
    assert (role["Path"], role["InstanceProfileList"], role["Tags"]) == ("/stack/", [], [])
    details = {"Action": "GetAccountAuthorizationDetails", "Version": "2010-05-08", "Filter.member.1": "Role"}
    credential = "AWS4-HMAC-SHA256 Credential=test/20250101/us-east-1/iam/aws4_request"
    request = urllib.request.Request(
        aws.endpoint, urllib.parse.urlencode(details).encode(), {"Authorization": credential})
    with urllib.request.urlopen(request, timeout=10) as answer:
        assert "<AssumeRolePolicyDocument>%7B%22Version%22" in answer.read().decode()


def test_a_service_linked_role_is_made_once_and_by_its_service_only(iam, refused):
    """ECS Developer Guide, "Using service-linked roles"; the refusals' words are IAM's."""
    arn = iam.create_service_linked_role(AWSServiceName="ecs.amazonaws.com")["Role"]["Arn"]
    assert arn == f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS"
    again = refused(iam.create_service_linked_role, AWSServiceName="ecs.amazonaws.com")
    assert again.startswith("InvalidInput: Service role name AWSServiceRoleForECS has been taken in this account")
    assert refused(iam.delete_role, RoleName="AWSServiceRoleForECS").startswith("UnmodifiableEntity")
    iam.delete_service_linked_role(RoleName="AWSServiceRoleForECS")
    assert refused(iam.get_role, RoleName="AWSServiceRoleForECS").startswith("NoSuchEntity")


def test_services_can_take_a_new_role_after_some_seconds(aws, role):
    """IAM User Guide, "Changes that I make are not always immediately visible"."""
    iam = aws.sandbox.world.iam
    assert not iam.assumable(ACCOUNT, role, "ecs-tasks.amazonaws.com")
    aws.advance(15)
    assert iam.assumable(ACCOUNT, role, "ecs-tasks.amazonaws.com")
    assert not iam.assumable(ACCOUNT, role, "lambda.amazonaws.com"), "the trust policy names ECS tasks only"


def test_a_role_s_rights_are_those_of_all_its_policies(aws, iam, role):
    iam.attach_role_policy(RoleName="r", PolicyArn=EXECUTION_POLICY)
    iam.put_role_policy(RoleName="r", PolicyName="inline", PolicyDocument=document("s3:GetObject"))
    actions = [statement["Action"] for document in aws.sandbox.world.iam.documents(ACCOUNT, role)
               for statement in document["Statement"]]
    assert "ecr:GetAuthorizationToken" in actions[0] and actions[1] == "s3:GetObject"


def test_nobody_takes_a_role_that_is_not_there(aws, role, refused):
    """STS does not tell an unknown role from a forbidden one."""
    sts = aws.client("sts")
    assert sts.assume_role(RoleArn=role, RoleSessionName="me")["AssumedRoleUser"]["Arn"].endswith("assumed-role/r/me")
    missing = f"arn:aws:iam::{ACCOUNT}:role/nobody"
    assert refused(sts.assume_role, RoleArn=missing, RoleSessionName="me").startswith("AccessDenied")


def test_the_caller_is_who_the_sandbox_takes_it_for(aws):
    """API reference, GetCallerIdentity."""
    identity = aws.client("sts").get_caller_identity()
    assert (identity["Account"], identity["Arn"]) == (ACCOUNT, f"arn:aws:iam::{ACCOUNT}:root")
