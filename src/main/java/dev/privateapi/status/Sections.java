package dev.privateapi.status;

import dev.privateapi.api.v1alpha1.EndpointService;
import dev.privateapi.api.v1alpha1.PeerSpec;
import dev.privateapi.api.v1alpha1.PrivateApiStackSpec;
import dev.privateapi.api.v1alpha1.PrivateApiStackStatus;
import dev.privateapi.graph.View;
import dev.privateapi.layers.Keys;
import dev.privateapi.model.Attribute;
import dev.privateapi.model.Kind;
import dev.privateapi.model.Live;
import dev.privateapi.model.ResourceKey;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The parts of the status that tell ids, addresses and counts. What cannot be read now stays as it was told last: an
 * outage of one API must not take the endpoint out of the status.
 */
record Sections(PrivateApiStackSpec spec, View view, PrivateApiStackStatus before) {

    PrivateApiStackStatus.Vpc vpc() {
        List<String> subnets = view.all()
                .filter(live -> live.key().kind() == Kind.SUBNET && live.key().layer() == Keys.VPC.layer())
                .sorted(Comparator.comparing(live -> live.key().name()))
                .map(Live::id)
                .toList();
        PrivateApiStackStatus.Vpc old = before.vpc();
        return present(new PrivateApiStackStatus.Vpc(
                told(Keys.VPC, old == null ? null : old.id(), Live::id),
                subnets.isEmpty() && unreadable(Kind.SUBNET) && old != null ? old.subnetIds() : orNull(subnets)),
                PrivateApiStackStatus.Vpc::id, PrivateApiStackStatus.Vpc::subnetIds);
    }

    List<PrivateApiStackStatus.VpcEndpoint> vpcEndpoints() {
        if (unreadable(Kind.VPC_ENDPOINT)) {
            return before.vpcEndpoints();
        }
        return orNull(Arrays.stream(EndpointService.values())
                .flatMap(service -> view.usable(Keys.endpoint(service)).stream()
                        .map(live -> new PrivateApiStackStatus.VpcEndpoint(
                                service.serviceName(), live.id(), live.attribute(Attribute.DNS_NAME).orElse(null))))
                .toList());
    }

    PrivateApiStackStatus.LoadBalancer loadBalancer() {
        PrivateApiStackStatus.LoadBalancer old = before.loadBalancer();
        return present(new PrivateApiStackStatus.LoadBalancer(
                told(Keys.LOAD_BALANCER, old == null ? null : old.arn(), Sections::arn),
                told(Keys.LOAD_BALANCER, old == null ? null : old.dnsName(), attribute(Attribute.DNS_NAME)),
                told(Keys.TARGET_GROUP, old == null ? null : old.targetGroupArn(), Sections::arn)),
                PrivateApiStackStatus.LoadBalancer::arn, PrivateApiStackStatus.LoadBalancer::targetGroupArn);
    }

    PrivateApiStackStatus.Service service() {
        PrivateApiStackStatus.Service old = before.service();
        return present(new PrivateApiStackStatus.Service(
                told(Keys.CLUSTER, old == null ? null : old.clusterArn(), Sections::arn),
                told(Keys.SERVICE, old == null ? null : old.serviceArn(), Sections::arn),
                told(Keys.SERVICE, old == null ? null : old.taskDefinitionArn(), attribute(Attribute.TASK_DEFINITION_ARN)),
                told(Keys.SERVICE, old == null ? null : old.runningTasks(), number(Attribute.RUNNING_TASKS)),
                told(Keys.SERVICE, old == null ? null : old.desiredTasks(), number(Attribute.DESIRED_TASKS))),
                PrivateApiStackStatus.Service::clusterArn, PrivateApiStackStatus.Service::serviceArn);
    }

    /** How many of the wanted tasks run, such as {@code 1/2}. */
    String tasksReady() {
        PrivateApiStackStatus.Service service = service();
        int running = service == null || service.runningTasks() == null ? 0 : service.runningTasks();
        int desired = service == null || service.desiredTasks() == null ? spec.service().taskCount() : service.desiredTasks();
        return running + "/" + desired;
    }

    PrivateApiStackStatus.Api api() {
        PrivateApiStackStatus.Api old = before.api();
        return present(new PrivateApiStackStatus.Api(
                told(Keys.REST_API, old == null ? null : old.id(), Live::id),
                told(Keys.stage(spec.api().stage()), old == null ? null : old.stage(), live -> spec.api().stage()),
                told(Keys.VPC_LINK, old == null ? null : old.vpcLinkId(), Live::id)),
                PrivateApiStackStatus.Api::id, PrivateApiStackStatus.Api::vpcLinkId);
    }

    /** What clients call; null until there is something that could answer. */
    String endpoint() {
        PrivateApiStackStatus.Api api = api();
        if (api == null || api.id() == null || api.stage() == null) {
            return null;
        }
        String suffix = spec.region().startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
        return "https://" + api.id() + ".execute-api." + spec.region() + "." + suffix + "/" + api.stage();
    }

    PrivateApiStackStatus.Dns dns() {
        PrivateApiStackStatus.Dns old = before.dns();
        return present(new PrivateApiStackStatus.Dns(
                told(Keys.HOSTED_ZONE, old == null ? null : old.hostedZoneId(), Live::id),
                told(Keys.RESOLVER_INBOUND, old == null ? null : old.resolverInboundIps(), live ->
                        live.attribute(Attribute.IP_ADDRESSES)
                                .map(ips -> Stream.of(ips.split(",")).filter(ip -> !ip.isBlank()).sorted().toList())
                                .map(Sections::orNull).orElse(null))),
                PrivateApiStackStatus.Dns::hostedZoneId, PrivateApiStackStatus.Dns::resolverInboundIps);
    }

    List<PrivateApiStackStatus.Peer> peers() {
        if (unreadable(Kind.PEERING_CONNECTION)) {
            return before.peers();
        }
        return orNull(spec.peers().stream()
                .map(PeerSpec::vpcId)
                .map(vpcId -> {
                    Optional<Live> live = view.usable(Keys.peering(vpcId));
                    return new PrivateApiStackStatus.Peer(vpcId, live.map(Live::id).orElse(null),
                            live.flatMap(it -> it.attribute(Attribute.STATE)).orElse(null));
                })
                .toList());
    }

    private <T> T told(ResourceKey key, T before, Function<Live, T> tell) {
        return view.usable(key).map(tell).orElse(unreadable(key.kind()) ? before : null);
    }

    private boolean unreadable(Kind kind) {
        return view.unreadable().containsKey(kind);
    }

    private static String arn(Live live) {
        return live.attribute(Attribute.ARN).orElse(live.id());
    }

    private static Function<Live, String> attribute(Attribute name) {
        return live -> live.attribute(name).orElse(null);
    }

    private static Function<Live, Integer> number(Attribute name) {
        return live -> live.attribute(name).map(Integer::valueOf).orElse(null);
    }

    /** An absent section, instead of one without content. */
    private static <S> S present(S section, Function<S, ?> one, Function<S, ?> other) {
        return one.apply(section) == null && other.apply(section) == null ? null : section;
    }

    /** Server-side apply and a later read agree on absent, but not on empty. */
    private static <T> List<T> orNull(List<T> list) {
        return list.isEmpty() ? null : list;
    }
}
