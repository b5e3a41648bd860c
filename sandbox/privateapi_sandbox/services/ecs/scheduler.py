"""The service scheduler: keeps the wanted number of tasks, rolls from one deployment to the next, gives up, drains.

Developer Guide: "Deploy Amazon ECS services by replacing tasks" (rolling update), "How the deployment circuit breaker
detects failures", "Service throttle logic", "Service event messages".
"""

import math

from ...errors import AwsError
from . import errors
from .fargate import Task
from .services import Deployment, EcsService

# How often a service that is not steady is looked at; one that is, is looked at when somebody asks.
# In the first minutes after a change it is looked at often.
LOOK, FRESH, SELDOM = 5, 600, 30
# "The failure threshold is 3 <= 0.5 * desired task count <= 200."
THRESHOLD = 3, 200
FAILURES = ("TaskFailedToStart", "EssentialContainerExited")
FAILED = "ECS deployment circuit breaker: tasks failed to start."


class Scheduler:
    """Mixin of the ECS service."""

    # ---- deployments ----

    def deploy(self, service: EcsService, definition_arn: str, reason: str = "") -> None:
        """Starts a new deployment, which becomes the PRIMARY one."""
        now = self.world.now()
        ident = f"ecs-svc/{self.chance.randrange(10**18, 10**19)}"
        deployment = Deployment(ident, definition_arn, dict(service.settings), now, now)
        deployment.reason = reason or f"ECS deployment {ident} in progress."
        self._promote(service, deployment)

    def _promote(self, service: EcsService, deployment: Deployment) -> None:
        for other in service.deployments:
            other.status = "ACTIVE"
        deployment.status = "PRIMARY"
        service.deployments = [deployment, *(d for d in service.deployments if d is not deployment)]
        self.schedule(service)

    def schedule(self, service: EcsService) -> None:
        """Something changed: act now, and look again until all is steady."""
        service.steady = False
        self._act(service)
        self._watch(service)

    def _watch(self, service: EcsService) -> None:
        if service.watched or service.steady or service.status == "INACTIVE":
            return
        service.watched = True
        fresh = self.world.now() - service.deployments[0].updated < FRESH
        self.world.after(LOOK if fresh else SELDOM, self._look, service)

    def _look(self, service: EcsService) -> None:
        service.watched = False
        self._act(service)
        self._watch(service)

    def look_at(self, service: EcsService) -> None:
        """Somebody asks about a steady service: tasks whose targets became unhealthy meanwhile are replaced."""
        if service.steady and service.status == "ACTIVE" and self._unhealthy(service):
            self.schedule(service)

    def _act(self, service: EcsService) -> None:
        if service.status == "DRAINING":
            self._drain(service)
        elif service.status == "ACTIVE":
            self._replace_unhealthy(service)
            self._see_success(service, service.primary)
            self._start_missing(service)
            self._stop_surplus(service)
            self._conclude(service)

    # ---- the number of tasks ----

    def _tasks(self, service: EcsService, deployment: Deployment | None = None) -> list[Task]:
        return [t for t in service.tasks if deployment is None or t.started_by == deployment.id]

    def _wanted(self, service: EcsService, deployment: Deployment | None = None) -> list[Task]:
        return [task for task in self._tasks(service, deployment) if task.wanted]

    def _healthy(self, task: Task) -> bool:
        return task.last_status == "RUNNING" and all(
            self.world.elbv2.health(lb["targetGroupArn"], task.private_ip, lb["containerPort"]) == "healthy"
            for lb in task.load_balancers
        )

    def _start_missing(self, service: EcsService) -> None:
        primary, now = service.primary, self.world.now()
        if primary.rollout_state == "FAILED" or now < primary.next_start:
            return
        most = math.floor(service.desired * service.settings["deploymentConfiguration"]["maximumPercent"] / 100)
        most = max(most, service.desired if len(service.deployments) == 1 else 0)
        missing = service.desired - len(self._wanted(service, primary))
        started = []
        try:
            for _ in range(min(missing, most - len(self._wanted(service)))):
                started.append(self._start(service, primary))
        except AwsError as e:
            self.event(service, f"was unable to place a task. Reason: {e.message} (ErrorCode: {e.code}).")
            self._count_failure(service, primary)
        if started:
            ids = " ".join(f"(task {task.arn.rpartition('/')[2]})" for task in started)
            self.event(service, f"has started {len(started)} tasks: {ids}.")

    def _start(self, service: EcsService, deployment: Deployment) -> Task:
        definition = self.stores[service.account, service.region].task_definitions[deployment.task_definition]
        network = deployment.settings["networkConfiguration"]["awsvpcConfiguration"]
        tags = {
            "SERVICE": service.tags,
            "TASK_DEFINITION": definition.tags,
        }.get(deployment.settings["propagateTags"], {})
        task = Task(
            arn=f"{service.cluster_arn.replace(':cluster/', ':task/')}/{self.ident()}",
            account=service.account, region=service.region, cluster_arn=service.cluster_arn,
            definition_arn=definition.arn, containers=definition.containers, group=f"service:{service.name}",
            started_by=deployment.id, service=service, network=network,
            load_balancers=deployment.settings["loadBalancers"], created=self.world.now(), tags=dict(tags),
            wire={key: definition.wire[key] for key in ("cpu", "memory") if key in definition.wire},
            subnet=self._emptiest(service, network["subnets"]),
        )
        self.launch(task)
        return task

    def _emptiest(self, service: EcsService, subnets: list[str]) -> dict:
        """"Amazon ECS spreads tasks across Availability Zones": the next task goes where the fewest are."""
        used = [task.subnet["SubnetId"] for task in self._wanted(service)]
        chosen = min(subnets, key=lambda subnet_id: used.count(subnet_id))
        subnet = self.world.ec2.subnet(service.account, service.region, chosen)
        if subnet is None:
            raise AwsError("InvalidSubnetID.NotFound", f"The subnet ID '{chosen}' does not exist")
        return subnet

    def _stop_surplus(self, service: EcsService) -> None:
        primary = service.primary
        surplus = self._wanted(service, primary)[service.desired:]
        for task in surplus:
            self.end(task, "ServiceSchedulerInitiated", f"Scaling activity initiated by (deployment {primary.id})")
        if primary.rollout_state == "FAILED":
            return
        least = math.ceil(service.desired * service.settings["deploymentConfiguration"]["minimumHealthyPercent"] / 100)
        healthy = [task for task in self._wanted(service) if self._healthy(task)]
        spare = len(healthy) - least
        old = [task for d in service.deployments[1:] for task in self._wanted(service, d)]
        stopped = [task for task in old if task not in healthy]
        stopped += [task for task in old if task in healthy][:max(spare, 0)]
        for task in stopped:
            self.end(task, "ServiceSchedulerInitiated", f"Scaling activity initiated by (deployment {primary.id})")
        self._tell_stopped(service, [*surplus, *stopped])

    def _tell_stopped(self, service: EcsService, tasks: list[Task]) -> None:
        if tasks:
            ids = " ".join(f"(task {task.arn.rpartition('/')[2]})" for task in tasks)
            self.event(service, f"has stopped {len(tasks)} running tasks: {ids}.")

    # ---- what happens to tasks ----

    def task_runs(self, task: Task) -> None:
        """A task reached RUNNING: it is registered with its target groups."""
        service = task.service
        for lb in task.load_balancers:
            arn = lb["targetGroupArn"]
            if arn in self.world.elbv2.target_groups:
                self.world.elbv2.register(arn, task.private_ip, lb["containerPort"], task.subnet["AvailabilityZone"])
                self.event(service, f"registered 1 targets in (target-group {arn})")
        self.schedule(service)

    def task_ends(self, task: Task) -> None:
        service = task.service
        if task.last_status == "DEACTIVATING" and task.load_balancers:
            self.event(service, "has begun draining connections on 1 tasks.")
            for lb in task.load_balancers:
                self.event(service, f"deregistered 1 targets in (target-group {lb['targetGroupArn']})")
        deployment = next((d for d in service.deployments if d.id == task.started_by), None)
        if deployment and task.stop_code == "TaskFailedToStart" and service.status == "ACTIVE":
            self.event(service, f"was unable to place a task. Reason: {task.stopped_reason}.")
        if deployment and task.stop_code in FAILURES and service.status == "ACTIVE":
            self._count_failure(service, deployment)
        if task.stop_code != "ServiceSchedulerInitiated":
            self.schedule(service)

    def task_stopped(self, task: Task) -> None:
        if task.service.status != "INACTIVE":
            self.schedule(task.service)

    def _unhealthy(self, service: EcsService) -> list[tuple[Task, dict]]:
        grace = service.settings.get("healthCheckGracePeriodSeconds") or 0
        return [
            (task, lb) for task in self._wanted(service) for lb in task.load_balancers
            if task.started is not None and self.world.now() >= task.started + grace
            and self.world.elbv2.health(lb["targetGroupArn"], task.private_ip, lb["containerPort"]) == "unhealthy"
        ]

    def _replace_unhealthy(self, service: EcsService) -> None:
        for task, lb in self._unhealthy(service):
            port, arn = lb["containerPort"], lb["targetGroupArn"]
            self.event(service, f"(port {port}) is unhealthy in (target-group {arn}) due to (reason Health checks failed)")
            deployment = next((d for d in service.deployments if d.id == task.started_by), None)
            if deployment:
                self._count_failure(service, deployment)
            self.end(task, "ServiceSchedulerInitiated", f"Task failed ELB health checks in (target-group {arn})")
            self._tell_stopped(service, [task])

    # ---- failing, succeeding ----

    def _see_success(self, service: EcsService, deployment: Deployment) -> None:
        """"Once a service deployment has one or more successfully running tasks, the failed task count resets to zero and
        stops being evaluated" (API reference, Deployment)."""
        if not deployment.succeeded and any(self._healthy(task) for task in self._wanted(service, deployment)):
            deployment.succeeded, deployment.failed = True, 0

    def _count_failure(self, service: EcsService, deployment: Deployment) -> None:
        if not deployment.succeeded:
            deployment.failed += 1
        deployment.failed_in_row += 1
        deployment.updated = self.world.now()
        breaker = service.settings["deploymentConfiguration"].get("deploymentCircuitBreaker") or {}
        low, high = THRESHOLD
        threshold = min(max(low, math.ceil(service.desired / 2)), high)
        if (breaker.get("enable") and deployment is service.primary and deployment.rollout_state == "IN_PROGRESS"
                and deployment.failed >= threshold):
            self._trip(service, deployment, breaker.get("rollback", False))
            return
        # "Service throttle logic": the time between starts of tasks that repeatedly fail grows.
        deployment.next_start = self.world.now() + min(5 * 2 ** deployment.failed_in_row, 900)
        if deployment.failed_in_row == 3 * max(service.desired, 1):
            self.event(service, "is unable to consistently start tasks successfully. For more information, see the "
                                "Troubleshooting section of the Amazon ECS Developer Guide.")

    def _trip(self, service: EcsService, deployment: Deployment, rollback: bool) -> None:
        deployment.rollout_state, deployment.reason = "FAILED", FAILED
        self.event(service, f"(deployment {deployment.id}) deployment failed: tasks failed to start.")
        last = service.completed
        if not rollback or last is None:
            return
        self.event(service, f"rolling back to deployment {last.id}.")
        service.settings = {**last.settings, "deploymentConfiguration": service.settings["deploymentConfiguration"]}
        last.rollout_state = "IN_PROGRESS"
        last.reason = f"ECS deployment circuit breaker: rolling back to deploymentId {last.id}"
        last.updated, last.failed, last.failed_in_row, last.next_start = self.world.now(), 0, 0, 0.0
        last.succeeded = False
        self._promote(service, last)

    def _conclude(self, service: EcsService) -> None:
        """Old deployments without tasks leave; the primary one is complete when all its tasks are healthy."""
        primary = service.primary
        service.deployments = [primary, *(d for d in service.deployments[1:] if self._still_there(service, d))]
        own = self._wanted(service, primary)
        settled = len(own) == service.desired and all(self._healthy(task) for task in own)
        if not settled or len(service.deployments) > 1:
            return
        primary.failed_in_row = 0
        if primary.rollout_state == "IN_PROGRESS":
            primary.rollout_state, primary.reason = "COMPLETED", f"ECS deployment {primary.id} completed."
            primary.updated = self.world.now()
            service.completed = primary
            self.event(service, f"(deployment {primary.id}) deployment completed.")
        if not service.steady:
            service.steady = True
            if not service.events or "steady state" not in service.events[0]["message"]:
                self.event(service, "has reached a steady state.")

    def _still_there(self, service: EcsService, deployment: Deployment) -> bool:
        return any(task.last_status != "STOPPED" for task in self._tasks(service, deployment))

    # ---- the end ----

    def _drain(self, service: EcsService) -> None:
        wanted = self._wanted(service)
        for task in wanted:
            self.end(task, "ServiceSchedulerInitiated", f"Scaling activity initiated by (deployment {task.started_by})")
        self._tell_stopped(service, wanted)
        over = self.world.now() >= service.inactive_at
        if over and all(task.last_status == "STOPPED" for task in self._tasks(service)) and self._roles_there(service):
            service.status = "INACTIVE"
            service.deployments = []
            self.world.after(3600, self._forget, service)

    def _roles_there(self, service: EcsService) -> bool:
        """A service whose roles are deleted before it is INACTIVE gets stuck in DRAINING (public reports, and the note
        on `depends_on` in the documentation of Terraform's aws_ecs_service)."""
        place = self.stores[service.account, service.region]
        roles = {place.task_definitions[d.task_definition].wire.get("executionRoleArn") for d in service.deployments
                 if d.task_definition in place.task_definitions}
        return all(self.world.iam.principal_exists(role) for role in roles - {None})

    def _forget(self, service: EcsService) -> None:
        services = self.stores[service.account, service.region].services
        if services.get(service.arn) is service:
            del services[service.arn]

    def event(self, service: EcsService, message: str) -> None:
        subject = f"(service {service.name}, port" if message.startswith("(port") else f"(service {service.name})"
        text = f"{subject}{message.removeprefix('(port')}" if message.startswith("(port") else f"{subject} {message}"
        service.events.insert(0, {"id": errors.event_id(self.chance), "createdAt": self.world.now(), "message": text})
        del service.events[100:]
