"""Fargate tasks: from PROVISIONING over the pull of the image to RUNNING, and from there, or from anywhere, to STOPPED.

Developer Guide, "Amazon ECS task lifecycle" and "Stopped tasks error codes".
"""

from dataclasses import dataclass, field
from typing import Any

from . import errors
from .pull import Pull

# Of the time that a task takes to run: until its interface is attached, and until it asks for its image.
ATTACHED, PULLING = 0.2, 0.4
# How often and how long Fargate's agent tries to reach a registry that does not answer (seen in public logs: minutes).
RETRY, PATIENCE = 10, 120
# A container that gets SIGTERM ends in a moment; an interface is detached after it.
TERMINATION, DETACHMENT = 2, 10
# "Stopped tasks only appear in the returned results for at least one hour." (DescribeTasks)
REMEMBERED = 3600


@dataclass
class Task:
    arn: str
    account: str
    region: str
    cluster_arn: str
    definition_arn: str
    containers: list[dict]
    group: str  # service:name
    started_by: str  # the deployment's id
    service: Any  # the EcsService it belongs to
    network: dict  # awsvpcConfiguration
    load_balancers: list[dict]
    created: float
    wire: dict = field(default_factory=dict)  # cpu, memory, platform
    tags: dict[str, str] = field(default_factory=dict)
    last_status: str = "PROVISIONING"
    desired_status: str = "RUNNING"
    subnet: dict = field(default_factory=dict)
    interface_id: str = ""
    attachment_id: str = ""
    private_ip: str = ""
    pull_started: float | None = None
    started: float | None = None
    stopping: float | None = None
    stopped: float | None = None
    stop_code: str = ""
    stopped_reason: str = ""
    container_reason: str = ""
    exit_code: int | None = None

    @property
    def place(self) -> tuple[str, str]:
        return self.account, self.region

    @property
    def wanted(self) -> bool:
        return self.desired_status == "RUNNING"


class Fargate:
    """Mixin of the ECS service."""

    def launch(self, task: Task) -> None:
        """A task begins: its interface is there from now on. Raises AwsError where there is no room for one."""
        task.attachment_id = self.ident()
        interface = self.world.ec2.create_interface(
            task.account, task.region, task.subnet["SubnetId"], task.network.get("securityGroups") or [],
            description=f"arn:aws:ecs:{task.region}:{task.account}:attachment/{task.attachment_id}",
            interface_type="interface",
            requester="amazon-ecs",
        )
        task.interface_id, task.private_ip = interface.id, interface.private_ip
        self.stores[task.place].tasks[task.arn] = task
        task.service.tasks.append(task)
        takes = self.world.duration("task-running")
        self.world.after(takes * ATTACHED, self._attached, task, takes)

    def _attached(self, task: Task, takes: float) -> None:
        if task.wanted:
            task.last_status = "PENDING"
            self.world.after(takes * (PULLING - ATTACHED), self._pull, task, takes)

    def _pull(self, task: Task, takes: float) -> None:
        """Asks for credentials, image and log stream; what gives no answer is tried again for a while."""
        if not task.wanted:
            return
        task.pull_started = task.pull_started or self.world.now()
        problem = Pull(self.world, task).problem()
        if problem is None:
            self.world.after(takes * (1 - PULLING), self._run, task)
        elif problem.silent and self.world.now() < task.pull_started + PATIENCE:
            self.world.after(RETRY, self._pull, task, takes)
        else:
            task.container_reason = problem.reason if problem.of_container else ""
            self.end(task, "TaskFailedToStart", problem.reason)

    def _run(self, task: Task) -> None:
        if not task.wanted:
            return
        task.last_status, task.started = "RUNNING", self.world.now()
        self.listening[task.subnet["VpcId"], task.private_ip] = task
        self.task_runs(task)
        if any(self.world.ecr.behaviour(c["image"]).exits for c in task.containers if c["essential"]):
            self.end(task, "EssentialContainerExited", "Essential container in task exited")

    def end(self, task: Task, code: str, reason: str) -> None:
        """A task is to end: out of its target groups first, then the container, then the interface."""
        if not task.wanted:
            return
        task.desired_status, task.stopping = "STOPPED", self.world.now()
        task.stop_code, task.stopped_reason = code, reason
        ran = task.last_status == "RUNNING"
        drained = self.world.now()
        if ran:
            task.last_status = "DEACTIVATING"
            drained = max([drained, *(self._deregister(task, lb) for lb in task.load_balancers)])
        self.task_ends(task)
        self.world.after(drained - self.world.now() + (TERMINATION if ran else 0), self._terminated, task, ran)

    def _deregister(self, task: Task, load_balancer: dict) -> float:
        group, port = load_balancer.get("targetGroupArn", ""), load_balancer["containerPort"]
        return self.world.elbv2.deregister(group, task.private_ip, port)

    def _terminated(self, task: Task, ran: bool) -> None:
        task.last_status = "DEPROVISIONING"
        task.exit_code = None if not ran else 1 if task.stop_code == "EssentialContainerExited" else 0
        self.listening.pop((task.subnet["VpcId"], task.private_ip), None)
        service, wait = task.service, DETACHMENT
        if service.status == "DRAINING":  # the end of a service is as long as the end of its last task
            wait = max(wait, service.inactive_at - DETACHMENT - self.world.now())
        self.world.after(wait, self._detached, task)

    def _detached(self, task: Task) -> None:
        task.last_status, task.stopped = "STOPPED", self.world.now()
        self.world.ec2.release_interface(task.interface_id, self.world.duration("eni-release"))
        self.world.after(REMEMBERED, self._forget_task, task)
        self.task_stopped(task)

    def _forget_task(self, task: Task) -> None:
        del self.stores[task.place].tasks[task.arn]
        task.service.tasks.remove(task)

    def answers(self, load_balancer, ip: str, port: int) -> bool:
        """Named query: whether a TCP connection from a load balancer to an address and port is accepted."""
        if self.behaviour(load_balancer.vpc_id, ip, port) is None:
            return False
        task = self.listening[load_balancer.vpc_id, ip]
        target = self.network.interface(task.interface_id)
        return target is not None and any(
            self.network.connects(task.place, source, target, port)
            for source in self.network.interfaces(load_balancer.interfaces.values())
        )

    def behaviour(self, vpc_id: str, ip: str, port: int):
        """Named query: what the container that listens at an address does (`ecr.Behaviour`); nothing if none does."""
        task = self.listening.get((vpc_id, ip))
        for container in task.containers if task else ():
            if any(mapping["containerPort"] == port for mapping in container["portMappings"]):
                behaviour = self.world.ecr.behaviour(container["image"])
                return behaviour if behaviour.listens else None
        return None


def shown(task: Task, at) -> dict:
    """A task as DescribeTasks shows it; `at` makes a timestamp of a moment."""
    network = [{"attachmentId": task.attachment_id, "privateIpv4Address": task.private_ip}]
    moments = {"createdAt": task.created, "pullStartedAt": task.pull_started, "startedAt": task.started,
               "stoppingAt": task.stopping, "executionStoppedAt": task.stopped, "stoppedAt": task.stopped}
    details = {"subnetId": task.subnet["SubnetId"], "networkInterfaceId": task.interface_id,
               "privateIPv4Address": task.private_ip}
    attached = {"PROVISIONING": "ATTACHING", "STOPPED": "DELETED"}.get(task.last_status, "ATTACHED")
    return {
        "taskArn": task.arn,
        "clusterArn": task.cluster_arn,
        "taskDefinitionArn": task.definition_arn,
        "group": task.group,
        "startedBy": task.started_by,
        "availabilityZone": task.subnet["AvailabilityZone"],
        "lastStatus": task.last_status,
        "desiredStatus": task.desired_status,
        "healthStatus": "UNKNOWN",
        "connectivity": "CONNECTED",
        "launchType": "FARGATE",
        "platformVersion": "1.4.0",
        "platformFamily": "Linux",
        **task.wire,
        "enableExecuteCommand": False,
        "overrides": {"containerOverrides": [{"name": c["name"]} for c in task.containers],
                      "inferenceAcceleratorOverrides": []},
        "attributes": [{"name": "ecs.cpu-architecture", "value": "x86_64"}],
        "attachments": [{"id": task.attachment_id, "type": "ElasticNetworkInterface", "status": attached,
                         "details": [{"name": name, "value": value} for name, value in details.items()]}],
        "containers": [_container(task, container, network) for container in task.containers],
        "version": 1,
        "tags": errors.pairs(task.tags),
        **{name: at(moment) for name, moment in moments.items() if moment is not None},
        **({"stopCode": task.stop_code, "stoppedReason": task.stopped_reason} if task.stop_code else {}),
    }


def _container(task: Task, container: dict, network: list[dict]) -> dict:
    status = {"PROVISIONING": "PENDING", "DEACTIVATING": "RUNNING", "DEPROVISIONING": "STOPPED"}
    return {
        "containerArn": task.arn.replace(":task/", ":container/") + "/" + container["name"],
        "taskArn": task.arn,
        "name": container["name"],
        "image": container["image"],
        "lastStatus": status.get(task.last_status, task.last_status),
        "networkBindings": [],
        "networkInterfaces": network if task.last_status != "PROVISIONING" else [],
        "healthStatus": "UNKNOWN",
        "cpu": str(container["cpu"]),
        **({"exitCode": task.exit_code} if task.exit_code is not None else {}),
        **({"reason": task.container_reason} if task.container_reason else {}),
    }
