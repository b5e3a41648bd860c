"""Tasks as their readers see them, and the one thing that callers do to them: stop."""

from ...service import instead
from . import errors, fargate


class Tasks:
    """Mixin of the ECS service."""

    @instead("ListTasks")
    def list_tasks(self, call) -> dict:
        """By `desiredStatus` RUNNING unless asked otherwise, so a task that is to stop is no longer listed."""
        p, cluster = call.params, self.cluster(call, call.params.get("cluster"))
        wanted = p.get("desiredStatus") or "RUNNING"
        services = self.services_of(call, cluster.arn)
        if p.get("serviceName"):
            services = [self.service(call, cluster.arn, p["serviceName"])]
        for service in services:
            self.look_at(service)
        found = [
            task.arn for service in services for task in service.tasks
            if task.desired_status == wanted and p.get("startedBy") in (None, task.started_by)
            and p.get("family") in (None, task.definition_arn.rpartition("/")[2].partition(":")[0])
            and p.get("launchType") in (None, "FARGATE")
        ]
        return errors.page(found, p, "taskArns")

    @instead("DescribeTasks")
    def describe_tasks(self, call) -> dict:
        cluster = self.cluster(call, call.params.get("cluster"))
        if len(call.params["tasks"]) > 100:
            raise errors.invalid("Tasks can not be more than 100.")
        found, failures = [], []
        for named in call.params["tasks"]:
            task = self._task(call, cluster, named)
            if task:
                self.look_at(task.service)
                shown = fargate.shown(task, self.world.datetime)
                if "TAGS" not in (call.params.get("include") or []):
                    shown["tags"] = []
                found.append(shown)
            else:
                failures.append({"arn": _task_arn(cluster, named), "reason": "MISSING"})
        return {"tasks": found, "failures": failures}

    @instead("StopTask")
    def stop_task(self, call) -> dict:
        cluster = self.cluster(call, call.params.get("cluster"))
        task = self._task(call, cluster, call.params["task"])
        if task is None:
            raise errors.invalid("The referenced task was not found.")
        self.end(task, "UserInitiated", call.params.get("reason") or "Task stopped by user")
        return {"task": fargate.shown(task, self.world.datetime)}

    def _task(self, call, cluster, named: str):
        return self.store(call).tasks.get(_task_arn(cluster, named))


def _task_arn(cluster, named: str) -> str:
    if named.startswith("arn:"):
        return named
    return f"{cluster.arn.replace(':cluster/', ':task/')}/{named}"
