"""Task definitions: families of revisions that never change, from ACTIVE to INACTIVE to deleted."""

import re
from dataclasses import dataclass

from ...service import instead
from . import errors

# Developer Guide, "Task size" for Fargate: CPU units → memory in MiB.
FARGATE_SIZES = {
    256: {512, 1024, 2048},
    512: set(range(1024, 4097, 1024)),
    1024: set(range(2048, 8193, 1024)),
    2048: set(range(4096, 16385, 1024)),
    4096: set(range(8192, 30721, 1024)),
    8192: set(range(16384, 61441, 4096)),
    16384: set(range(32768, 122881, 8192)),
}
KEPT = ("taskRoleArn", "executionRoleArn", "networkMode", "cpu", "memory", "pidMode", "ipcMode", "proxyConfiguration",
        "inferenceAccelerators", "ephemeralStorage", "runtimePlatform", "requiresCompatibilities",
        "enableFaultInjection")
# DeleteTaskDefinitions: a revision that nothing runs any more is gone within this many seconds (not documented).
DELETION_CHECK = 30


@dataclass
class TaskDefinition:
    arn: str
    family: str
    revision: int
    wire: dict
    tags: dict[str, str]
    status: str = "ACTIVE"

    @property
    def containers(self) -> list[dict]:
        return self.wire["containerDefinitions"]


class TaskDefinitions:
    """Mixin of the ECS service."""

    @instead("RegisterTaskDefinition")
    def register_task_definition(self, call) -> dict:
        p, store = call.params, self.store(call)
        tags = errors.tag_map(p.get("tags"))
        _check(p)
        family = p["family"]
        store.revisions[family] += 1
        arn = f"arn:aws:ecs:{call.region}:{call.account}:task-definition/{family}:{store.revisions[family]}"
        compatibilities = ["EC2", "FARGATE"] if p.get("networkMode") == "awsvpc" else ["EC2"]
        wire = {
            "taskDefinitionArn": arn,
            "containerDefinitions": [_completed(container, p) for container in p["containerDefinitions"]],
            "family": family,
            **{key: p[key] for key in KEPT if p.get(key) not in (None, [])},
            "revision": store.revisions[family],
            "volumes": p.get("volumes") or [],
            "requiresAttributes": [{"name": "ecs.capability.task-eni"}] if p.get("networkMode") == "awsvpc" else [],
            "placementConstraints": p.get("placementConstraints") or [],
            "compatibilities": compatibilities,
            "registeredAt": self.world.datetime(),
            "registeredBy": call.caller,
        }
        definition = TaskDefinition(arn, family, store.revisions[family], wire, tags)
        store.task_definitions[arn] = definition
        self.born(arn)
        return {"taskDefinition": _shown(definition), **({"tags": errors.pairs(tags)} if tags else {})}

    @instead("DescribeTaskDefinition")
    def describe_task_definition(self, call) -> dict:
        definition = self.task_definition(call, call.params["taskDefinition"])
        if definition is None:
            raise errors.client("Unable to describe task definition.")
        return errors.with_tags({"taskDefinition": _shown(definition)}, definition.tags, call.params)

    @instead("ListTaskDefinitions")
    def list_task_definitions(self, call) -> dict:
        p = call.params
        wanted = p.get("status") or "ACTIVE"
        found = [d for d in self.store(call).task_definitions.values()
                 if d.status == wanted and p.get("familyPrefix") in (None, d.family) and self.listed(d.arn)]
        found.sort(key=lambda d: (d.family, d.revision), reverse=p.get("sort") == "DESC")
        return errors.page([d.arn for d in found], p, "taskDefinitionArns")

    @instead("ListTaskDefinitionFamilies")
    def list_families(self, call) -> dict:
        p, wanted = call.params, call.params.get("status") or "ALL"
        active = {d.family for d in self.store(call).task_definitions.values() if d.status == "ACTIVE"}
        every = {d.family for d in self.store(call).task_definitions.values()}
        families = {"ALL": every, "ACTIVE": active, "INACTIVE": every - active}[wanted]
        return errors.page(sorted(f for f in families if f.startswith(p.get("familyPrefix") or "")), p, "families")

    @instead("DeregisterTaskDefinition")
    def deregister_task_definition(self, call) -> dict:
        if ":" not in call.params["taskDefinition"].rpartition("/")[2]:
            raise errors.client("The specified task definition is missing a revision.")
        definition = self.task_definition(call, call.params["taskDefinition"])
        if definition is None:
            raise errors.client("The specified task definition does not exist.")
        if definition.status == "ACTIVE":
            definition.status = "INACTIVE"
            definition.wire["deregisteredAt"] = self.world.datetime()
        return {"taskDefinition": _shown(definition)}

    @instead("DeleteTaskDefinitions")
    def delete_task_definitions(self, call) -> dict:
        """"You must deregister a task definition revision before you delete it." Up to 10 in one call."""
        named = call.params["taskDefinitions"]
        if len(named) > 10:
            raise errors.invalid("The number of task definitions must be between 1 and 10.")
        deleted, failures = [], []
        for name in named:
            definition = self.task_definition(call, name)
            problem = _not_deletable(definition)
            if problem:
                failures.append({"arn": definition.arn if definition else name, "reason": problem})
                continue
            definition.status = "DELETE_IN_PROGRESS"
            definition.wire["deleteRequestedAt"] = self.world.datetime()
            self.world.after(DELETION_CHECK, self._delete_when_unused, self.store(call), definition)
            deleted.append(_shown(definition))
        return {"taskDefinitions": deleted, "failures": failures}

    def task_definition(self, call, named: str) -> TaskDefinition | None:
        """By ARN, `family:revision`, or `family` (its latest ACTIVE revision)."""
        store, short = self.store(call), named.rpartition("/")[2]
        if ":" in short:
            return store.task_definitions.get(f"arn:aws:ecs:{call.region}:{call.account}:task-definition/{short}")
        active = [d for d in store.task_definitions.values() if d.family == short and d.status == "ACTIVE"]
        return max(active, key=lambda d: d.revision, default=None)

    def _delete_when_unused(self, store, definition: TaskDefinition) -> None:
        """"A task definition revision remains DELETE_IN_PROGRESS until all associated tasks and services are gone."""
        used = any(d.task_definition == definition.arn for s in store.services.values()
                   if s.status != "INACTIVE" for d in s.deployments)
        used = used or any(t.definition_arn == definition.arn and t.last_status != "STOPPED"
                           for t in store.tasks.values())
        if used:
            self.world.after(DELETION_CHECK, self._delete_when_unused, store, definition)
        else:
            del store.task_definitions[definition.arn]


def _shown(definition: TaskDefinition) -> dict:
    return {**definition.wire, "status": definition.status}


def _not_deletable(definition: TaskDefinition | None) -> str | None:
    if definition is None:
        return "The specified task definition does not exist. Specify a valid account, family, revision and try again."
    if definition.status == "ACTIVE":
        return "The specified task definition is still in ACTIVE status. Please deregister the target and try again."
    if definition.status == "DELETE_IN_PROGRESS":
        return "The specified task definition is already in DELETE_IN_PROGRESS status."
    return None


def _check(p: dict) -> None:
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,255}", p["family"]):
        raise errors.client("Family contains invalid characters.")
    if not p.get("containerDefinitions"):
        raise errors.client("TaskDefinition does not contain any container definitions.")
    for container in p["containerDefinitions"]:
        for needed in ("name", "image"):
            if not container.get(needed):
                raise errors.client(f"Container.{needed} should not be null or empty.")
    if not any(c.get("essential", True) for c in p["containerDefinitions"]):
        raise errors.client("A Task definition must have at least one essential container.")
    if "FARGATE" in (p.get("requiresCompatibilities") or []):
        _check_fargate(p)


def _check_fargate(p: dict) -> None:
    if p.get("networkMode") != "awsvpc":
        raise errors.client("Fargate only supports network mode ‘awsvpc’.")
    if not p.get("cpu") or not p.get("memory"):
        raise errors.client("Fargate requires that 'cpu' be defined at the task level.")
    if _units(p["memory"], "GB") not in FARGATE_SIZES.get(_units(p["cpu"], "vCPU"), ()):
        raise errors.client("No Fargate configuration exists for given values.")
    if not p.get("executionRoleArn"):
        for container in p["containerDefinitions"]:
            if (container.get("logConfiguration") or {}).get("logDriver") == "awslogs":
                raise errors.client("Fargate requires task definition to have execution role ARN to support log driver "
                                    "awslogs.")
            if ".dkr.ecr." in container["image"]:
                raise errors.client("Fargate requires task definition to have execution role ARN to support ECR images.")
    for container in p["containerDefinitions"]:
        for mapping in container.get("portMappings") or []:
            if mapping.get("hostPort") not in (None, 0, mapping.get("containerPort")):
                raise errors.client("When networkMode=awsvpc, the host ports and container ports in port mappings must "
                                    "match.")


def _units(text: str, unit: str) -> float | None:
    """"256" or "0.25 vCPU", "512" or "0.5 GB", as units or MiB."""
    match = re.fullmatch(rf"\s*([0-9.]+)\s*({unit})?\s*", text, re.IGNORECASE)
    return (float(match.group(1)) * (1024 if match.group(2) else 1)) if match else None


def _completed(container: dict, p: dict) -> dict:
    """A container definition as DescribeTaskDefinition shows it: with the defaults that ECS writes into it."""
    awsvpc = p.get("networkMode") == "awsvpc"
    mappings = [
        {"protocol": "tcp", **({"hostPort": m["containerPort"]} if awsvpc else {"hostPort": 0}), **m}
        for m in container.get("portMappings") or []
    ]
    return {
        "cpu": 0,
        "essential": True,
        "environment": [],
        "mountPoints": [],
        "volumesFrom": [],
        "systemControls": [],
        **container,
        "portMappings": mappings,
    }
