"""Through a VPC link: API Gateway's side of it, the load balancer, a target, the container.

Sources: API Gateway Developer Guide, "Private integrations"; User Guide for Network Load Balancers, "Target health
status" (fail open), "Update the security groups" (enforcement on PrivateLink traffic).
"""

from __future__ import annotations

from urllib.parse import urlsplit

from .answer import Answer


class Link:
    def __init__(self, world, network) -> None:
        self._world = world
        self._network = network

    def send(self, account: str, region: str, request: dict, hops: list[str]) -> Answer:
        """`request`: method, url, headers, body, connectionId, integrationTarget, and the stage where there is one."""
        url = urlsplit(request["url"])
        path = url.path or "/"
        link_id = request["connectionId"]
        status = self._world.apigateway.link_status(account, region, link_id)
        if status != "AVAILABLE":
            return Answer.stopped("vpc-link", f"VPC link {link_id} is {status or 'gone'}")
        v1 = self._world.apigateway.link(account, region, link_id)
        arn = v1.target if v1 else request.get("integrationTarget", "")
        balancer = self._world.elbv2.load_balancers.get(arn)
        if balancer is None or not self._world.elbv2.is_active(arn):
            return Answer.stopped("load-balancer", f"there is no active load balancer {arn or '(none named)'}")
        if not v1 and request.get("stage"):
            # "the stage name is prepended to the path" where a V2 link is used and nothing overrides it
            path = f"/{request['stage']}{path}"
        hops.append(f"vpc-link: {link_id} to {balancer.name}")
        port = url.port or (443 if url.scheme == "https" else 80)
        return self._through(account, region, link_id, v1, balancer, port, request["method"], path, hops)

    def _through(self, account, region, link_id, v1, balancer, port, method, path, hops) -> Answer:
        listener = next((one for one in self._world.elbv2.listeners_of(balancer.arn) if one.port == port), None)
        if listener is None:
            return Answer.stopped("listener", f"{balancer.name} has no listener on port {port}")
        blocked = self._blocked_v1(balancer, port) if v1 else self._blocked_v2(account, region, link_id, balancer, port)
        if blocked:
            return Answer.stopped("load-balancer-security-group", blocked, timed_out=True)
        hops.append(f"listener: {balancer.name} port {port}")
        return self._to_target(balancer, listener, method, path, hops)

    def _blocked_v1(self, balancer, port: int) -> str:
        """A V1 link is PrivateLink: the groups see addresses of API Gateway's, unless enforcement is off."""
        place = (balancer.account, balancer.region)
        if not balancer.security_groups or balancer.enforce_on_private_link == "off":
            return ""
        if self._network.open_to_all(place, balancer.security_groups, port):
            return ""
        return (f"the groups of {balancer.name} are enforced on PrivateLink traffic and do not admit API Gateway's "
                f"addresses on {port}/tcp")

    def _blocked_v2(self, account: str, region: str, link_id: str, balancer, port: int) -> str:
        """A V2 link has interfaces in the VPC: ordinary traffic between interfaces."""
        place = (balancer.account, balancer.region)
        link = self._world.apigatewayv2.link(account, region, link_id)
        targets = self._network.interfaces(balancer.interfaces.values())
        for source in self._network.interfaces(link.interfaces):
            for target in targets:
                if source.vpc_id == target.vpc_id and self._network.connects(place, source, target, port):
                    return ""
        return f"no interface of VPC link {link_id} gets through to {balancer.name} on {port}/tcp"

    def _to_target(self, balancer, listener, method: str, path: str, hops: list[str]) -> Answer:
        group = self._world.elbv2.target_group(listener.target_group)
        self._world.elbv2.look(group)
        by_state = {state: [t for t in group.targets.values() if t.state == state] for state in ("healthy", "unhealthy")}
        # "If there are only unhealthy registered targets, the load balancer routes requests to all of them" (fail open)
        candidates = by_state["healthy"] or by_state["unhealthy"]
        if not candidates:
            states = ", ".join(sorted({target.state for target in group.targets.values()})) or "no targets"
            return Answer.stopped("target", f"{group.name} has no healthy target ({states})")
        target = next((t for t in candidates if self._world.ecs.answers(balancer, t.ip, t.port)), None)
        if target is None:
            return Answer.stopped("target", f"no target of {group.name} answers on its port", timed_out=True)
        hops.append(f"target: {target.ip}:{target.port} is {target.state}")
        return self._container(balancer.vpc_id, target, method, path, hops)

    def _container(self, vpc_id: str, target, method: str, path: str, hops: list[str]) -> Answer:
        behaviour = self._world.ecs.behaviour(vpc_id, target.ip, target.port)
        hops.append(f"task: {method} {path}")
        if path != "/" or method not in ("GET", "HEAD"):
            return Answer(404, {"Content-Type": "text/plain"}, "Not Found", latency_ms=5)
        body = "" if method == "HEAD" else behaviour.body
        return Answer(behaviour.status, {"Content-Type": "application/json"}, body, latency_ms=5)
