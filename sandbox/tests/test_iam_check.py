"""The caller's rights, with --iam on: actions, resources, conditions, roles taken."""

from __future__ import annotations

import json

import pytest

ACCOUNT = "123456789012"
REGION = "ap-northeast-1"


@pytest.fixture
def guarded(start):
    """A sandbox that checks rights, and a way to make a user with a policy."""
    aws = start(iam=True)
    iam = aws.client("iam")

    def user(*statements):
        name = f"u{len(iam.list_users()['Users'])}"
        iam.create_user(UserName=name)
        document = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
        iam.put_user_policy(UserName=name, PolicyName="p", PolicyDocument=document)
        key = iam.create_access_key(UserName=name)["AccessKey"]
        return lambda service: aws.client(service, key["AccessKeyId"], key["SecretAccessKey"])

    aws.user = user
    return aws


def allow(action, resource="*", **condition):
    return {"Effect": "Allow", "Action": action, "Resource": resource, **({"Condition": condition} if condition else {})}


def tagged(**tags):
    return [{"ResourceType": "vpc", "Tags": [{"Key": k, "Value": v} for k, v in tags.items()]}]


def test_nothing_is_allowed_that_no_policy_allows(guarded, refused):
    """IAM User Guide, "Policy evaluation logic": the default is an implicit deny."""
    ec2 = guarded.user(allow("ec2:DescribeVpcs"))("ec2")
    assert ec2.describe_vpcs()["Vpcs"]
    message = refused(ec2.create_vpc, CidrBlock="10.1.0.0/16")
    assert message.startswith("UnauthorizedOperation") and "ec2:CreateVpc" in message
    assert not [live for live in guarded.left() if live["service"] == "ec2"], "a refused call has no effect"
    assert guarded.control("GET", "/journal")[-1]["caller"].startswith(f"arn:aws:iam::{ACCOUNT}:user/")


def test_an_explicit_deny_wins(guarded, refused):
    ec2 = guarded.user(allow("ec2:*"), {"Effect": "Deny", "Action": "ec2:CreateVpc", "Resource": "*"})("ec2")
    assert "with an explicit deny" in refused(ec2.create_vpc, CidrBlock="10.1.0.0/16")


def test_tags_in_a_create_need_create_tags_and_meet_its_conditions(guarded, refused):
    """EC2 User Guide, "Grant permission to tag resources during creation": ec2:CreateTags with ec2:CreateAction."""
    needs_owner = allow("ec2:CreateVpc", StringEquals={"aws:RequestTag/owner": "me"})
    ec2 = guarded.user(needs_owner)("ec2")
    assert "ec2:CreateTags" in refused(ec2.create_vpc, CidrBlock="10.1.0.0/16", TagSpecifications=tagged(owner="me"))
    on_create = allow("ec2:CreateTags", StringEquals={"ec2:CreateAction": ["CreateVpc"]})
    ec2 = guarded.user(needs_owner, on_create)("ec2")
    assert "ec2:CreateVpc" in refused(ec2.create_vpc, CidrBlock="10.1.0.0/16", TagSpecifications=tagged(owner="you"))
    made = ec2.create_vpc(CidrBlock="10.1.0.0/16", TagSpecifications=tagged(owner="me"))["Vpc"]["VpcId"]
    late = refused(ec2.create_tags, Resources=[made], Tags=[{"Key": "a", "Value": "b"}])
    assert late.startswith("UnauthorizedOperation"), "the right to tag holds during creation only"


def test_resource_tags_decide_what_may_be_deleted(guarded, refused):
    """IAM User Guide, "Controlling access to AWS resources using tags": aws:ResourceTag."""
    root = guarded.client("ec2")
    mine, other = (
        root.create_vpc(CidrBlock="10.1.0.0/16", TagSpecifications=tagged(owner=owner))["Vpc"]["VpcId"]
        for owner in ("me", "you")
    )
    ec2 = guarded.user(allow("ec2:DeleteVpc", StringEquals={"aws:ResourceTag/owner": "me"}))("ec2")
    assert refused(ec2.delete_vpc, VpcId=other).startswith("UnauthorizedOperation")
    ec2.delete_vpc(VpcId=mine)


def test_an_association_is_guarded_by_what_it_joins(guarded, refused):
    """Service Authorization Reference, EC2, DisassociateRouteTable: resources are the route table and the subnet."""
    root = guarded.client("ec2")
    vpc = root.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]

    def associated(cidr, owner):
        tags = [{"Key": "owner", "Value": owner}]
        subnet = root.create_subnet(VpcId=vpc, CidrBlock=cidr, TagSpecifications=[
            {"ResourceType": "subnet", "Tags": tags}])["Subnet"]["SubnetId"]
        table = root.create_route_table(VpcId=vpc, TagSpecifications=[
            {"ResourceType": "route-table", "Tags": tags}])["RouteTable"]["RouteTableId"]
        return root.associate_route_table(RouteTableId=table, SubnetId=subnet)["AssociationId"]

    mine, other = associated("10.1.1.0/24", "me"), associated("10.1.2.0/24", "you")
    ec2 = guarded.user(allow("ec2:DisassociateRouteTable", StringEquals={"aws:ResourceTag/owner": "me"}))("ec2")
    assert refused(ec2.disassociate_route_table, AssociationId=other).startswith("UnauthorizedOperation")
    ec2.disassociate_route_table(AssociationId=mine)


def test_api_gateway_is_guarded_by_verb_and_path(guarded, refused):
    """Service Authorization Reference, "Amazon API Gateway Management": actions are GET, POST, …; resources are paths."""
    arn = f"arn:aws:apigateway:{REGION}::"
    api = guarded.user(allow("apigateway:GET", f"{arn}/restapis*"))("apigateway")
    api.get_rest_apis()
    message = refused(api.create_rest_api, name="a", endpointConfiguration={"types": ["PRIVATE"]})
    assert message.startswith("AccessDeniedException") and "apigateway:POST" in message


def test_what_lies_below_an_api_inherits_its_tags(guarded, refused):
    """API Gateway Developer Guide, "Tag inheritance in the Amazon API Gateway V1 API": for access control only."""
    root = guarded.client("apigateway")
    mine, theirs = (root.create_rest_api(name=owner, tags={"owner": owner}) for owner in ("me", "them"))
    client = guarded.user(allow("apigateway:*", StringEquals={"aws:ResourceTag/owner": "me"}))("apigateway")
    client.create_resource(restApiId=mine["id"], parentId=mine["rootResourceId"], pathPart="a")
    answer = refused(client.create_resource, restApiId=theirs["id"], parentId=theirs["rootResourceId"], pathPart="a")
    assert answer.startswith("AccessDenied")


def test_a_role_is_taken_only_by_whom_it_trusts_and_gives_its_rights(guarded, refused):
    """STS API reference, AssumeRole: the trust policy must name the caller, the caller's policy the role."""
    iam = guarded.client("iam")
    user = guarded.user(allow("sts:AssumeRole"))
    for name, principal in (("open", f"arn:aws:iam::{ACCOUNT}:root"), ("shut", "arn:aws:iam::999999999999:root")):
        trust = {"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "sts:AssumeRole"}]}
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))
        policy = json.dumps({"Version": "2012-10-17", "Statement": [allow("ec2:DescribeVpcs")]})
        iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=policy)
    guarded.advance(60)
    arn = f"arn:aws:iam::{ACCOUNT}:role/"
    assert refused(user("sts").assume_role, RoleArn=f"{arn}shut", RoleSessionName="me").startswith("AccessDenied")
    given = user("sts").assume_role(RoleArn=f"{arn}open", RoleSessionName="me")["Credentials"]
    as_role = (given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])
    who = guarded.client("sts", *as_role).get_caller_identity()["Arn"]
    assert who == f"arn:aws:sts::{ACCOUNT}:assumed-role/open/me"
    assert guarded.client("ec2", *as_role).describe_vpcs()["Vpcs"]
    assert refused(guarded.client("ec2", *as_role).describe_subnets).startswith("UnauthorizedOperation")


def test_roles_are_found_by_their_path(guarded, refused):
    """Service Authorization Reference, IAM: role ARNs carry the path."""
    user = guarded.user(allow("iam:*", f"arn:aws:iam::{ACCOUNT}:role/stack/*"))
    trust = json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}]})
    create = user("iam").create_role
    assert refused(create, RoleName="r", AssumeRolePolicyDocument=trust).startswith("AccessDenied")
    create(RoleName="r", Path="/stack/", AssumeRolePolicyDocument=trust)
    user("iam").delete_role(RoleName="r")


def test_the_account_root_may_do_everything(guarded):
    """A key that IAM did not give out is the account's root: tests of other things need no users."""
    guarded.client("ec2").create_vpc(CidrBlock="10.1.0.0/16")


def test_the_first_cluster_of_an_account_needs_the_right_to_its_service_linked_role(guarded, refused):
    """ECS Developer Guide, "Using service-linked roles": iam:CreateServiceLinkedRole with iam:AWSServiceName."""
    plain = guarded.user(allow("ecs:*"))("ecs")
    assert "iam:CreateServiceLinkedRole" in refused(plain.create_cluster, clusterName="a")
    link = allow("iam:CreateServiceLinkedRole", StringEquals={"iam:AWSServiceName": "ecs.amazonaws.com"})
    guarded.user(allow("ecs:*"), link)("ecs").create_cluster(clusterName="a")
    plain.create_cluster(clusterName="b")
    assert not [live for live in guarded.left() if live["id"] == "AWSServiceRoleForECS"], "nobody has to clean it up"


def test_a_key_of_twelve_digits_is_the_root_of_that_account(guarded):
    """The sandbox's own way to begin in a second account: its first role has to be made by somebody."""
    other = "222222222222"
    assert guarded.client("sts", key=other).get_caller_identity()["Arn"] == f"arn:aws:iam::{other}:root"
    trust = json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "sts:AssumeRole"}]})
    role = guarded.client("iam", key=other).create_role(RoleName="peer", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    taken = guarded.client("sts").assume_role(RoleArn=role, RoleSessionName="op")["Credentials"]
    session = guarded.client("sts", key=taken["AccessKeyId"], secret=taken["SecretAccessKey"], token=taken["SessionToken"])
    assert session.get_caller_identity()["Account"] == other
