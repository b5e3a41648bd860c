"""Clusters: names that hold services and tasks."""

import re
from dataclasses import dataclass, field

from ...errors import AwsError
from ...service import instead
from . import errors


@dataclass
class Cluster:
    arn: str
    name: str
    tags: dict[str, str]
    settings: list[dict]
    configuration: dict | None
    capacity_providers: list[str] = field(default_factory=list)
    default_strategy: list[dict] = field(default_factory=list)
    status: str = "ACTIVE"


class Clusters:
    """Mixin of the ECS service."""

    @instead("CreateCluster")
    def create_cluster(self, call) -> dict:
        """A cluster of the name that is ACTIVE already is returned as it is. "When you create a cluster … Amazon ECS creates
        the service-linked role for you" (Developer Guide)."""
        p, store = call.params, self.store(call)
        name = p.get("clusterName") or "default"
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,255}", name):
            raise errors.invalid("Cluster name can only contain letters, numbers, hyphens and underscores, up to 255.")
        self.world.iam.link(call.account, "ecs.amazonaws.com")
        cluster = store.clusters.get(name)
        if cluster is None or cluster.status != "ACTIVE":
            arn = f"arn:aws:ecs:{call.region}:{call.account}:cluster/{name}"
            settings = p.get("settings") or [{"name": "containerInsights", "value": "disabled"}]
            self.born(arn)
            cluster = store.clusters[name] = Cluster(
                arn, name, errors.tag_map(p.get("tags")), list(settings), p.get("configuration"),
                list(p.get("capacityProviders") or []), list(p.get("defaultCapacityProviderStrategy") or []))
        return {"cluster": self._shown_cluster(call, cluster, ("TAGS", "SETTINGS", "CONFIGURATIONS"))}

    @instead("DescribeClusters")
    def describe_clusters(self, call) -> dict:
        found, failures = [], []
        for named in call.params.get("clusters") or ["default"]:
            cluster = self.store(call).clusters.get(_name(named))
            if cluster and self.listed(cluster.arn):
                found.append(self._shown_cluster(call, cluster, call.params.get("include") or []))
            else:
                arn = f"arn:aws:ecs:{call.region}:{call.account}:cluster/{_name(named)}"
                failures.append({"arn": arn, "reason": "MISSING"})
        return {"clusters": found, "failures": failures}

    @instead("ListClusters")
    def list_clusters(self, call) -> dict:
        arns = sorted(c.arn for c in self.store(call).clusters.values()
                      if c.status == "ACTIVE" and self.listed(c.arn))
        return errors.page(arns, call.params, "clusterArns")

    @instead("UpdateCluster", "UpdateClusterSettings")
    def update_cluster(self, call) -> dict:
        cluster = self.cluster(call, call.params["cluster"])
        for setting in call.params.get("settings") or []:
            cluster.settings = [s for s in cluster.settings if s["name"] != setting["name"]] + [setting]
        cluster.configuration = call.params.get("configuration") or cluster.configuration
        return {"cluster": self._shown_cluster(call, cluster, ("TAGS", "SETTINGS", "CONFIGURATIONS"))}

    @instead("PutClusterCapacityProviders")
    def put_capacity_providers(self, call) -> dict:
        cluster = self.cluster(call, call.params["cluster"])
        unknown = set(call.params["capacityProviders"]) - {"FARGATE", "FARGATE_SPOT"}
        if unknown:
            raise errors.invalid("The specified capacity provider does not exist. Specify a valid name or ARN and try "
                                 "again.")
        cluster.capacity_providers = list(call.params["capacityProviders"])
        cluster.default_strategy = list(call.params["defaultCapacityProviderStrategy"])
        return {"cluster": self._shown_cluster(call, cluster, ("TAGS", "SETTINGS", "CONFIGURATIONS"))}

    @instead("DeleteCluster")
    def delete_cluster(self, call) -> dict:
        cluster = self.cluster(call, call.params["cluster"])
        if self.services_of(call, cluster.arn):
            raise AwsError("ClusterContainsServicesException",
                           "The Cluster cannot be deleted while Services are active.")
        if any(t.cluster_arn == cluster.arn and t.last_status != "STOPPED" for t in self.store(call).tasks.values()):
            raise AwsError("ClusterContainsTasksException", "The Cluster cannot be deleted while Tasks are active.")
        cluster.status = "INACTIVE"
        return {"cluster": self._shown_cluster(call, cluster, ("TAGS", "SETTINGS"))}

    def cluster(self, call, named: str | None) -> Cluster:
        """The ACTIVE cluster of a name or ARN."""
        cluster = self.store(call).clusters.get(_name(named or "default"))
        if cluster is None or cluster.status != "ACTIVE":
            raise errors.no_cluster()
        return cluster

    def services_of(self, call, cluster_arn: str) -> list:
        """The services that keep a cluster from being deleted: DRAINING ones count."""
        return [s for s in self.store(call).services.values()
                if s.cluster_arn == cluster_arn and s.status in ("ACTIVE", "DRAINING")]

    def _shown_cluster(self, call, cluster: Cluster, include) -> dict:
        tasks = [t for t in self.store(call).tasks.values() if t.cluster_arn == cluster.arn]
        services = [s for s in self.services_of(call, cluster.arn) if s.status == "ACTIVE"]
        configuration = cluster.configuration if "CONFIGURATIONS" in include else None
        return {
            "clusterArn": cluster.arn,
            "clusterName": cluster.name,
            "status": cluster.status,
            "registeredContainerInstancesCount": 0,
            "runningTasksCount": sum(t.last_status == "RUNNING" for t in tasks),
            "pendingTasksCount": sum(t.last_status in ("PROVISIONING", "PENDING") for t in tasks),
            "activeServicesCount": len(services),
            "statistics": [],
            "tags": errors.pairs(cluster.tags) if "TAGS" in include else [],
            "settings": cluster.settings if "SETTINGS" in include else [],
            "capacityProviders": cluster.capacity_providers,
            "defaultCapacityProviderStrategy": cluster.default_strategy,
            **({"configuration": configuration} if configuration else {}),
        }


def _name(named: str) -> str:
    return named.rpartition("/")[2]
