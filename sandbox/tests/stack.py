"""The whole stack, built with boto3 as a person would: what tests of services, load balancers and the data plane need."""

from __future__ import annotations

import json
from typing import Any

ACCOUNT, REGION = "123456789012", "ap-northeast-1"
IMAGE = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/poc_web:web"
PEER = "vpc-0123456789abcdef0"
ANSWER = '{"a":1,"b":2,"c":3,"d":4,"e":5}'
EXECUTION_POLICY = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"


class Stack:
    """Grows part by part; ids are attributes once their part is there. `aws.advance` lets AWS time pass."""

    def __init__(self, aws: Any, cidr: str = "10.1.0.0/16") -> None:
        self.aws = aws
        self.cidr = cidr
        self.ec2, self.elbv2, self.ecs = aws.client("ec2"), aws.client("elbv2"), aws.client("ecs")
        self.iam, self.logs, self.api = aws.client("iam"), aws.client("logs"), aws.client("apigateway")

    # ---- network ----

    def network(self) -> Stack:
        base = self.cidr.rsplit(".", 2)[0]
        self.vpc = self.ec2.create_vpc(CidrBlock=self.cidr)["Vpc"]["VpcId"]
        self.aws.advance(10)
        for attribute in ("EnableDnsSupport", "EnableDnsHostnames"):
            self.ec2.modify_vpc_attribute(VpcId=self.vpc, **{attribute: {"Value": True}})
        self.subnets = [
            self.ec2.create_subnet(VpcId=self.vpc, CidrBlock=f"{base}.{n}.0/24", AvailabilityZone=zone)["Subnet"]["SubnetId"]
            for n, zone in ((1, f"{REGION}a"), (2, f"{REGION}c"))
        ]
        self.table = self.ec2.create_route_table(VpcId=self.vpc)["RouteTable"]["RouteTableId"]
        self.aws.advance(10)
        for subnet in self.subnets:
            self.ec2.associate_route_table(RouteTableId=self.table, SubnetId=subnet)
        self.endpoint_group = self.group("endpoints", 443, [self.cidr, "10.4.0.0/16"])
        self.task_group = self.group("tasks", 80, [self.cidr])
        return self

    def group(self, name: str, port: int, cidrs: list[str], protocol: str = "tcp") -> str:
        group = self.ec2.create_security_group(GroupName=name, Description=name, VpcId=self.vpc)["GroupId"]
        ranges = [{"CidrIp": cidr} for cidr in cidrs]
        self.ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[
            {"IpProtocol": protocol, "FromPort": port, "ToPort": port, "IpRanges": ranges}])
        return group

    def endpoints(self, *services: str) -> Stack:
        self.endpoint = {}
        for service in services or ("ecr.api", "ecr.dkr", "logs", "s3", "execute-api"):
            where = {"VpcEndpointType": "Gateway", "RouteTableIds": [self.table]} if service == "s3" else {
                "VpcEndpointType": "Interface", "SubnetIds": self.subnets, "SecurityGroupIds": [self.endpoint_group],
                "PrivateDnsEnabled": service != "execute-api"}
            made = self.ec2.create_vpc_endpoint(VpcId=self.vpc, ServiceName=f"com.amazonaws.{REGION}.{service}", **where)
            self.endpoint[service] = made["VpcEndpoint"]["VpcEndpointId"]
        return self

    # ---- load balancer ----

    def load_balancer(self, **more: Any) -> Stack:
        made = self.elbv2.create_load_balancer(Name="web", Type="network", Scheme="internal", Subnets=self.subnets, **more)
        self.balancer = made["LoadBalancers"][0]
        self.balancer_arn = self.balancer["LoadBalancerArn"]
        made = self.elbv2.create_target_group(Name="web", Protocol="TCP", Port=80, VpcId=self.vpc, TargetType="ip")
        self.target_group = made["TargetGroups"][0]["TargetGroupArn"]
        self.elbv2.modify_target_group_attributes(TargetGroupArn=self.target_group, Attributes=[
            {"Key": "deregistration_delay.timeout_seconds", "Value": "10"}])
        self.listener = self.elbv2.create_listener(
            LoadBalancerArn=self.balancer_arn, Protocol="TCP", Port=80,
            DefaultActions=[{"Type": "forward", "TargetGroupArn": self.target_group}])["Listeners"][0]["ListenerArn"]
        return self

    def health(self) -> list[str]:
        shown = self.elbv2.describe_target_health(TargetGroupArn=self.target_group)["TargetHealthDescriptions"]
        return sorted(target["TargetHealth"]["State"] for target in shown)

    # ---- service ----

    def roles(self) -> Stack:
        trust = {"Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
        made = self.iam.create_role(RoleName="execution", AssumeRolePolicyDocument=json.dumps(trust))
        self.role = made["Role"]["Arn"]
        self.iam.attach_role_policy(RoleName="execution", PolicyArn=EXECUTION_POLICY)
        self.logs.create_log_group(logGroupName="/web")
        self.ecs.create_cluster(clusterName="main")
        self.aws.advance(60)
        return self

    def definition(self, image: str = IMAGE, **more: Any) -> str:
        container = {
            "name": "web", "image": image, "portMappings": [{"containerPort": 80}],
            "logConfiguration": {"logDriver": "awslogs", "options": {
                "awslogs-group": "/web", "awslogs-region": REGION, "awslogs-stream-prefix": "web"}},
        }
        made = self.ecs.register_task_definition(
            family="web", requiresCompatibilities=["FARGATE"], networkMode="awsvpc", cpu="256", memory="512",
            executionRoleArn=self.role, containerDefinitions=[container], **more)
        return made["taskDefinition"]["taskDefinitionArn"]

    def service_request(self, image: str = IMAGE, **more: Any) -> dict:
        return {
            "cluster": "main", "serviceName": "web", "taskDefinition": self.definition(image), "desiredCount": 2,
            "launchType": "FARGATE",
            "networkConfiguration": {"awsvpcConfiguration": {
                "subnets": self.subnets, "securityGroups": [self.task_group]}},
            "loadBalancers": [{"targetGroupArn": self.target_group, "containerName": "web", "containerPort": 80}],
            **more,
        }

    def service(self, image: str = IMAGE, **more: Any) -> Stack:
        self.ecs.create_service(**self.service_request(image, **more))
        return self

    def described(self) -> dict:
        return self.ecs.describe_services(cluster="main", services=["web"], include=["TAGS"])["services"][0]

    def tasks(self, status: str = "RUNNING") -> list[dict]:
        arns = self.ecs.list_tasks(cluster="main", serviceName="web", desiredStatus=status)["taskArns"]
        return self.ecs.describe_tasks(cluster="main", tasks=arns)["tasks"] if arns else []

    def messages(self) -> list[str]:
        return [event["message"] for event in self.described()["events"]]

    # ---- API ----

    def rest_api(self) -> Stack:
        self.api_id = self.api.create_rest_api(name="web", endpointConfiguration={
            "types": ["PRIVATE"], "vpcEndpointIds": [self.endpoint["execute-api"]]})["id"]
        self.link = self.api.create_vpc_link(name="web", targetArns=[self.balancer_arn])["id"]
        root = self.api.get_resources(restApiId=self.api_id)["items"][0]["id"]
        self.root = root
        self.api.put_method(restApiId=self.api_id, resourceId=root, httpMethod="GET", authorizationType="NONE")
        self.api.put_integration(
            restApiId=self.api_id, resourceId=root, httpMethod="GET", type="HTTP_PROXY", integrationHttpMethod="GET",
            connectionType="VPC_LINK", connectionId=self.link, uri=f"http://{self.balancer['DNSName']}/")
        return self.policy([allow(), deny("StringNotEquals", "aws:SourceVpce", self.endpoint["execute-api"])])

    def policy(self, statements: list[dict]) -> Stack:
        """Sets the resource policy and deploys."""
        document = json.dumps({"Version": "2012-10-17", "Statement": statements})
        self.api.update_rest_api(restApiId=self.api_id, patchOperations=[
            {"op": "replace", "path": "/policy", "value": document}])
        self.api.create_deployment(restApiId=self.api_id, stageName="live")
        self.aws.advance(10)
        return self

    # ---- consumers ----

    def zone(self, *vpcs: str) -> Stack:
        """A private zone of the API's name with an alias to the endpoint, associated with the VPCs."""
        route53 = self.aws.client("route53")
        name = f"{self.api_id}.execute-api.{REGION}.amazonaws.com"
        self.zone_id = route53.create_hosted_zone(
            Name=name, CallerReference=name, VPC={"VPCRegion": REGION, "VPCId": vpcs[0]})["HostedZone"]["Id"]
        for vpc in vpcs[1:]:
            route53.associate_vpc_with_hosted_zone(HostedZoneId=self.zone_id, VPC={"VPCRegion": REGION, "VPCId": vpc})
        entry = self.ec2.describe_vpc_endpoints(
            VpcEndpointIds=[self.endpoint["execute-api"]])["VpcEndpoints"][0]["DnsEntries"][0]
        alias = {"HostedZoneId": entry["HostedZoneId"], "DNSName": entry["DnsName"], "EvaluateTargetHealth": False}
        record = {"Name": name, "Type": "A", "AliasTarget": alias}
        route53.change_resource_record_sets(HostedZoneId=self.zone_id, ChangeBatch={
            "Changes": [{"Action": "CREATE", "ResourceRecordSet": record}]})
        self.aws.advance(120)
        return self

    def peer(self) -> Stack:
        made = self.ec2.create_vpc_peering_connection(VpcId=self.vpc, PeerVpcId=PEER)
        self.peering = made["VpcPeeringConnection"]["VpcPeeringConnectionId"]
        self.aws.advance(10)
        self.ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=self.peering)
        self.aws.advance(10)
        self.ec2.create_route(RouteTableId=self.table, DestinationCidrBlock="10.4.0.0/16",
                              VpcPeeringConnectionId=self.peering)
        tables = self.ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [PEER]}])["RouteTables"]
        self.peer_tables = [table["RouteTableId"] for table in tables]
        for table in self.peer_tables:
            self.ec2.create_route(RouteTableId=table, DestinationCidrBlock=self.cidr, VpcPeeringConnectionId=self.peering)
        return self

    @property
    def url(self) -> str:
        return f"https://{self.api_id}.execute-api.{REGION}.amazonaws.com/live/"

    def invoke(self, vpc: str | None = None, **more: Any) -> dict:
        return self.aws.control("POST", "/invoke", {"vpc": vpc or self.vpc, "url": self.url, **more})

    def all(self) -> Stack:
        """Everything, running and reachable from its own VPC and the peer's."""
        self.network().endpoints().load_balancer().roles()
        self.aws.advance(400)
        self.service()
        self.aws.advance(400)
        self.rest_api()
        self.aws.advance(250)
        return self.peer().zone(self.vpc, PEER)


def allow() -> dict:
    return {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/*"}


def deny(operator: str, key: str, value: Any) -> dict:
    return {**allow(), "Effect": "Deny", "Condition": {operator: {key: value}}}
