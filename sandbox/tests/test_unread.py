"""No parameter of a call that changes something is passed over in silence: it is read, or a call that sets it is refused."""

from __future__ import annotations

import inspect
import re
import sys
from pathlib import Path

import botocore.session
import pytest
from parts import network

from privateapi_sandbox.unread import UNREAD

READING = re.compile("Describe|Get|List|Test")
# A document in which there is nothing to warn of: what is unknown in it is refused anyhow.
HARMLESS = {("apigateway", "PutRestApi", "failOnWarnings"), ("apigateway", "ImportRestApi", "failOnWarnings"),
            ("ec2", "*", "DryRun")}  # read once for all calls


def words(service) -> set[str]:
    """Every word in the modules of a service."""
    file = Path(inspect.getfile(type(service)))
    files = file.parent.glob("*.py") if file.name == "__init__.py" else [file]
    shared = Path(sys.modules["privateapi_sandbox.services.own"].__file__)
    return {word for one in (*files, shared) for word in re.findall(r"\w+", one.read_text())}


def test_every_parameter_is_read_or_refused(shared):
    session = botocore.session.get_session()
    silent = []
    for service in shared.sandbox.world.services.values():
        operations = {operation for operation, _ in service.hooks("instead")} if service.has_api else set()
        model = session.get_service_model(service.name) if operations else None
        for operation in sorted(operations):
            if READING.match(operation) or operation not in model.operation_names:
                continue
            shape = model.operation_model(operation).input_shape
            read = words(service) | set(UNREAD.get(service.name, {}).get(operation, ()))
            silent += [(service.name, operation, name) for name in (shape.members if shape else ()) if name not in read]
    assert [one for one in silent if one not in HARMLESS and (one[0], "*", one[2]) not in HARMLESS] == []


def test_the_table_knows_parameters_that_exist():
    session = botocore.session.get_session()
    for service, operations in UNREAD.items():
        model = session.get_service_model(service)
        for operation in operations:
            known = set(model.operation_model(operation).input_shape.members)
            assert set(operations[operation]) & known, f"{service}:{operation}"


@pytest.mark.parametrize(("service", "call", "params", "name"), [
    ("ec2", "create_network_interface", {"SubnetId": "subnet-0", "SecondaryPrivateIpAddressCount": 1},
     "SecondaryPrivateIpAddressCount"),
    ("ec2", "create_vpc_endpoint", {"VpcId": "vpc-0", "SubnetConfigurations": [{"SubnetId": "subnet-0", "Ipv4": "10.1.1.9"}]},
     "SubnetConfigurations"),
    ("elbv2", "create_listener", {"LoadBalancerArn": "a", "DefaultActions": [], "SslPolicy": "x"}, "SslPolicy"),
    ("ecs", "create_service", {"serviceName": "a", "serviceConnectConfiguration": {"enabled": True}},
     "serviceConnectConfiguration"),
])
def test_a_call_that_sets_one_is_refused_by_its_name(aws, refused, service, call, params, name):
    said = refused(getattr(aws.client(service), call), **params)
    assert said.startswith("NotImplemented") and said.endswith(f"with {name}")


def test_what_is_none_or_off_asks_for_nothing(aws):
    subnet = network(aws).subnets[0]
    aws.client("ec2").create_network_interface(SubnetId=subnet, SecondaryPrivateIpAddressCount=0, Ipv6Addresses=[])
