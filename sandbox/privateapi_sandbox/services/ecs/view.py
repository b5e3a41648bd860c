"""A service as DescribeServices shows it."""

PENDING = ("PROVISIONING", "PENDING", "ACTIVATING")
MAX_EVENTS = 100


def shown(service, tasks: list, at) -> dict:
    """`at` makes a timestamp of a moment."""
    settings = service.settings
    optional = {key: settings[key] for key in ("networkConfiguration", "healthCheckGracePeriodSeconds",
                                               "capacityProviderStrategy") if settings.get(key) is not None}
    return {
        "serviceArn": service.arn,
        "serviceName": service.name,
        "clusterArn": service.cluster_arn,
        "loadBalancers": settings["loadBalancers"],
        "serviceRegistries": settings["serviceRegistries"],
        "status": service.status,
        "desiredCount": service.desired,
        **_counts(tasks),
        **_launch(settings),
        "taskDefinition": service.deployments[0].task_definition if service.deployments else
        service.request["taskDefinition"],
        "deploymentConfiguration": settings["deploymentConfiguration"],
        "deployments": [_deployment(service, one, tasks, at) for one in service.deployments],
        "roleArn": f"arn:aws:iam::{service.account}:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS",
        "events": [{**event, "createdAt": at(event["createdAt"])} for event in service.events[:MAX_EVENTS]],
        "createdAt": at(service.created),
        "createdBy": service.created_by,
        "placementConstraints": settings["placementConstraints"],
        "placementStrategy": settings["placementStrategy"],
        **optional,
        "schedulingStrategy": "REPLICA",
        "deploymentController": {"type": "ECS"},
        "enableECSManagedTags": settings["enableECSManagedTags"],
        "propagateTags": settings["propagateTags"],
        "enableExecuteCommand": settings["enableExecuteCommand"],
        "availabilityZoneRebalancing": settings["availabilityZoneRebalancing"],
    }


def _deployment(service, deployment, tasks: list, at) -> dict:
    own = [task for task in tasks if task.started_by == deployment.id]
    wanted = service.desired if deployment.status == "PRIMARY" else sum(task.wanted for task in own)
    network = deployment.settings.get("networkConfiguration")
    return {
        "id": deployment.id,
        "status": deployment.status,
        "taskDefinition": deployment.task_definition,
        "desiredCount": wanted,
        **_counts(own),
        "failedTasks": deployment.failed,
        "createdAt": at(deployment.created),
        "updatedAt": at(deployment.updated),
        **_launch(deployment.settings, resolved=True),
        **({"networkConfiguration": network} if network else {}),
        "rolloutState": deployment.rollout_state,
        "rolloutStateReason": deployment.reason,
    }


def _counts(tasks: list) -> dict:
    return {"runningCount": sum(task.last_status == "RUNNING" for task in tasks),
            "pendingCount": sum(task.last_status in PENDING and task.wanted for task in tasks)}


def _launch(settings: dict, resolved: bool = False) -> dict:
    version = settings["platformVersion"]
    launch = {} if settings.get("capacityProviderStrategy") else {"launchType": "FARGATE"}
    shown_version = "1.4.0" if resolved and version == "LATEST" else version
    return {**launch, "platformVersion": shown_version, "platformFamily": "Linux"}
