"""VPC peering connections and their life cycle ("VPC peering connection lifecycle", VPC Peering Guide)."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field

from ...errors import AwsError
from ...service import Call, instead
from .base import Base
from .describing import not_found

EXPIRES_AFTER = 7 * 86400  # "The request expires after 7 days"
# How long an ended connection stays visible to the one who ended it (the same page: 2 hours, failed and deleted ones).
SEEN_FOR = 2 * 3600
DELETING_FOR = 1.0
ALIVE = ("pending-acceptance", "provisioning", "active", "initiating-request")

FILTERS = {
    "vpc-peering-connection-id": "VpcPeeringConnectionId", "status-code": "Status.Code",
    "status-message": "Status.Message", "requester-vpc-info.vpc-id": "RequesterVpcInfo.VpcId",
    "requester-vpc-info.owner-id": "RequesterVpcInfo.OwnerId",
    "requester-vpc-info.cidr-block": "RequesterVpcInfo.CidrBlock",
    "accepter-vpc-info.vpc-id": "AccepterVpcInfo.VpcId", "accepter-vpc-info.owner-id": "AccepterVpcInfo.OwnerId",
    "accepter-vpc-info.cidr-block": "AccepterVpcInfo.CidrBlock",
}


@dataclass
class Side:
    account: str
    region: str
    vpc_id: str
    cidr: str
    dns: bool = False  # AllowDnsResolutionFromRemoteVpc

    @property
    def place(self) -> tuple[str, str]:
        return self.account, self.region


@dataclass
class Peering:
    id: str
    requester: Side
    accepter: Side
    created: float
    failed: bool = False
    accepted: float | None = None  # when accepted
    active: float = 0.0  # from when on active, once accepted
    ended: float | None = None
    end: str = ""  # deleted or rejected
    by: str = field(default="")

    def code(self, now: float) -> str:
        if self.failed:
            return "failed"
        if self.ended is not None:
            return "deleting" if self.end == "deleted" and now < self.ended + DELETING_FOR else self.end
        if self.accepted is not None:
            return "active" if now >= self.active else "provisioning"
        return "pending-acceptance" if now < self.created + EXPIRES_AFTER else "expired"

    def alive(self, now: float) -> bool:
        return self.code(now) in ALIVE

    def shown_until(self, now: float) -> float:
        if self.failed:
            return self.created + SEEN_FOR
        return self.ended + SEEN_FOR if self.ended is not None else now + 1

    def message(self, now: float) -> str:
        return {
            "pending-acceptance": f"Pending Acceptance by {self.accepter.account}", "active": "Active",
            "provisioning": "Provisioning", "deleting": f"Deleting by {self.by}", "deleted": f"Deleted by {self.by}",
            "rejected": "Inactive", "expired": "Expired",
            "failed": "Failed due to incorrect VPC-ID, Account ID, or overlapping CIDR range",
        }[self.code(now)]


class Peerings(Base):
    # ---- for the other services

    def active_peering(self, peering_id: str) -> Peering | None:
        peering = self.peerings.get(peering_id)
        return peering if peering and peering.code(self.world.now()) == "active" else None

    def live_peerings(self, vpc_id: str) -> list[Peering]:
        now = self.world.now()
        return [p for p in self.peerings.values() if p.alive(now) and vpc_id in (p.requester.vpc_id, p.accepter.vpc_id)]

    # ---- operations

    @instead("CreateVpcPeeringConnection")
    def create_vpc_peering_connection(self, call: Call) -> dict:
        p = call.params
        vpc = self.vpc(call.account, call.region, p["VpcId"])
        if vpc is None:
            raise not_found(p["VpcId"])
        account, region = p.get("PeerOwnerId") or call.account, p.get("PeerRegion") or call.region
        peer = self.vpc(account, region, p.get("PeerVpcId") or "")
        if peer is None and account == call.account:
            raise not_found(p.get("PeerVpcId") or "vpc-")
        for other in self.live_peerings(p["VpcId"]):
            # The same request again is answered with the connection that is there, and its tags stay as they are
            # (https://github.com/hashicorp/terraform-provider-aws/issues/27750).
            if (other.requester.vpc_id, other.accepter.vpc_id) == (p["VpcId"], p["PeerVpcId"]):
                return {"VpcPeeringConnection": self._show_peering(call, other)}
        requester = Side(call.account, call.region, p["VpcId"], vpc["CidrBlock"])
        accepter = Side(account, region, p["PeerVpcId"], peer["CidrBlock"] if peer else "")
        # "You cannot create a peering connection between VPCs with matching or overlapping CIDR blocks": the request is
        # taken and fails at once (lifecycle page, "Failed").
        failed = peer is None or _overlap(vpc, peer)
        peering = Peering(self.new_id("pcx"), requester, accepter, self.world.now(), failed)
        self.peerings[peering.id] = peering
        self.tag_on_create(call, "vpc-peering-connection", peering.id)
        self.created(call, peering.id)
        return {"VpcPeeringConnection": self._show_peering(call, peering)}

    @instead("AcceptVpcPeeringConnection")
    def accept_vpc_peering_connection(self, call: Call) -> dict:
        peering = self._peering(call)
        if peering.accepter.place != (call.account, call.region):
            message = f"User {call.account} cannot accept peering {peering.id}"
            raise AwsError("OperationNotPermitted", message)
        if peering.code(self.world.now()) == "active" or peering.accepted is not None and peering.ended is None:
            return {"VpcPeeringConnection": self._show_peering(call, peering)}
        self._must_be(peering, "pending-acceptance")
        opposite = (peering.accepter.vpc_id, peering.requester.vpc_id)
        if any((other.requester.vpc_id, other.accepter.vpc_id) == opposite and other.accepted is not None
               for other in self.live_peerings(peering.accepter.vpc_id)):
            # Of two requests in opposite directions the second fails at its acceptance
            # (https://github.com/hashicorp/terraform-provider-aws/issues/44315).
            message = f"The vpc peering connection identified by {peering.id} already exists."
            raise AwsError("VpcPeeringConnectionAlreadyExists", message)
        peering.accepted = self.world.now()
        peering.active = self.world.now() + self.world.duration("peering")
        return {"VpcPeeringConnection": self._show_peering(call, peering)}

    @instead("RejectVpcPeeringConnection")
    def reject_vpc_peering_connection(self, call: Call) -> dict:
        peering = self._peering(call)
        self._must_be(peering, "pending-acceptance")
        peering.ended, peering.end, peering.by = self.world.now(), "rejected", call.account
        return {"Return": True}

    @instead("DeleteVpcPeeringConnection")
    def delete_vpc_peering_connection(self, call: Call) -> dict:
        peering = self._peering(call)
        if peering.ended is None:
            if not peering.alive(self.world.now()):
                self._must_be(peering, "active")
            peering.ended, peering.end, peering.by = self.world.now(), "deleted", call.account
        return {"Return": True}

    @instead("DescribeVpcPeeringConnections")
    def describe_vpc_peering_connections(self, call: Call) -> dict:
        now, place = self.world.now(), (call.account, call.region)
        held = {
            key: peering for key, peering in self.peerings.items()
            if place in (peering.requester.place, peering.accepter.place) and now < peering.shown_until(now)
        }
        return self.selected(call, held, lambda p: self._show_peering(call, p), "VpcPeeringConnectionIds", FILTERS,
                             "VpcPeeringConnections")

    @instead("ModifyVpcPeeringConnectionOptions")
    def modify_vpc_peering_connection_options(self, call: Call) -> dict:
        peering, answer = self._peering(call), {}
        self._must_be(peering, "active")
        for member, side in (("RequesterPeeringConnectionOptions", peering.requester),
                             ("AccepterPeeringConnectionOptions", peering.accepter)):
            options = call.params.get(member)
            if options is None:
                continue
            if side.place != (call.account, call.region):
                whose = member.removesuffix("PeeringConnectionOptions").lower()
                message = f"User {call.account} cannot modify {whose} options of {peering.id}"
                raise AwsError("OperationNotPermitted", message)
            wanted = options.get("AllowDnsResolutionFromRemoteVpc", side.dns)
            if wanted and not self._dns_hostnames(side):
                message = f"VPC {side.vpc_id} must have DNS hostnames enabled"
                raise AwsError("OperationNotPermitted", message)
            side.dns = wanted
            answer[member] = {**_options(side)}
        return answer

    def _dns_hostnames(self, side: Side) -> bool:
        shown = self.moto("ec2", "DescribeVpcAttribute", *side.place, VpcId=side.vpc_id, Attribute="enableDnsHostnames")
        return shown["EnableDnsHostnames"]["Value"]

    def _peering(self, call: Call) -> Peering:
        key = call.params["VpcPeeringConnectionId"]
        peering = self.peerings.get(key)
        if peering is None or (call.account, call.region) not in (peering.requester.place, peering.accepter.place):
            raise not_found(key)
        return peering

    def _must_be(self, peering: Peering, wanted: str) -> None:
        code = peering.code(self.world.now())
        if code != wanted:
            message = f"Invalid state transition for {peering.id}, attempted to transition from {code} to {wanted}"
            raise AwsError("InvalidStateTransition", message)

    def _show_peering(self, call: Call, peering: Peering) -> dict:
        now = self.world.now()

        def show(side: Side) -> dict:
            info = {"OwnerId": side.account, "VpcId": side.vpc_id, "Region": side.region}
            if side.cidr:
                info |= {"CidrBlock": side.cidr, "CidrBlockSet": [{"CidrBlock": side.cidr}]}
            if side is peering.requester or peering.accepted is not None:
                info["PeeringOptions"] = _options(side)
            return info

        return {
            "VpcPeeringConnectionId": peering.id, "RequesterVpcInfo": show(peering.requester),
            "AccepterVpcInfo": show(peering.accepter),
            "Status": {"Code": peering.code(now), "Message": peering.message(now)},
            "Tags": self.tag_list(call.account, call.region, peering.id),
            **({"ExpirationTime": self.world.datetime(peering.created + EXPIRES_AFTER)}
               if peering.code(now) == "pending-acceptance" else {}),
        }


def _options(side: Side) -> dict:
    return {"AllowDnsResolutionFromRemoteVpc": side.dns, "AllowEgressFromLocalClassicLinkToRemoteVpc": False,
            "AllowEgressFromLocalVpcToRemoteClassicLink": False}


def _overlap(one: dict, other: dict) -> bool:
    def blocks(vpc: dict) -> list:
        return [ipaddress.ip_network(a["CidrBlock"]) for a in vpc.get("CidrBlockAssociationSet", [])]

    return any(a.overlaps(b) for a in blocks(one) for b in blocks(other))
