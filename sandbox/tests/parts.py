"""Small pieces of a network that tests of several services stand on."""

from __future__ import annotations

from dataclasses import dataclass

ZONES = ("ap-northeast-1a", "ap-northeast-1c")


@dataclass
class Network:
    vpc: str
    subnets: list[str]
    group: str


def network(aws, second: int = 1) -> Network:
    """A VPC 10.<second>.0.0/16 with DNS names on, a subnet in each of two zones, and a group."""
    ec2 = aws.client("ec2")
    vpc = ec2.create_vpc(CidrBlock=f"10.{second}.0.0/16")["Vpc"]["VpcId"]
    ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.{second}.{number}.0/24", AvailabilityZone=zone)["Subnet"]["SubnetId"]
        for number, zone in enumerate(ZONES, 1)
    ]
    group = ec2.create_security_group(VpcId=vpc, GroupName="parts", Description="of a test")["GroupId"]
    return Network(vpc, subnets, group)


def load_balancer(aws, subnets: list[str], name: str = "nlb") -> dict:
    """An internal Network Load Balancer, still provisioning."""
    made = aws.client("elbv2").create_load_balancer(Name=name, Type="network", Scheme="internal", Subnets=subnets)
    return made["LoadBalancers"][0]
