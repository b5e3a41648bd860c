"""What CreateService and UpdateService refuse, and the defaults they write into a service."""

import copy

from ...errors import AwsError
from ..iam import linked_role
from . import errors

ECS = "ecs.amazonaws.com"
# API reference, DeploymentConfiguration: the defaults of a REPLICA service.
CONFIGURATION = {
    "deploymentCircuitBreaker": {"enable": False, "rollback": False},
    "maximumPercent": 200,
    "minimumHealthyPercent": 100,
    "strategy": "ROLLING",
    "bakeTimeInMinutes": 0,
}


class CreationChecks:
    """Part of the Services mixin."""

    def check_new_service(self, call, p: dict):
        """The task definition to run; raises AwsError where AWS refuses the service."""
        if p.get("launchType", "FARGATE") != "FARGATE" or (p.get("schedulingStrategy") or "REPLICA") != "REPLICA":
            raise AwsError("NotImplemented", "The sandbox simulates REPLICA services on Fargate only", 501)
        if (p.get("deploymentController") or {}).get("type", "ECS") != "ECS":
            raise AwsError("NotImplemented", "The sandbox simulates the deployment controller ECS only", 501)
        if not self.world.iam.assumable(call.account, linked_role(call.account, ECS), ECS):
            raise errors.invalid("Unable to assume the service linked role. Please verify that the ECS service linked "
                                 "role exists.")
        definition = self.usable_definition(call, p["taskDefinition"], p["taskDefinition"])
        self.check_service(call, definition, self.service_settings(p))
        return definition

    def usable_definition(self, call, named: str, given: str | None):
        definition = self.task_definition(call, named)
        if definition is None:
            raise errors.client("TaskDefinition not found.")
        if given and definition.status != "ACTIVE":
            raise errors.client("TaskDefinition is inactive")
        return definition

    def service_settings(self, p: dict) -> dict:
        """The settings of a service with ECS's defaults. AZ rebalancing: "defaults the value to ENABLED" on create."""
        given = {k: v for k, v in (p.get("deploymentConfiguration") or {}).items() if v is not None}
        configuration = {**copy.deepcopy(CONFIGURATION), **given}
        network = copy.deepcopy(p.get("networkConfiguration"))
        if network and network.get("awsvpcConfiguration"):
            network["awsvpcConfiguration"].setdefault("assignPublicIp", "DISABLED")
            network["awsvpcConfiguration"].setdefault("securityGroups", [])
        settings = {
            "launchType": "FARGATE",
            "platformVersion": p.get("platformVersion") or "LATEST",
            "loadBalancers": p.get("loadBalancers") or [],
            "serviceRegistries": p.get("serviceRegistries") or [],
            "networkConfiguration": network,
            "deploymentConfiguration": configuration,
            "placementConstraints": p.get("placementConstraints") or [],
            "placementStrategy": p.get("placementStrategy") or [],
            "capacityProviderStrategy": p.get("capacityProviderStrategy"),
            "healthCheckGracePeriodSeconds": p.get("healthCheckGracePeriodSeconds"),
            "enableECSManagedTags": p.get("enableECSManagedTags", False),
            "propagateTags": p.get("propagateTags") or "NONE",
            "enableExecuteCommand": p.get("enableExecuteCommand", False),
            "availabilityZoneRebalancing": p.get("availabilityZoneRebalancing") or "ENABLED",
        }
        if settings["loadBalancers"] and settings["healthCheckGracePeriodSeconds"] is None:
            settings["healthCheckGracePeriodSeconds"] = 0
        return settings

    def check_service(self, call, definition, settings: dict) -> None:
        if definition.wire.get("networkMode") != "awsvpc":
            raise errors.invalid("Task definition does not support launch_type FARGATE.")
        network = (settings.get("networkConfiguration") or {}).get("awsvpcConfiguration")
        if not network or not network.get("subnets"):
            raise errors.invalid("Network Configuration must be provided when networkMode 'awsvpc' is specified.")
        self._check_deployment(settings)
        vpc_id = self._check_subnets(call, network["subnets"])
        self._check_groups(call, network.get("securityGroups") or [], vpc_id)
        for load_balancer in settings["loadBalancers"]:
            self._check_load_balancer(definition, load_balancer)

    def _check_deployment(self, settings: dict) -> None:
        configuration = settings["deploymentConfiguration"]
        low, high = configuration["minimumHealthyPercent"], configuration["maximumPercent"]
        if low < 0 or high < low or high == 0:
            raise errors.invalid("Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block "
                                 "deployments." if low == high == 100 else
                                 "maximumPercent must be greater than or equal to minimumHealthyPercent.")
        if low == high == 100:
            raise errors.invalid("Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block "
                                 "deployments.")
        if settings["availabilityZoneRebalancing"] == "ENABLED" and high <= 100:
            raise errors.invalid("Availability Zone Rebalancing does not support maximumPercent <= 100. Specify a "
                                 "maximumPercent greater than 100, or disable Availability Zone Rebalancing.")

    def _check_subnets(self, call, subnets: list[str]) -> str:
        found = []
        for subnet_id in subnets:
            subnet = self.world.ec2.subnet(call.account, call.region, subnet_id)
            if subnet is None:
                raise errors.invalid(f"Error retrieving subnet information for [{subnet_id}]: The subnet ID "
                                     f"'{subnet_id}' does not exist (ErrorCode: InvalidSubnetID.NotFound)")
            found.append(subnet)
        if len({subnet["VpcId"] for subnet in found}) > 1:
            raise errors.invalid("subnets must belong to the same VPC.")
        return found[0]["VpcId"]

    def _check_groups(self, call, groups: list[str], vpc_id: str) -> None:
        for group_id in groups:
            group = self.world.ec2.security_group(call.account, call.region, group_id)
            if group is None:
                raise errors.invalid(f"Error retrieving security group information for [{group_id}]: The security group "
                                     f"'{group_id}' does not exist (ErrorCode: InvalidGroup.NotFound)")
            if group["VpcId"] != vpc_id:
                raise errors.invalid("Security group and subnet must belong to the same VPC.")

    def _check_load_balancer(self, definition, load_balancer: dict) -> None:
        name, port = load_balancer.get("containerName"), load_balancer.get("containerPort")
        container = next((c for c in definition.containers if c["name"] == name), None)
        if container is None:
            raise errors.invalid(f"The container {name} does not exist in the task definition.")
        if not any(mapping["containerPort"] == port for mapping in container["portMappings"]):
            raise errors.invalid(f"The container {name} did not have a container port {port} defined.")
        arn = load_balancer.get("targetGroupArn") or ""
        if arn not in self.world.elbv2.target_groups:
            raise errors.invalid(f"The specified target group does not exist. (targetGroupArn {arn})")
        if not self.world.elbv2.load_balancers_of(arn):
            raise errors.invalid(f"The target group with targetGroupArn {arn} does not have an associated load balancer.")
