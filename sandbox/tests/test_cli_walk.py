"""The whole stack by hand with the AWS CLI: built in the right order, called from the peer's VPC, taken down again.

The commands are those of the AWS CLI Command Reference; its waiters judge whether states are worded as on AWS. The CLI runs
in this process (it takes a second to start), but for one call that shows that the command itself does.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import shlex
import shutil
import subprocess
import sys
from typing import Any

import pytest
from awscli.clidriver import create_clidriver
from devrun.client import Client, curl, get
from stack import ACCOUNT, ANSWER, EXECUTION_POLICY, IMAGE, PEER, REGION

EVERYBODY = {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/*"}


class Cli:
    """``aws("ec2 describe-vpcs --query Vpcs[0].VpcId")``: what the command prints, from JSON."""

    def __init__(self, aws: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        self.aws = aws
        for name in [name for name in os.environ if name.startswith("AWS_") and name != "AWS_DATA_PATH"]:
            monkeypatch.delenv(name)  # a person's own; the data path is the CLI's
        self.environment = {
            "AWS_ENDPOINT_URL": aws.endpoint, "AWS_DEFAULT_REGION": REGION, "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test", "AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true", "AWS_PAGER": "", "AWS_MAX_ATTEMPTS": "1",
        }
        for name, value in self.environment.items():
            monkeypatch.setenv(name, value)
        self.models = create_clidriver().session.get_component("data_loader")

    def __call__(self, command: str) -> Any:
        code, out, err = self.run(command)
        assert code == 0, f"aws {command}: {err}"
        return json.loads(out) if out.strip() else None

    def refused(self, command: str) -> str:
        code, _, err = self.run(command)
        assert code != 0, f"aws {command} was to be refused"
        return err

    def run(self, command: str) -> tuple[int, str, str]:
        out, err = io.StringIO(), io.StringIO()
        driver = create_clidriver()  # a new one each time: it remembers arguments; the API models are read once
        driver.session.register_component("data_loader", self.models)
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = driver.main([*shlex.split(command), "--output", "json"])
        return code, out.getvalue(), err.getvalue()

    def wait(self, seconds: float, *waiters: str) -> None:
        """Lets AWS time pass; then the CLI's own waiters find what they wait for."""
        self.aws.advance(seconds)
        for waiter in waiters:
            self(waiter)


def test_the_stack_by_hand(aws, monkeypatch):
    cli = Cli(aws, monkeypatch)
    ids = network(cli)
    endpoints(cli, ids)
    balancer(cli, ids)
    service(cli, ids)
    api(cli, ids)
    names(cli, ids)
    peering(cli, ids)
    call_from_the_peer(aws, ids)
    impolite(cli, ids)
    take_down(cli, ids)
    assert aws.left() == [] and aws.control("GET", "/changed") == []


def test_the_command_itself(aws, monkeypatch):
    cli = Cli(aws, monkeypatch)
    words = [sys.executable, "-m", "awscli", "ec2", "describe-vpcs", "--vpc-ids", PEER, "--query", "Vpcs[].CidrBlock"]
    done = subprocess.run(words, env={**os.environ, **cli.environment}, capture_output=True, text=True, timeout=60)
    assert json.loads(done.stdout) == ["10.4.0.0/16"]


# ---- up


def network(aws: Cli) -> dict:
    vpc = aws("ec2 create-vpc --cidr-block 10.1.0.0/16 --tag-specifications"
              " ResourceType=vpc,Tags=[{Key=Name,Value=poc}] --query Vpc.VpcId")
    aws.wait(10, f"ec2 wait vpc-available --vpc-ids {vpc}")
    aws(f"ec2 modify-vpc-attribute --vpc-id {vpc} --enable-dns-support")
    aws(f"ec2 modify-vpc-attribute --vpc-id {vpc} --enable-dns-hostnames")
    subnets = [
        aws(f"ec2 create-subnet --vpc-id {vpc} --cidr-block 10.1.{number}.0/24 --availability-zone {REGION}{zone}"
            " --query Subnet.SubnetId")
        for number, zone in ((1, "a"), (2, "c"))
    ]
    aws.wait(10, f"ec2 wait subnet-available --subnet-ids {' '.join(subnets)}")
    table = aws(f"ec2 create-route-table --vpc-id {vpc} --query RouteTable.RouteTableId")
    for subnet in subnets:
        aws(f"ec2 associate-route-table --route-table-id {table} --subnet-id {subnet}")
    ids = {"vpc": vpc, "subnets": subnets, "table": table}
    for name, port in (("endpoints", 443), ("tasks", 80)):
        group = ids[name] = aws(f"ec2 create-security-group --group-name {name} --description {name} --vpc-id {vpc}"
                                " --query GroupId")
        for cidr in ("10.1.0.0/16", "10.4.0.0/16") if port == 443 else ("10.1.0.0/16",):
            aws(f"ec2 authorize-security-group-ingress --group-id {group} --protocol tcp --port {port} --cidr {cidr}")
    return ids


def endpoints(aws: Cli, ids: dict) -> None:
    def create(service: str, more: str) -> str:
        return aws(f"ec2 create-vpc-endpoint --vpc-id {ids['vpc']} --service-name com.amazonaws.{REGION}.{service} {more}"
                   " --query VpcEndpoint.VpcEndpointId")

    inside = (f"--vpc-endpoint-type Interface --subnet-ids {' '.join(ids['subnets'])}"
              f" --security-group-ids {ids['endpoints']}")
    ids["vpces"] = [create("s3", f"--vpc-endpoint-type Gateway --route-table-ids {ids['table']}")]
    ids["vpces"] += [create(service, inside) for service in ("ecr.api", "ecr.dkr", "logs")]
    ids["entry"] = create("execute-api", f"{inside} --no-private-dns-enabled")
    ids["vpces"].append(ids["entry"])
    aws.wait(80)
    states = aws(f"ec2 describe-vpc-endpoints --filters Name=vpc-id,Values={ids['vpc']} --query VpcEndpoints[].State")
    assert states == ["available"] * 5


def balancer(aws: Cli, ids: dict) -> None:
    ids["nlb"] = aws("elbv2 create-load-balancer --name web --type network --scheme internal"
                     f" --subnets {' '.join(ids['subnets'])} --query LoadBalancers[0].LoadBalancerArn")
    ids["group"] = aws(f"elbv2 create-target-group --name web --protocol TCP --port 80 --vpc-id {ids['vpc']}"
                       " --target-type ip --query TargetGroups[0].TargetGroupArn")
    aws(f"elbv2 modify-target-group-attributes --target-group-arn {ids['group']}"
        " --attributes Key=deregistration_delay.timeout_seconds,Value=10")
    aws(f"elbv2 create-listener --load-balancer-arn {ids['nlb']} --protocol TCP --port 80"
        f" --default-actions Type=forward,TargetGroupArn={ids['group']}")
    aws.wait(180, f"elbv2 wait load-balancer-available --load-balancer-arns {ids['nlb']}")


def service(aws: Cli, ids: dict) -> None:
    trust = {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
    ids["role"] = aws(f"iam create-role --role-name execution --query Role.Arn"
                      f" --assume-role-policy-document {shlex.quote(json.dumps(trust))}")
    aws(f"iam attach-role-policy --role-name execution --policy-arn {EXECUTION_POLICY}")
    aws.wait(10, "iam wait role-exists --role-name execution")
    aws("logs create-log-group --log-group-name /web")
    aws("ecs create-cluster --cluster-name main")
    container = {"name": "web", "image": IMAGE, "portMappings": [{"containerPort": 80}], "logConfiguration": {
        "logDriver": "awslogs", "options": {
            "awslogs-group": "/web", "awslogs-region": REGION, "awslogs-stream-prefix": "web"}}}
    ids["definition"] = aws(
        "ecs register-task-definition --family web --requires-compatibilities FARGATE --network-mode awsvpc --cpu 256"
        f" --memory 512 --execution-role-arn {ids['role']} --query taskDefinition.taskDefinitionArn"
        f" --container-definitions {shlex.quote(json.dumps([container]))}")
    aws("ecs create-service --cluster main --service-name web --task-definition web --desired-count 2 --launch-type FARGATE"
        f" --network-configuration awsvpcConfiguration={{subnets=[{','.join(ids['subnets'])}],"
        f"securityGroups=[{ids['tasks']}]}}"
        f" --load-balancers targetGroupArn={ids['group']},containerName=web,containerPort=80")
    aws.wait(300, "ecs wait services-stable --cluster main --services web",
             f"elbv2 wait target-in-service --target-group-arn {ids['group']}")


def api(aws: Cli, ids: dict) -> None:
    dns = aws(f"elbv2 describe-load-balancers --load-balancer-arns {ids['nlb']} --query LoadBalancers[0].DNSName")
    outside = {**EVERYBODY, "Effect": "Deny", "Condition": {"StringNotEquals": {"aws:SourceVpce": ids["entry"]}}}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [EVERYBODY, outside]})
    made = aws(f"apigateway create-rest-api --name web --policy {shlex.quote(policy)}"
               f" --endpoint-configuration types=PRIVATE,vpcEndpointIds={ids['entry']}")
    ids["api"], root = made["id"], made["rootResourceId"]
    ids["link"] = aws(f"apigateway create-vpc-link --name web --target-arns {ids['nlb']} --query id")
    on = f"--rest-api-id {ids['api']} --resource-id {root} --http-method GET"
    aws(f"apigateway put-method {on} --authorization-type NONE")
    aws(f"apigateway put-integration {on} --type HTTP_PROXY --integration-http-method GET --uri http://{dns}/"
        " --connection-type VPC_LINK --connection-id '${stageVariables.link}'")
    aws.wait(200)
    assert aws(f"apigateway get-vpc-link --vpc-link-id {ids['link']} --query status") == "AVAILABLE"
    aws(f"apigateway create-deployment --rest-api-id {ids['api']} --stage-name live --variables link={ids['link']}")
    aws.wait(5)
    tested = aws(f"apigateway test-invoke-method {on} --stage-variables link={ids['link']}")
    assert (tested["status"], tested["body"]) == (200, ANSWER)


def names(aws: Cli, ids: dict) -> None:
    name = ids["name"] = f"{ids['api']}.execute-api.{REGION}.amazonaws.com"
    zone = aws(f"route53 create-hosted-zone --name {name} --caller-reference {name}"
               f" --vpc VPCRegion={REGION},VPCId={ids['vpc']}")
    ids["zone"] = zone["HostedZone"]["Id"]
    aws(f"route53 associate-vpc-with-hosted-zone --hosted-zone-id {ids['zone']} --vpc VPCRegion={REGION},VPCId={PEER}")
    entry = aws(f"ec2 describe-vpc-endpoints --vpc-endpoint-ids {ids['entry']} --query VpcEndpoints[0].DnsEntries[0]")
    ids["record"] = {"Name": name, "Type": "A", "AliasTarget": {
        "HostedZoneId": entry["HostedZoneId"], "DNSName": entry["DnsName"], "EvaluateTargetHealth": False}}
    change = aws(f"{record_change(ids, 'CREATE')} --query ChangeInfo.Id")
    aws.wait(80, f"route53 wait resource-record-sets-changed --id {change}")


def record_change(ids: dict, action: str) -> str:
    batch = json.dumps({"Changes": [{"Action": action, "ResourceRecordSet": ids["record"]}]})
    return f"route53 change-resource-record-sets --hosted-zone-id {ids['zone']} --change-batch {shlex.quote(batch)}"


def peering(aws: Cli, ids: dict) -> None:
    ids["pcx"] = aws(f"ec2 create-vpc-peering-connection --vpc-id {ids['vpc']} --peer-vpc-id {PEER}"
                     " --query VpcPeeringConnection.VpcPeeringConnectionId")
    aws(f"ec2 wait vpc-peering-connection-exists --vpc-peering-connection-ids {ids['pcx']}")
    aws(f"ec2 accept-vpc-peering-connection --vpc-peering-connection-id {ids['pcx']}")
    aws.wait(5)
    theirs = aws(f"ec2 describe-route-tables --filters Name=vpc-id,Values={PEER} --query RouteTables[].RouteTableId")
    ids["routes"] = [(ids["table"], "10.4.0.0/16"), *((table, "10.1.0.0/16") for table in theirs)]
    for table, to in ids["routes"]:
        aws(f"ec2 create-route --route-table-id {table} --destination-cidr-block {to}"
            f" --vpc-peering-connection-id {ids['pcx']}")


# ---- use


def call_from_the_peer(aws, ids: dict) -> None:
    """By the control API, which tells the way, and over HTTPS as curl does it with the line that `make run` prints."""
    url = f"https://{ids['name']}/live/"
    answer = aws.control("POST", "/invoke", {"vpc": PEER, "url": url})
    assert (answer["status"], answer["body"]) == (200, ANSWER), answer
    assert aws.control("POST", "/invoke", {"vpc": PEER, "url": url.replace("https", "http")})["stoppedAt"] == "scheme"
    ready = aws.sandbox.ready()
    caller = Client(PEER, ())
    assert get(url, caller, ready["dataPlane"], ready["ca"]) == (200, ANSWER)
    if shutil.which("curl"):
        line = curl(url, caller, ready["dataPlane"], ready["ca"])
        done = subprocess.run(shlex.split(line) + ["--silent"], capture_output=True, text=True, timeout=30)
        assert done.stdout == ANSWER, done.stderr


def impolite(aws: Cli, ids: dict) -> None:
    """What is in use stays (each refusal has its own test and source elsewhere)."""
    for command, code in (
        (f"ec2 delete-vpc --vpc-id {ids['vpc']}", "DependencyViolation"),
        (f"ec2 delete-subnet --subnet-id {ids['subnets'][0]}", "DependencyViolation"),
        (f"ec2 delete-security-group --group-id {ids['tasks']}", "DependencyViolation"),
        (f"elbv2 delete-load-balancer --load-balancer-arn {ids['nlb']}", "ResourceInUse"),
        (f"elbv2 delete-target-group --target-group-arn {ids['group']}", "ResourceInUse"),
        (f"route53 delete-hosted-zone --id {ids['zone']}", "HostedZoneNotEmpty"),
        ("ecs delete-cluster --cluster main", "ClusterContainsServicesException"),
        ("iam delete-role --role-name execution", "DeleteConflict"),
    ):
        assert code in aws.refused(command)


# ---- down


def take_down(aws: Cli, ids: dict) -> None:
    aws(record_change(ids, "DELETE"))
    aws(f"route53 delete-hosted-zone --id {ids['zone']}")
    for table, to in ids["routes"]:
        aws(f"ec2 delete-route --route-table-id {table} --destination-cidr-block {to}")
    aws(f"ec2 delete-vpc-peering-connection --vpc-peering-connection-id {ids['pcx']}")
    aws(f"apigateway delete-stage --rest-api-id {ids['api']} --stage-name live")
    aws(f"apigateway delete-vpc-link --vpc-link-id {ids['link']}")
    aws(f"apigateway delete-rest-api --rest-api-id {ids['api']}")
    aws("ecs update-service --cluster main --service web --desired-count 0")
    aws("ecs delete-service --cluster main --service web")
    aws.wait(50)
    aws(f"elbv2 delete-load-balancer --load-balancer-arn {ids['nlb']}")
    aws.wait(250, f"elbv2 wait load-balancers-deleted --load-balancer-arns {ids['nlb']}",
             "ecs wait services-inactive --cluster main --services web")
    aws(f"elbv2 delete-target-group --target-group-arn {ids['group']}")
    aws(f"ecs deregister-task-definition --task-definition {ids['definition']}")
    aws(f"ecs delete-task-definitions --task-definitions {ids['definition']}")
    aws("ecs delete-cluster --cluster main")
    aws(f"iam detach-role-policy --role-name execution --policy-arn {EXECUTION_POLICY}")
    aws("iam delete-role --role-name execution")
    aws("logs delete-log-group --log-group-name /web")
    aws(f"ec2 delete-vpc-endpoints --vpc-endpoint-ids {' '.join(ids['vpces'])}")
    aws.wait(250)
    for group in (ids["endpoints"], ids["tasks"]):
        aws(f"ec2 delete-security-group --group-id {group}")
    for subnet in ids["subnets"]:
        aws(f"ec2 delete-subnet --subnet-id {subnet}")
    aws(f"ec2 delete-route-table --route-table-id {ids['table']}")
    aws(f"ec2 delete-vpc --vpc-id {ids['vpc']}")
    assert aws("sts get-caller-identity --query Account") == ACCOUNT
