"""What a Fargate task needs before its container starts, in the order in which its agent asks, and how it fails.

Sources: ECS Developer Guide "Stopped tasks error codes" (CannotPullContainerError, ResourceInitializationError), Fargate
User Guide "Fargate task networking" (endpoints that tasks without internet need); wording from public logs of platform
version 1.4.0.
"""

import re
from dataclasses import dataclass

from ...network import OUTSIDE, endpoint_allows
from ...policies import ALLOW, Access, decide

ECR_IMAGE = re.compile(r"(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com/([^:@]+)(?:[:@](.+))?")
NO_PERMISSION = "because no identity-based policy allows the {action} action"


@dataclass(frozen=True)
class Problem:
    reason: str
    silent: bool = False  # nobody answered: worth another try
    of_container: bool = False


class Pull:
    """One attempt of one task."""

    def __init__(self, world, task) -> None:
        self.world = world
        self.task = task
        self.network = world.ecs.network
        definition = world.ecs.stores[task.place].task_definitions[task.definition_arn]
        self.role_arn = definition.wire.get("executionRoleArn", "")
        self.source = self.network.interface(task.interface_id)

    def problem(self) -> Problem | None:
        """Why the task cannot start; nothing when it can."""
        if self.source is None:
            return Problem("ResourceInitializationError: the task's network interface does not exist")
        if self.role_arn and not self._takes_role():
            return Problem(f"ECS was unable to assume the role '{self.role_arn}' that was provided for this task. "
                           "Please verify that the role being passed has the proper trust relationship and permissions "
                           "and that your IAM user has permissions to pass this role.")
        checks = [self._image(c["image"]) or self._logs(c) for c in self.task.containers]
        return next((problem for problem in checks if problem), None)

    def _takes_role(self) -> bool:
        """On behalf of the account, but of no cluster in particular: "Using the aws:SourceArn condition key to specify a
        specific cluster is not currently supported" (ECS Developer Guide, "Amazon ECS task IAM role")."""
        account, region = self.task.place
        everything = f"arn:aws:ecs:{region}:{account}:*"
        return self.world.iam.assumable(account, self.role_arn, "ecs-tasks.amazonaws.com", everything)

    # ---- the image ----

    def _image(self, image: str) -> Problem | None:
        match = ECR_IMAGE.fullmatch(image)
        if match is None:
            return self._foreign(image)
        registry, region, repository, tag = *match.groups()[:3], match.group(4) or "latest"
        return (
            self._ecr_credentials(region)
            or self._manifest(image, registry, region, repository, tag)
            or self._layers(image, region)
        )

    def _foreign(self, image: str) -> Problem | None:
        """An image outside ECR needs the way to the internet, which a closed VPC does not have."""
        if self.network.internet(self.task.place, self.source.subnet_id):
            return None
        return _cannot_pull(f"pull image manifest has been retried 5 time(s): failed to resolve ref {_canonical(image)}: "
                            f"failed to do request: Head \"{_manifest_url(image)}\": dial tcp 3.94.224.37:443: "
                            "i/o timeout", silent=True)

    def _ecr_credentials(self, region: str) -> Problem | None:
        head = "ResourceInitializationError: unable to pull secrets or registry auth: "
        stopped = self._connect("ecr.api", f"api.ecr.{region}.amazonaws.com", region)
        if stopped:
            return Problem(
                f"{head}The task cannot pull registry auth from Amazon ECR: There is a connection issue between the task "
                "and Amazon ECR. Check your task network configuration. operation error ECR: GetAuthorizationToken, "
                f"exceeded maximum number of attempts, 3, https response error StatusCode: 0, RequestID: , request send "
                f"failed, Post \"https://api.ecr.{region}.amazonaws.com/\": {stopped}", silent=True)
        denied = self._denied("ecr:GetAuthorizationToken", "*", "ecr.api")
        if denied:
            return Problem(f"{head}execution resource retrieval failed: unable to retrieve ecr registry auth: service "
                           f"call has been retried 1 time(s): AccessDeniedException: {denied} status code: 400")
        return None

    def _manifest(self, image: str, registry: str, region: str, repository: str, tag: str) -> Problem | None:
        url = f"https://{registry}.dkr.ecr.{region}.amazonaws.com/v2/{repository}/manifests/{tag}"
        tried = f"pull image manifest has been retried {{}} time(s): failed to resolve ref {image}: "
        stopped = self._connect("ecr.dkr", f"{registry}.dkr.ecr.{region}.amazonaws.com", region)
        if stopped:
            return _cannot_pull(tried.format(5) + f'failed to do request: Head "{url}": {stopped}', silent=True)
        arn = f"arn:aws:ecr:{region}:{registry}:repository/{repository}"
        for action in ("ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"):
            if self._denied(action, arn, "ecr.dkr"):
                return _cannot_pull(tried.format(1) + f"unexpected status from HEAD request to {url}: 403 Forbidden")
        if not self.world.ecr.has_image(registry, region, repository, tag):
            return _cannot_pull(tried.format(1) + f"{image}: not found")
        return None

    def _layers(self, image: str, region: str) -> Problem | None:
        """Layers come from a bucket of ECR's; the way there is the S3 gateway endpoint of the subnet's route table."""
        bucket = f"prod-{region}-starport-layer-bucket"
        place = self.task.place
        if self.network.internet(place, self.source.subnet_id):
            return None
        gateway = self.network.gateway(place, self.source, "s3")
        if not gateway or not self.network.lets_out_to_prefix_list(place, self.source, gateway.prefix_list):
            return _cannot_pull(
                f"ref pull has been retried 5 time(s): failed to copy: httpReadSeeker: failed open: failed to do request: "
                f'Get "https://{bucket}.s3.{region}.amazonaws.com/": dial tcp 52.219.0.1:443: i/o timeout', silent=True)
        access = Access("s3:GetObject", f"arn:aws:s3:::{bucket}/*", self.role_arn)
        if not endpoint_allows(gateway, access):
            return _cannot_pull(f"ref pull has been retried 1 time(s): failed to copy: httpReadSeeker: failed open: "
                                f"unexpected status code https://{bucket}.s3.{region}.amazonaws.com/: 403 Forbidden")
        return None

    # ---- the log stream ----

    def _logs(self, container: dict) -> Problem | None:
        driver = container.get("logConfiguration") or {}
        if driver.get("logDriver") != "awslogs":
            return None
        options = driver.get("options") or {}
        region, group = options.get("awslogs-region", self.task.region), options.get("awslogs-group", "")
        head = ("ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: "
                "failed to create Cloudwatch log stream: ")
        stopped = self._connect("logs", f"logs.{region}.amazonaws.com", region)
        if stopped:
            return Problem(f"{head}operation error CloudWatch Logs: CreateLogStream, exceeded maximum number of attempts, "
                           "3, https response error StatusCode: 0, RequestID: , request send failed, Post "
                           f'"https://logs.{region}.amazonaws.com/": {stopped} : exit status 1', silent=True)
        arn = f"arn:aws:logs:{region}:{self.task.account}:log-group:{group}:log-stream:*"
        denied = self._denied("logs:CreateLogStream", arn, "logs")
        if denied:
            return Problem(f"{head}AccessDeniedException: {denied} : exit status 1")
        if not self.world.logs.has_group(self.task.account, region, group):
            return Problem(f"{head}ResourceNotFoundException: The specified log group does not exist. : exit status 1")
        return None

    # ---- ways and rights ----

    def _connect(self, service: str, host: str, region: str) -> str | None:
        """What the agent's connection to an AWS service ends with; nothing when it is answered."""
        place = self.task.place
        if not self.network.dns_support(place, self.source.vpc_id):
            return f"dial tcp: lookup {host}: i/o timeout"
        endpoint = self.network.endpoint(place, self.source.vpc_id, service) if region == place[1] else None
        if endpoint:
            if self.network.enters(place, endpoint, self.source):
                return None
            interfaces = self.network.interfaces(endpoint.interfaces.values())
            return f"dial tcp {next(iter(interfaces)).ip}:443: i/o timeout"
        if self.network.internet(place, self.source.subnet_id):
            return None
        return f"dial tcp {OUTSIDE}:443: i/o timeout"

    def _denied(self, action: str, resource: str, service: str) -> str | None:
        """AWS's words when the execution role, or the endpoint's policy, does not let the task do something."""
        access = Access(action, resource, self.role_arn)
        name = self.role_arn.rpartition("/")[2]
        session = f"arn:aws:sts::{self.task.account}:assumed-role/{name}/{self.task.arn.rpartition('/')[2]}"
        sentence = f"User: {session} is not authorized to perform: {action} on resource: {resource} "
        if decide(self.world.iam.documents(self.task.account, self.role_arn), access) != ALLOW:
            return sentence + NO_PERMISSION.format(action=action)
        endpoint = self.network.endpoint(self.task.place, self.source.vpc_id, service)
        if endpoint and not endpoint_allows(endpoint, access):
            return sentence + f"because no VPC endpoint policy allows the {action} action"
        return None


def _cannot_pull(what: str, silent: bool = False) -> Problem:
    return Problem(f"CannotPullContainerError: {what}", silent, of_container=True)


def _canonical(image: str) -> str:
    host, _, rest = image.partition("/")
    if rest and ("." in host or ":" in host):
        return image
    name = image if "/" in image else f"library/{image}"
    return f"docker.io/{name}" + ("" if ":" in name else ":latest")


def _manifest_url(image: str) -> str:
    host, _, rest = _canonical(image).partition("/")
    name, _, tag = rest.partition(":")
    host = "registry-1.docker.io" if host == "docker.io" else host
    return f"https://{host}/v2/{name}/manifests/{tag or 'latest'}"
