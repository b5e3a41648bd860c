"""Services: what callers ask for, in the wire's names; the scheduler makes it so."""

import re
from dataclasses import dataclass, field

from ...service import instead
from ...errors import AwsError
from . import errors
from .creation import CreationChecks
from .view import shown

# UpdateService tells of each parameter whether it "triggers a new service deployment".
REDEPLOYS = ("networkConfiguration", "platformVersion", "loadBalancers", "serviceRegistries")
SETTINGS = ("healthCheckGracePeriodSeconds", "placementConstraints", "placementStrategy", "propagateTags",
            "enableECSManagedTags", "availabilityZoneRebalancing", "capacityProviderStrategy", "enableExecuteCommand")


@dataclass
class Deployment:
    id: str
    task_definition: str
    settings: dict  # what its tasks are made with: networkConfiguration, loadBalancers, platformVersion, …
    created: float
    updated: float
    status: str = "PRIMARY"
    rollout_state: str = "IN_PROGRESS"
    reason: str = ""
    failed: int = 0
    succeeded: bool = False  # at least one of its tasks ran and was healthy
    failed_in_row: int = 0
    next_start: float = 0.0


@dataclass
class EcsService:
    arn: str
    name: str
    account: str
    region: str
    cluster_arn: str
    settings: dict
    desired: int
    created: float
    created_by: str
    tags: dict[str, str]
    request: dict  # the create call, for its repetition
    status: str = "ACTIVE"
    deployments: list[Deployment] = field(default_factory=list)  # the PRIMARY one first
    completed: Deployment | None = None  # the last one that reached a steady state
    events: list[dict] = field(default_factory=list)  # newest first
    tasks: list = field(default_factory=list)
    steady: bool = False
    watched: bool = False
    inactive_at: float = 0.0

    @property
    def primary(self) -> Deployment:
        return self.deployments[0]


class Services(CreationChecks):
    """Mixin of the ECS service."""

    @instead("CreateService")
    def create_service(self, call) -> dict:
        p, store = call.params, self.store(call)
        cluster = self.cluster(call, p.get("cluster"))
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,255}", p["serviceName"]):
            raise errors.invalid("Service name contains invalid characters.")
        arn = f"{cluster.arn.replace(':cluster/', ':service/')}/{p['serviceName']}"
        existing = store.services.get(arn)
        if existing and existing.status == "DRAINING":
            raise errors.invalid("Unable to Start a service that is still Draining.")
        if existing and existing.status == "ACTIVE":
            # "clientToken … ensures the idempotency of the request": the same request again returns the service.
            if not p.get("clientToken") or existing.request != p:
                raise errors.invalid("Creation of service was not idempotent.")
            return {"service": self._shown_service(existing, tags=True)}
        definition = self.check_new_service(call, p)
        service = EcsService(
            arn, p["serviceName"], call.account, call.region, cluster.arn, self.service_settings(p),
            p.get("desiredCount", 0), self.world.now(), call.caller, errors.tag_map(p.get("tags")), dict(p))
        store.services[arn] = service
        self.born(arn)
        self.deploy(service, definition.arn)
        return {"service": self._shown_service(service, tags=True)}

    @instead("DescribeServices")
    def describe_services(self, call) -> dict:
        cluster = self.cluster(call, call.params.get("cluster"))
        named = call.params["services"]
        if not 1 <= len(named) <= 10:
            raise errors.invalid("Services cannot be empty and cannot be more than 10.")
        found, failures = [], []
        for name in named:
            service = self.store(call).services.get(_service_arn(cluster, name))
            if service and self.listed(service.arn):
                self.look_at(service)
                found.append(self._shown_service(service, tags="TAGS" in (call.params.get("include") or [])))
            else:
                failures.append({"arn": _service_arn(cluster, name), "reason": "MISSING"})
        return {"services": found, "failures": failures}

    @instead("ListServices")
    def list_services(self, call) -> dict:
        cluster = self.cluster(call, call.params.get("cluster"))
        found = [s.arn for s in self.services_of(call, cluster.arn)
                 if self.listed(s.arn) and call.params.get("launchType") in (None, s.settings.get("launchType"))
                 and call.params.get("schedulingStrategy") in (None, "REPLICA")]
        return errors.page(found, call.params, "serviceArns", 10)

    @instead("UpdateService")
    def update_service(self, call) -> dict:
        p = call.params
        service = self.service(call, self.cluster(call, p.get("cluster")).arn, p["service"])
        if service.status != "ACTIVE":
            raise AwsError("ServiceNotActiveException", "Service was not ACTIVE.")
        merged = {**service.settings, **{k: p[k] for k in (*REDEPLOYS, *SETTINGS) if p.get(k) is not None}}
        merged["deploymentConfiguration"] = _merged_configuration(service, p)
        definition = self.usable_definition(call, p.get("taskDefinition") or service.primary.task_definition,
                                            p.get("taskDefinition"))
        self.check_service(call, definition, merged)
        redeploys = (p.get("forceNewDeployment") or definition.arn != service.primary.task_definition
                     or any(merged.get(key) != service.settings.get(key) for key in REDEPLOYS))
        service.settings = merged
        if p.get("desiredCount") is not None:
            service.desired = p["desiredCount"]
            service.primary.updated = self.world.now()
        if redeploys:
            self.deploy(service, definition.arn)
        else:
            self.schedule(service)
        return {"service": self._shown_service(service)}

    @instead("DeleteService")
    def delete_service(self, call) -> dict:
        p = call.params
        service = self.service(call, self.cluster(call, p.get("cluster")).arn, p["service"])
        if service.status == "INACTIVE":
            raise errors.no_service()
        if service.desired > 0 and not p.get("force"):
            raise errors.invalid("The service cannot be stopped while it is scaled above 0.")
        if service.status == "ACTIVE":
            service.status, service.desired = "DRAINING", 0
            takes = self.world.duration("service-delete")
            service.inactive_at = self.world.now() + takes
            self.schedule(service)
            self.world.after(takes, self.schedule, service)
        return {"service": self._shown_service(service)}

    def service(self, call, cluster_arn: str, named: str) -> EcsService:
        short = named.rpartition("/")[2]
        found = self.store(call).services.get(f"{cluster_arn.replace(':cluster/', ':service/')}/{short}")
        if found is None:
            raise errors.no_service()
        return found

    def _shown_service(self, service: EcsService, tags: bool = False) -> dict:
        result = shown(service, service.tasks, self.world.datetime)
        return {**result, "tags": errors.pairs(service.tags)} if tags else result


def _service_arn(cluster, named: str) -> str:
    return named if named.startswith("arn:") else f"{cluster.arn.replace(':cluster/', ':service/')}/{named}"


def _merged_configuration(service: EcsService, p: dict) -> dict:
    given = {k: v for k, v in (p.get("deploymentConfiguration") or {}).items() if v is not None}
    return {**service.settings["deploymentConfiguration"], **given}
