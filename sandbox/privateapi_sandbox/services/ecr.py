"""ECR: repositories and images are moto's; what a container of an image does when it runs is told here.

    POST /_sandbox/images {"image": "<registry>/poc_web:v2", "body": "…", "status": 200, "listens": true, "exits": false}
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass

from ..errors import AwsError
from ..service import LiveObject, Service, control

REPOSITORY, TAG = "poc_web", "web"
IMAGE = re.compile(r"(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com/([^:@]+)(?:[:@](.+))?")
ANSWER = '{"a":1,"b":2,"c":3,"d":4,"e":5}'


@dataclass(frozen=True)
class Behaviour:
    """What a container does: answers GET / on its port, or does not listen, or ends as soon as it starts."""

    body: str = ANSWER
    status: int = 200
    listens: bool = True
    exits: bool = False


class Ecr(Service):
    name = "ecr"

    def __init__(self, world) -> None:
        super().__init__(world)
        self._behaviours: dict[str, Behaviour] = {}

    def start(self) -> None:
        account, region = self.world.settings.account, "ap-northeast-1"
        self.moto("ecr", "CreateRepository", account, region, repositoryName=REPOSITORY)
        self.moto("ecr", "PutImage", account, region, repositoryName=REPOSITORY, imageTag=TAG,
                  imageManifest=_manifest(TAG))

    def objects(self, account: str, region: str):
        for found in self.moto("ecr", "DescribeRepositories", account, region)["repositories"]:
            tags = self.moto("ecr", "ListTagsForResource", account, region, resourceArn=found["repositoryArn"])["tags"]
            yield LiveObject("ecr", "repository", found["repositoryArn"], found["repositoryName"], "",
                             {tag["Key"]: tag["Value"] for tag in tags}, region, account)

    def has_image(self, registry: str, region: str, repository: str, reference: str) -> bool:
        """Named query: whether a tag or digest of a repository exists."""
        key = "imageDigest" if reference.startswith("sha256:") else "imageTag"
        try:
            found = self.moto("ecr", "BatchGetImage", registry, region, repositoryName=repository,
                              imageIds=[{key: reference}])
        except AwsError:
            return False
        return bool(found.get("images"))

    def behaviour(self, image: str) -> Behaviour:
        """Named query: what a container of an image does."""
        return self._behaviours.get(image, Behaviour())

    @control("POST", "/images")
    def push(self, given: dict) -> dict:
        """Puts an image into its repository (made if need be) and says what its containers do."""
        match = IMAGE.fullmatch(given["image"])
        if match is None:
            raise ValueError(f"{given['image']} is not <account>.dkr.ecr.<region>.amazonaws.com/<repository>:<tag>")
        registry, region, repository, tag = *match.groups()[:3], match.group(4) or "latest"
        about = {key: given[key] for key in ("body", "status", "listens", "exits") if key in given}
        try:
            self.moto("ecr", "CreateRepository", registry, region, repositoryName=repository)
        except AwsError as e:
            if e.code != "RepositoryAlreadyExistsException":
                raise
        if not self.has_image(registry, region, repository, tag):
            self.moto("ecr", "PutImage", registry, region, repositoryName=repository, imageTag=tag,
                      imageManifest=_manifest(f"{repository}:{tag}"))
        self._behaviours[given["image"]] = Behaviour(**about)
        return {"image": given["image"], **about}


def _manifest(seed: str) -> str:
    """A Docker image manifest, version 2 schema 2, of one layer."""
    def part(kind: str, size: int) -> dict:
        digest = "sha256:" + hashlib.sha256(f"{kind}/{seed}".encode()).hexdigest()
        return {"mediaType": f"application/vnd.docker.{kind}", "size": size, "digest": digest}

    return json.dumps({
        "schemaVersion": 2,
        "mediaType": "application/vnd.docker.distribution.manifest.v2+json",
        "config": part("container.image.v1+json", 7023),
        "layers": [part("image.rootfs.diff.tar.gzip", 32654)],
    })
