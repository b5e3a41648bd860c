"""The way of a call through the sandbox: parse, faults, rates, rights, hooks, moto, journal."""

from __future__ import annotations

import logging
import time
import traceback

from . import faults as fault_module
from . import unread, wire
from .errors import AwsError
from .faults import Cut, Faults
from .iam_check import IamCheck
from .journal import Journal
from .quotas import Quotas
from .rates import Rates
from .service import Call
from .wire import Request, Response
from .world import World

log = logging.getLogger(__name__)

# Services that run on moto as it is; every other one is simulated by a module in services/, or not at all.
PLAIN = {"resourcegroupstaggingapi", "service-quotas", "secretsmanager", "ssm", "kms"}

HELD = 0.01  # seconds until it is looked again whether a call that waits has something to answer


class Front:
    def __init__(self, world: World) -> None:
        self.world = world
        settings = world.settings
        self.journal = Journal()
        self.faults = Faults(settings.seed)
        self.rates = Rates(settings.rates)
        self.quotas = Quotas(settings.quotas)
        self.iam = IamCheck(world, settings.iam)
        self._hooks: dict[tuple[str, str, str], list] = {}
        self._names: set[str] = set()
        for service in world.services.values():
            self._names.add(service.name)
            for kind in ("held", "before", "instead", "after", "done"):
                for operation, hook in service.hooks(kind):
                    self._hooks.setdefault((kind, service.name, operation), []).append(hook)

    def answer(self, request: Request) -> tuple[Response, float]:
        """The response, and how many AWS seconds to let pass before it is sent. Raises Cut for a broken connection."""
        try:
            parsed = wire.parse(request, self.world.settings.region)
        except AwsError as e:
            self.journal.record(self.world.now(), "", f"{request.method} {request.path}", "", "", {}, e.code)
            return wire.refusal(e.service, e), 0.0
        self._hold(self._call(request, parsed))
        return self.world.during(lambda: self._answer(request, parsed))  # type: ignore[return-value]

    def _hold(self, call: Call) -> None:
        """A call that waits for something waits here, where the world goes on meanwhile."""
        began = self.world.now()
        for hook in self._hooks.get(("held", call.service, call.operation), ()):
            while self.world.during(lambda: hook(call, self.world.now() - began)):
                time.sleep(HELD)

    def _answer(self, request: Request, parsed: wire.Parsed) -> tuple[Response, float]:
        call = self._call(request, parsed)
        latency, outcome, after = self.world.settings.latency, "ok", None
        try:
            for fault in self.faults.striking(
                call.service, call.operation, call.account, call.region, lambda: self.iam.rights(call)
            ):
                if fault.kind == "latency":
                    latency += fault.seconds
                elif fault.kind in ("cut-after", "kill-after"):
                    after = fault
                fault_module.raise_before(fault, call.service, call.caller, lambda: self.iam.rights(call))
            self.rates.take(call.service, call.operation, call.params, call.account, call.region, self.world.now())
            self.iam.check(call)
            response = self._perform(call)
            latency += call.takes
            self.world.cloudtrail.heard(call, "", lambda: wire.result_of(call.service, call.operation, response))
        except AwsError as e:
            outcome, response = e.code, wire.refusal(call.service, e)
            self.world.cloudtrail.heard(call, e.code, dict)
        except Cut as e:
            outcome = e.outcome
            raise
        except Exception:  # noqa: BLE001 - a defect of the sandbox must not look like a broken connection
            log.error("%s:%s failed\n%s", call.service, call.operation, traceback.format_exc())
            outcome = "InternalFailure"
            message = f"The sandbox failed in {call.service}:{call.operation}: {traceback.format_exc(limit=-3)}"
            response = wire.refusal(call.service, AwsError("InternalFailure", message, 500))
        finally:
            if after and outcome == "ok":
                outcome = after.kind
            self.journal.record(
                self.world.now(), call.service, call.operation, call.region, call.caller, call.params, outcome
            )
        if after:
            fault_module.kill(after)
            raise Cut(after.kind)
        return response, latency

    def _call(self, request: Request, parsed: wire.Parsed) -> Call:
        account, caller = self.iam.identity(parsed.access_key)
        return Call(
            parsed.service, parsed.operation, parsed.params, account, parsed.region, caller, parsed.access_key, request
        )

    def _perform(self, call: Call) -> Response:
        if call.service not in self._names and call.service not in PLAIN:
            raise AwsError("NotImplemented", f"The sandbox does not simulate the service {call.service}", 501)
        try:
            return self._effect(call)
        finally:
            for hook in self._find("done", call):
                hook(call)

    def _effect(self, call: Call) -> Response:
        unread.refuse(call)
        for hook in self._find("before", call):
            hook(call)
        own, repairs = self._find("instead", call), self._find("after", call)
        call.forward = lambda: wire.result_of(call.service, call.operation, self._moto(call))
        if own:
            result = own[0](call)
        else:
            response = self._moto(call)
            if response.status < 300 and not repairs:
                return response
            result = wire.result_of(call.service, call.operation, response)
        for hook in repairs:
            hook(call, result)
        return wire.response_for(call.service, call.operation, result or {})

    def internal(self, call: Call) -> dict:
        """A call that the sandbox's AWS makes itself: hooks apply, nothing is counted, limited or written down."""
        method, path, query, headers, body = wire.request_of(call.service, call.operation, call.params)
        call.request = Request(method, path, query, wire.HeadersDict(headers), body)
        scope = wire.model(call.service).signing_name
        call.request.headers["Authorization"] = (
            f"AWS4-HMAC-SHA256 Credential=sandbox/20250101/{call.region}/{scope}/aws4_request"
        )
        return wire.result_of(call.service, call.operation, self._perform(call))

    def _moto(self, call: Call) -> Response:
        assert call.request is not None
        return self.world.moto.dispatch(call.service, call.operation, call.region, call.request, call.account)

    def _find(self, kind: str, call: Call) -> list:
        return self._hooks.get((kind, call.service, call.operation), []) + self._hooks.get(
            (kind, call.service, "*"), []
        )
