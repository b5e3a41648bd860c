"""ECS on Fargate: clusters, task definitions, and services whose tasks start, pull, register, fail, roll and drain.

All of it is ours: moto's services make no tasks. Sources: Amazon ECS API Reference (2014-11-13) and Developer Guide,
chapters "Amazon ECS task lifecycle", "Rolling update", "Deployment circuit breaker", "Stopped tasks error codes".
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from ...network import Network
from ...service import LiveObject
from ..own import OwnService
from .clusters import Cluster, Clusters
from .fargate import Fargate, Task
from .scheduler import Scheduler
from .services import EcsService, Services
from .tags import Tags
from .task_definitions import TaskDefinition, TaskDefinitions
from .tasks import Tasks

__all__ = ["Ecs"]


@dataclass
class Store:
    clusters: dict[str, Cluster] = field(default_factory=dict)  # by name
    task_definitions: dict[str, TaskDefinition] = field(default_factory=dict)  # by ARN
    revisions: dict[str, int] = field(default_factory=Counter)  # the last one ever given, by family
    services: dict[str, EcsService] = field(default_factory=dict)  # by ARN
    tasks: dict[str, Task] = field(default_factory=dict)  # by ARN


class Ecs(Clusters, TaskDefinitions, Services, Tasks, Tags, Scheduler, Fargate, OwnService):
    name = "ecs"
    tools = OwnService.tools | {"network"}

    def __init__(self, world) -> None:
        super().__init__(world)
        self.chance = world.random("ecs")
        self.network = Network(world)
        self.stores: dict[tuple[str, str], Store] = defaultdict(Store)
        self.listening: dict[tuple[str, str], Task] = {}  # running tasks by (VPC, address)

    def store(self, call) -> Store:
        return self.stores[call.account, call.region]

    def ident(self) -> str:
        return f"{self.chance.getrandbits(128):032x}"

    def objects(self, account: str, region: str):
        store = self.stores[account, region]

        def live(kind, arn, name, state, tags):
            return LiveObject("ecs", kind, arn, name, state, tags, region, account)

        for cluster in store.clusters.values():
            if cluster.status == "ACTIVE":
                yield live("cluster", cluster.arn, cluster.name, cluster.status, cluster.tags)
        for definition in store.task_definitions.values():
            yield live("task-definition", definition.arn, definition.family, definition.status, definition.tags)
        for service in store.services.values():
            if service.status != "INACTIVE":
                yield live("service", service.arn, service.name, service.status, service.tags)
        for task in store.tasks.values():
            if task.last_status != "STOPPED":
                yield live("task", task.arn, task.group, task.last_status, task.tags)
