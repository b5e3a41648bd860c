"""The data plane: what clients in VPCs get from the private API, and at which hop they are stopped.

Sources: API Gateway Developer Guide, "Private REST APIs" (invoking, resource policies, gateway responses); Route 53
Developer Guide (private zones, Resolver); VPC Peering Guide; User Guide for Network Load Balancers."""

from __future__ import annotations

import http.client
import json
import socket
import ssl
import urllib.error
import urllib.request

import pytest

from stack import ANSWER, PEER, REGION, Stack, allow, deny


@pytest.fixture
def stack(aws):
    return Stack(aws).all()


def stopped(answer: dict) -> tuple:
    return answer["stoppedAt"], answer["status"]


def test_answers_its_own_vpc_and_the_peer(stack):
    """The goal of it all: the task's JSON, in both VPCs, by the API's own name; the hops tell the way."""
    for vpc in (stack.vpc, PEER):
        answer = stack.invoke(vpc)
        assert (answer["status"], answer["body"], answer["stoppedAt"]) == (200, ANSWER, None), answer
        assert [hop.partition(":")[0] for hop in answer["hops"]] == [
            "name", "endpoint", "api", "method", "vpc-link", "listener", "target", "task"]


def test_the_endpoints_own_names_need_no_zone(stack):
    """"How to invoke a private API": `<api>-<vpce>` resolves everywhere once associated; or the endpoint's name with the
    API's in the Host or x-apigw-api-id header."""
    endpoint = stack.endpoint["execute-api"]
    own = f"https://{stack.api_id}-{endpoint}.execute-api.{REGION}.amazonaws.com/live/"
    assert stack.invoke(PEER, url=own)["body"] == ANSWER
    shown = stack.ec2.describe_vpc_endpoints(VpcEndpointIds=[endpoint])["VpcEndpoints"][0]
    url = f"https://{shown['DnsEntries'][0]['DnsName']}/live/"
    for headers in ({"Host": f"{stack.api_id}.execute-api.{REGION}.amazonaws.com"}, {"x-apigw-api-id": stack.api_id}):
        assert stack.invoke(PEER, url=url, headers=headers)["body"] == ANSWER
    assert stopped(stack.invoke(PEER, url=url)) == ("api", 403)


def test_http_is_refused(stack):
    """"API Gateway … supports only HTTPS"."""
    assert stopped(stack.invoke(url=stack.url.replace("https", "http"))) == ("scheme", None)


# ---- names ----


def test_without_the_zone_the_name_leads_to_the_internet(stack):
    """Public DNS answers with API Gateway's public addresses, which a closed VPC does not reach."""
    stack.aws.client("route53").disassociate_vpc_from_hosted_zone(
        HostedZoneId=stack.zone_id, VPC={"VPCRegion": REGION, "VPCId": PEER})
    stack.aws.advance(120)
    assert stopped(stack.invoke(PEER)) == ("route", None)
    assert stack.invoke(stack.vpc)["status"] == 200


def test_private_dns_of_an_endpoint_shadows_the_region(stack):
    """PrivateLink: private DNS of an execute-api endpoint answers for all APIs in its VPC, zones of single APIs first."""
    stack.ec2.modify_vpc_endpoint(VpcEndpointId=stack.endpoint["execute-api"], PrivateDnsEnabled=True)
    stack.aws.advance(120)
    assert "private zone" in stack.invoke()["hops"][0]
    other = stack.invoke(url=f"https://abcdefghij.execute-api.{REGION}.amazonaws.com/live/")
    assert "private DNS of" in other["hops"][0] and stopped(other) == ("api", 403)


def test_dns_support_off(stack):
    """"DNS attributes": without enableDnsSupport the VPC's Resolver does not answer."""
    stack.ec2.modify_vpc_attribute(VpcId=PEER, EnableDnsSupport={"Value": False})
    assert stopped(stack.invoke(PEER)) == ("name", None)


def resolver(stack) -> list[str]:
    client = stack.aws.client("route53resolver")
    group = stack.group("resolver", 53, ["10.4.0.0/16"], protocol="udp")
    made = client.create_resolver_endpoint(
        CreatorRequestId="in", Direction="INBOUND", SecurityGroupIds=[group],
        IpAddresses=[{"SubnetId": subnet} for subnet in stack.subnets])["ResolverEndpoint"]["Id"]
    stack.resolver_group = group
    stack.aws.advance(150)
    return [a["Ip"] for a in client.list_resolver_endpoint_ip_addresses(ResolverEndpointId=made)["IpAddresses"]]


def test_inbound_resolver_addresses_as_name_servers(stack):
    """"Forwarding inbound DNS queries to your VPCs": /etc/resolv.conf with the endpoint's addresses."""
    ips = resolver(stack)
    stack.aws.client("route53").disassociate_vpc_from_hosted_zone(
        HostedZoneId=stack.zone_id, VPC={"VPCRegion": REGION, "VPCId": PEER})
    stack.aws.advance(120)
    answer = stack.invoke(PEER, nameservers=ips)
    assert answer["body"] == ANSWER and f"name server {ips[0]}" in answer["hops"][0]
    assert "10.1.1.250" in stack.invoke(PEER, nameservers=["10.1.1.250"])["reason"]
    rule = {"IpProtocol": "udp", "FromPort": 53, "ToPort": 53, "IpRanges": [{"CidrIp": "10.4.0.0/16"}]}
    stack.ec2.revoke_security_group_ingress(GroupId=stack.resolver_group, IpPermissions=[rule])
    closed = stack.invoke(PEER, nameservers=ips)
    assert stopped(closed) == ("name", None) and "53/udp" in closed["reason"]


# ---- the way ----


def test_routes_are_needed_in_both_directions(stack):
    """"Update your route tables for a VPC peering connection": in both VPCs, of the subnets concerned."""
    stack.ec2.delete_route(RouteTableId=stack.table, DestinationCidrBlock="10.4.0.0/16")
    back = stack.invoke(PEER)
    assert stopped(back) == ("route", None) and "no route back" in back["reason"]
    for table in stack.peer_tables:
        stack.ec2.delete_route(RouteTableId=table, DestinationCidrBlock="10.1.0.0/16")
    assert stopped(stack.invoke(PEER)) == ("route", None)


def test_a_deleted_peering(stack):
    """Routes over a deleted peering connection are black holes."""
    stack.ec2.delete_vpc_peering_connection(VpcPeeringConnectionId=stack.peering)
    assert stopped(stack.invoke(PEER)) == ("route", None)
    assert stack.invoke(stack.vpc)["status"] == 200


def test_the_endpoints_group_must_let_the_peer_in(stack):
    """Port 443 from the consumer's addresses, not from the VPC's alone."""
    rule = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "10.4.0.0/16"}]}
    stack.ec2.revoke_security_group_ingress(GroupId=stack.endpoint_group, IpPermissions=[rule])
    assert stopped(stack.invoke(PEER)) == ("endpoint-security-group", None)
    assert stack.invoke(stack.vpc)["status"] == 200


# ---- policies ----


@pytest.mark.parametrize(("statements", "own", "peer"), [
    ([allow(), deny("StringNotEquals", "aws:SourceVpce", "vpce-0123456789abcdef0")], 403, 403),
    ([allow(), deny("NotIpAddress", "aws:VpcSourceIp", ["10.1.0.0/16"])], 200, 403),
    ([{**allow(), "Condition": {"StringEquals": {"aws:SourceVpc": "10.4.0.0/16"}}}], 403, 403),
    ([{**allow(), "Resource": "execute-api:/other/*"}], 403, 403),
])
def test_resource_policies(stack, statements, own, peer):
    """"Resource policy examples": SourceVpce, VpcSourceIp; a CIDR under aws:SourceVpc matches nothing."""
    stack.policy(statements)
    answers = [stack.invoke(vpc) for vpc in (stack.vpc, PEER)]
    assert [answer["status"] for answer in answers] == [own, peer]
    for answer in answers:
        if answer["status"] == 403:
            explicit = " with an explicit deny" if len(statements) > 1 else ""
            assert answer["stoppedAt"] == "resource-policy"
            assert json.loads(answer["body"])["Message"] == (
                "User: anonymous is not authorized to perform: execute-api:Invoke on resource: arn:aws:execute-api:"
                f"{REGION}:********9012:{stack.api_id}/live/GET/{explicit}")


def test_the_endpoints_own_policy(stack):
    """"Use VPC endpoint policies for private APIs": it is judged before the API's."""
    stack.ec2.modify_vpc_endpoint(VpcEndpointId=stack.endpoint["execute-api"], PolicyDocument=json.dumps({
        "Version": "2012-10-17", "Statement": [{**allow(), "Effect": "Deny", "Resource": "*"}]}))
    assert stopped(stack.invoke()) == ("endpoint-policy", 403)


# ---- API, stage, method ----


@pytest.mark.parametrize(("path", "method", "hop", "body"), [
    ("/other/", "GET", "api", {"message": "Forbidden"}),
    ("/live/more", "GET", "method", {"message": "Missing Authentication Token"}),
    ("/live/", "POST", "method", {"message": "Missing Authentication Token"}),
])
def test_what_api_gateway_itself_answers(stack, path, method, hop, body):
    """"Gateway response types": 403 Forbidden without such a stage, Missing Authentication Token without such a method."""
    answer = stack.invoke(url=stack.url.replace("/live/", path), method=method)
    assert (stopped(answer), json.loads(answer["body"])) == ((hop, 403), body)


def test_a_change_needs_a_deployment(stack):
    """"Deploying a REST API": what is not deployed is not served."""
    stack.api.put_method(restApiId=stack.api_id, resourceId=stack.root, httpMethod="POST", authorizationType="NONE")
    stack.api.put_integration(restApiId=stack.api_id, resourceId=stack.root, httpMethod="POST", type="MOCK")
    assert stack.invoke(method="POST")["status"] == 403
    stack.api.create_deployment(restApiId=stack.api_id, stageName="live")
    stack.aws.advance(10)
    assert stack.invoke(method="POST")["status"] == 200


# ---- behind the link ----


def test_no_listener_on_the_port(stack):
    """An integration whose port the load balancer does not listen on: 500 Internal server error."""
    stack.elbv2.modify_listener(ListenerArn=stack.listener, Port=81)
    answer = stack.invoke()
    assert (stopped(answer), json.loads(answer["body"])) == (("listener", 500), {"message": "Internal server error"})


def test_no_healthy_target(stack):
    """Scaled to none: nothing to connect to."""
    stack.ecs.update_service(cluster="main", service="web", desiredCount=0)
    stack.aws.advance(60)
    assert stopped(stack.invoke()) == ("target", 500)


def test_targets_that_do_not_answer_time_out(stack):
    """"Target group health": with unhealthy targets only, all are tried (fail open); then 504 Endpoint request timed out."""
    rule = {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "IpRanges": [{"CidrIp": "10.1.0.0/16"}]}
    stack.ec2.revoke_security_group_ingress(GroupId=stack.task_group, IpPermissions=[rule])
    answer = stack.invoke()
    assert (stopped(answer), json.loads(answer["body"])) == (("target", 504), {"message": "Endpoint request timed out"})


def test_test_invoke_needs_neither_name_nor_policy(stack):
    """TestInvokeMethod goes through link, listener and target to the task: a readiness gate, not a consumer's proof."""
    stack.policy([{**allow(), "Effect": "Deny"}])
    assert stack.invoke()["status"] == 403
    answer = stack.api.test_invoke_method(restApiId=stack.api_id, resourceId=stack.root, httpMethod="GET")
    assert (answer["status"], answer["body"]) == (200, ANSWER)


def test_enforced_groups_keep_the_link_out(aws):
    """"Update the security groups": enforcement on PrivateLink traffic is on, and sees addresses of API Gateway's."""
    stack = Stack(aws).network().endpoints()
    stack.load_balancer(SecurityGroups=[stack.task_group]).roles()
    aws.advance(400)
    stack.service()
    aws.advance(400)
    stack.rest_api()
    aws.advance(250)
    stack.zone(stack.vpc)
    assert stopped(stack.invoke()) == ("load-balancer-security-group", 504)
    stack.elbv2.set_security_groups(LoadBalancerArn=stack.balancer_arn, SecurityGroups=[stack.task_group],
                                    EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic="off")
    assert stack.invoke()["body"] == ANSWER


def test_a_v2_link_prepends_the_stage(stack):
    """"VPC links V2 for REST APIs": integrationTarget names the load balancer; the stage is put before the path."""
    v2 = stack.aws.client("apigatewayv2").create_vpc_link(
        Name="web", SubnetIds=stack.subnets, SecurityGroupIds=[stack.endpoint_group])["VpcLinkId"]
    stack.aws.advance(250)
    stack.api.put_integration(
        restApiId=stack.api_id, resourceId=stack.root, httpMethod="GET", type="HTTP_PROXY", integrationHttpMethod="GET",
        connectionType="VPC_LINK", connectionId=v2, integrationTarget=stack.balancer_arn,
        uri=f"http://{stack.balancer['DNSName']}/")
    stack.api.create_deployment(restApiId=stack.api_id, stageName="live")
    stack.aws.advance(10)
    answer = stack.invoke()
    assert (answer["status"], answer["hops"][-1]) == (404, "task: GET /live/")


# ---- the HTTPS listener ----


def https(stack, path: str = "/live/", **headers: str) -> tuple:
    """A client that trusts the sandbox's authority and is told where the name leads, as `curl --resolve` does."""
    ready = stack.aws.sandbox.ready()
    host, port = ready["dataPlane"].split(":")
    name = f"{stack.api_id}.execute-api.{REGION}.amazonaws.com"
    context = ssl.create_default_context(cafile=ready["ca"])
    with socket.create_connection((host, int(port)), 10) as raw, context.wrap_socket(raw, server_hostname=name) as tls:
        connection = http.client.HTTPConnection(name)
        connection.sock = tls
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode(), answer.headers["X-Sandbox-Stopped-At"]


def test_https_with_the_sandboxes_authority(stack):
    """curl --cacert --resolve: the certificate is of the API's name, the client's VPC is the peer unless said."""
    assert https(stack) == (200, ANSWER, None)
    assert https(stack, **{"X-Sandbox-Vpc": stack.vpc}) == (200, ANSWER, None)
    assert https(stack, "/nope/") == (403, '{"message":"Forbidden"}', "api")
    stack.ec2.delete_vpc_peering_connection(VpcPeeringConnectionId=stack.peering)
    assert https(stack)[::2] == (504, "route")


def test_plain_http_on_the_listener_is_refused(stack):
    """Nothing but TLS is spoken there."""
    with pytest.raises((urllib.error.URLError, ConnectionError)):
        urllib.request.urlopen(f"http://{stack.aws.sandbox.ready()['dataPlane']}/live/", timeout=10)
