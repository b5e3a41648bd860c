package dev.privateapi.layers.loadbalancer;

import static java.util.stream.Collectors.partitioningBy;
import static java.util.stream.Collectors.toCollection;

import dev.privateapi.aws.Aws;
import dev.privateapi.aws.Query;
import dev.privateapi.layers.Change;
import dev.privateapi.layers.Driver;
import dev.privateapi.layers.Keys;
import dev.privateapi.layers.Refusals;
import dev.privateapi.layers.Sight;
import dev.privateapi.layers.Tagging;
import dev.privateapi.model.Attribute;
import dev.privateapi.model.Kind;
import dev.privateapi.model.Layer;
import dev.privateapi.model.Live;
import dev.privateapi.model.Phase;
import dev.privateapi.model.Refs;
import dev.privateapi.model.ResourceKey;
import dev.privateapi.ownership.Birth;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.Action;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.ActionTypeEnum;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.Listener;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.ProtocolEnum;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetGroupTuple;

/**
 * The listener. Those of the stack's load balancer are the stack's, with its tags or without any owner's: one is kept, and
 * any other would let something in that nobody asked for, and goes. One with another owner's tags is left to that owner.
 */
final class Listeners implements Driver<Listeners.Desired, Listeners.Held> {

    private final Aws aws;
    private final Elb elb;

    Listeners(Aws aws, Elb elb) {
        this.aws = aws;
        this.elb = elb;
    }

    record Desired(int port, ResourceKey targetGroup) {}

    record Held(Listener sdk, Map<String, String> tags) {

        private String arn() {
            return sdk.listenerArn();
        }

        /** One group is told in one of two places, several only in the second (API reference, Action). */
        private Set<String> targetGroups() {
            return sdk.defaultActions().stream()
                    .flatMap(action -> Stream.concat(Stream.ofNullable(action.targetGroupArn()), weighted(action)))
                    .collect(toCollection(TreeSet::new));
        }

        private static Stream<String> weighted(Action action) {
            return action.forwardConfig() == null
                    ? Stream.empty()
                    : action.forwardConfig().targetGroups().stream().map(TargetGroupTuple::targetGroupArn);
        }

        private Held tagged(Map<String, String> tags) {
            return new Held(sdk, tags);
        }
    }

    @Override
    public Kind kind() {
        return Kind.LISTENER;
    }

    @Override
    public Set<Kind> after() {
        return Set.of(Kind.LOAD_BALANCER, Kind.TARGET_GROUP);
    }

    @Override
    public List<Live> observe(Sight sight) {
        return sight.seen(Kind.LOAD_BALANCER).stream()
                .filter(Live::owned)
                .flatMap(balancer -> of(balancer.id(), sight))
                .toList();
    }

    private Stream<Live> of(String balancer, Sight sight) {
        Comparator<Held> keptFirst = Comparator
                .comparing((Held it) -> !sight.claims().own(kind(), it.arn(), it.tags))
                .thenComparing(it -> !wanted(it, sight))
                .thenComparing(Held::arn);
        Map<Boolean, List<Held>> byOthers = sight.read(aws.reads(), query(balancer)).stream()
                .map(it -> new Held(it, elb.tags(it.listenerArn(), sight)))
                .sorted(keptFirst)
                .collect(partitioningBy(it -> sight.claims().another(it.tags)));
        List<Held> own = byOthers.get(false);
        return Stream.concat(
                own.stream().map(it -> live(it == own.getFirst() ? Keys.LISTENER : surplus(it), it)),
                byOthers.get(true).stream()
                        .flatMap(it -> sight.judge(kind(), it.arn(), it.tags, key -> live(key, it)).stream()));
    }

    private Query<List<Listener>> query(String balancer) {
        return new Query<>("elasticloadbalancing:DescribeListeners " + balancer, () -> Refusals.orNone(() -> aws.loadBalancing()
                .describeListenersPaginator(request -> request.loadBalancerArn(balancer)).listeners().stream().toList()));
    }

    private static boolean wanted(Held listener, Sight sight) {
        return sight.wanted(Kind.LISTENER)
                .anyMatch(node -> node.desired() instanceof Desired it && it.port == listener.sdk.port());
    }

    private static ResourceKey surplus(Held listener) {
        return ResourceKey.of(Layer.LOAD_BALANCER, Kind.LISTENER, "listener/" + listener.sdk.port());
    }

    @Override
    public Live live(ResourceKey key, Held listener) {
        return Live.of(key, listener.arn(), Phase.READY, listener)
                .using(listener.targetGroups())
                .partOf(listener.sdk.loadBalancerArn())
                .with(Map.of(Attribute.ARN, listener.arn()));
    }

    @Override
    public List<Change<Held>> compare(Desired wanted, Held have, Refs refs) {
        String is = have.sdk.protocolAsString() + " " + have.sdk.port() + " to " + have.targetGroups();
        String right = ProtocolEnum.TCP + " " + wanted.port + " to " + Set.of(refs.id(wanted.targetGroup));
        return is.equals(right) ? List.of() : List.of(new Change<>("listener", is, right, now -> modify(now, wanted, refs)));
    }

    private Held modify(Held listener, Desired wanted, Refs refs) {
        Listener modified = aws.loadBalancing().modifyListener(request -> request.listenerArn(listener.arn())
                .protocol(ProtocolEnum.TCP).port(wanted.port).defaultActions(forward(wanted, refs))).listeners().getFirst();
        return new Held(modified, listener.tags);
    }

    private static Action forward(Desired wanted, Refs refs) {
        return Action.builder().type(ActionTypeEnum.FORWARD).targetGroupArn(refs.id(wanted.targetGroup)).build();
    }

    @Override
    public Optional<Tagging<Held>> tagging() {
        return Optional.of(elb.tagging(Held::arn, Held::tags, Held::tagged));
    }

    /** Repeated, it answers with the listener that is there (API reference, CreateListener: idempotent). */
    @Override
    public Held create(Desired wanted, Refs refs, Birth birth) {
        Listener created = aws.loadBalancing().createListener(request -> request
                .loadBalancerArn(refs.id(Keys.LOAD_BALANCER))
                .protocol(ProtocolEnum.TCP).port(wanted.port).defaultActions(forward(wanted, refs))
                .tags(Elb.sdk(birth.tags()))).listeners().getFirst();
        return new Held(created, birth.tags());
    }

    @Override
    public Optional<Held> delete(Held listener) {
        Refusals.unlessGone(() -> aws.loadBalancing().deleteListener(request -> request.listenerArn(listener.arn())));
        return Optional.empty();
    }
}
