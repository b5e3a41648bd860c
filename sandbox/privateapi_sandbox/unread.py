"""Parameters of calls that the sandbox simulates without them: a call that sets one is refused, not half done."""

from __future__ import annotations

from .errors import not_simulated
from .service import Call

INTERFACE = ("AssociatePublicIpAddress", "AssociatedSubnetIds", "Attachment", "ConnectionTrackingSpecification",
             "EnablePrimaryIpv6", "EnaSrdSpecification", "InterfaceType", "Ipv4PrefixCount", "Ipv4Prefixes",
             "Ipv6AddressCount", "Ipv6Addresses", "Ipv6PrefixCount", "Ipv6Prefixes", "Operator",
             "SecondaryPrivateIpAddressCount", "SourceDestCheck")
ROUTE = ("CoreNetworkArn", "LocalTarget", "OdbNetworkArn")
SERVICE = ("gatewayConnectors", "monitoring", "serviceConnectConfiguration", "volumeConfigurations", "vpcLatticeConfigurations")
LISTENER = ("AlpnPolicy", "Certificates", "MutualAuthentication", "SslPolicy")
RESOLVER = ("Dns64Enabled", "Ipv6InternetAccessEnabled", "OutpostArn", "PreferredInstanceType", "RniEnhancedMetricsEnabled",
            "TargetNameServerMetricsEnabled", "UpdateIpAddresses")

UNREAD: dict[str, dict[str, tuple[str, ...]]] = {
    "apigateway": {
        "CreateDeployment": ("canarySettings",), "CreateStage": ("canarySettings",), "CreateRestApi": ("endpointAccessMode",),
    },
    "ec2": {
        "AssociateRouteTable": ("PublicIpv4Pool",), "CreateNetworkInterface": INTERFACE, "CreateRoute": ROUTE,
        "CreateVpcEndpoint": ("ResourceConfigurationArn", "ServiceNetworkArn", "SubnetConfigurations"),
        "CreateVpcPeeringConnection": ("RequesterPeeringConnectionOptions",), "ModifyNetworkInterfaceAttribute": INTERFACE,
        "ModifyVpcEndpoint": ("SubnetConfigurations",), "ReplaceRoute": ROUTE,
    },
    "ecs": {
        "CreateCluster": ("serviceConnectDefaults",), "CreateService": SERVICE,
        "RegisterTaskDefinition": ("trustedExecutionConfiguration",),
        "UpdateCluster": ("serviceConnectDefaults",), "UpdateService": SERVICE,
    },
    "elbv2": {
        "CreateListener": LISTENER, "CreateLoadBalancer": ("CustomerOwnedIpv4Pool", "IpamPools"),
        "CreateTargetGroup": ("ProtocolVersion", "TargetControlPort"), "ModifyListener": LISTENER,
    },
    "iam": {"CreateServiceLinkedRole": ("CustomSuffix",)},
    "route53": {"CreateHostedZone": ("DelegationSetId",)},
    "route53resolver": {
        "CreateResolverEndpoint": RESOLVER, "CreateResolverRule": ("DelegationRecord",), "UpdateResolverEndpoint": RESOLVER,
    },
    "sqs": {"ReceiveMessage": ("ReceiveRequestAttemptId",)},
}


def refuse(call: Call) -> None:
    """Raises AwsError (501, NotImplemented) that names the parameter; one that is false or empty asks for nothing."""
    for name in UNREAD.get(call.service, {}).get(call.operation, ()):
        if call.params.get(name):
            raise not_simulated(call.service, f"{call.operation} with {name}")
