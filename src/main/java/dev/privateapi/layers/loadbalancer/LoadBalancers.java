package dev.privateapi.layers.loadbalancer;

import static java.util.stream.Collectors.toCollection;
import static java.util.stream.Collectors.toMap;

import dev.privateapi.aws.Aws;
import dev.privateapi.aws.AwsErrors;
import dev.privateapi.aws.Query;
import dev.privateapi.layers.Change;
import dev.privateapi.layers.Driver;
import dev.privateapi.layers.Keys;
import dev.privateapi.layers.Refusals;
import dev.privateapi.layers.Shown;
import dev.privateapi.layers.Sight;
import dev.privateapi.layers.Tagging;
import dev.privateapi.model.Attribute;
import dev.privateapi.model.Kind;
import dev.privateapi.model.Live;
import dev.privateapi.model.Phase;
import dev.privateapi.model.Problem;
import dev.privateapi.model.Problem.Category;
import dev.privateapi.model.ProblemException;
import dev.privateapi.model.Refs;
import dev.privateapi.model.ResourceKey;
import dev.privateapi.ownership.Birth;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.AvailabilityZone;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.IpAddressType;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.LoadBalancer;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.LoadBalancerAttribute;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.LoadBalancerSchemeEnum;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.LoadBalancerStateEnum;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.LoadBalancerTypeEnum;

/**
 * The load balancer, without security groups. It can have them only from its creation on, and then applies their inbound
 * rules to PrivateLink traffic too, which comes with its client's address (User Guide for Network Load Balancers, "Update
 * the security groups"). A VPC link is such traffic, from addresses in API Gateway's own VPC that no rule can name; so the
 * tasks' security group decides alone, and sees the load balancer's private addresses as the source.
 */
final class LoadBalancers implements Driver<LoadBalancers.Desired, LoadBalancers.Balancer> {

    private static final String DELETION_PROTECTION = "deletion_protection.enabled";

    /**
     * Set on purpose (API reference, LoadBalancerAttribute). Across zones, or a zone whose only task is gone refuses what
     * arrives there; no deletion protection, because the resource's own deletion is the way to delete it; no access logs,
     * which would need a bucket.
     */
    static final SortedMap<String, String> ATTRIBUTES = Collections.unmodifiableSortedMap(new TreeMap<>(Map.of(
            "load_balancing.cross_zone.enabled", "true",
            DELETION_PROTECTION, "false",
            "access_logs.s3.enabled", "false")));

    private final Aws aws;
    private final Elb elb;

    LoadBalancers(Aws aws, Elb elb) {
        this.aws = aws;
        this.elb = elb;
    }

    record Desired(List<ResourceKey> subnets, SortedMap<String, String> attributes) {}

    /** @param attributes none of one that was just created: a create cannot set them, and its answer does not tell them */
    record Balancer(LoadBalancer sdk, Map<String, String> attributes, Map<String, String> tags) {

        private String arn() {
            return sdk.loadBalancerArn();
        }

        private Set<String> subnets() {
            return sdk.availabilityZones().stream().map(AvailabilityZone::subnetId).collect(toCollection(TreeSet::new));
        }

        private Balancer with(LoadBalancer sdk) {
            return new Balancer(sdk, attributes, tags);
        }

        private Balancer withAttributes(Map<String, String> changed) {
            return new Balancer(sdk, Elb.with(attributes, changed), tags);
        }

        private Balancer tagged(Map<String, String> tags) {
            return new Balancer(sdk, attributes, tags);
        }
    }

    @Override
    public Kind kind() {
        return Kind.LOAD_BALANCER;
    }

    @Override
    public List<Live> observe(Sight sight) {
        Shown<LoadBalancer> listing =
                sight.read(aws.reads(), new Query<>("elasticloadbalancing:DescribeLoadBalancers", this::list));
        List<Balancer> balancers = Elb.candidates(
                        Keys.LOAD_BALANCER, sight, LoadBalancer::loadBalancerName, LoadBalancer::loadBalancerArn, listing).stream()
                .map(it -> new Balancer(it, attributes(it.loadBalancerArn(), sight),
                        elb.tags(it, listing, LoadBalancer::loadBalancerName, LoadBalancer::loadBalancerArn, sight)))
                .toList();
        return elb.sort(Keys.LOAD_BALANCER, sight, balancers, Balancer::arn, Balancer::tags, this::live);
    }

    private Shown<LoadBalancer> list() {
        return new Shown<>(aws.loadBalancing().describeLoadBalancersPaginator().loadBalancers().stream().toList(),
                it -> Stream.of(it.loadBalancerArn(), it.loadBalancerName()));
    }

    private Map<String, String> attributes(String arn, Sight sight) {
        return sight.detail(aws.reads(), new Query<>("elasticloadbalancing:DescribeLoadBalancerAttributes " + arn, () ->
                aws.loadBalancing().describeLoadBalancerAttributes(request -> request.loadBalancerArn(arn)).attributes()
                        .stream().collect(toMap(LoadBalancerAttribute::key, LoadBalancerAttribute::value))));
    }

    @Override
    public Live live(ResourceKey key, Balancer balancer) {
        LoadBalancer sdk = balancer.sdk;
        Phase phase = switch (sdk.state().code()) {
            case ACTIVE, ACTIVE_IMPAIRED -> Phase.READY;
            case FAILED -> Phase.FAILED;
            case null, default -> Phase.PENDING;
        };
        Live live = Live.of(key, balancer.arn(), phase, balancer).using(balancer.subnets()).with(Map.of(
                Attribute.ARN, balancer.arn(),
                Attribute.DNS_NAME, sdk.dnsName(),
                Attribute.DNS_NAME_ZONE_ID, sdk.canonicalHostedZoneId(),
                Attribute.VPC_ID, sdk.vpcId(),
                Attribute.STATE, sdk.state().codeAsString()));
        return trouble(sdk).map(live::troubled).orElse(live);
    }

    /** What the states mean: API reference, LoadBalancerState. */
    private static Optional<Problem> trouble(LoadBalancer sdk) {
        LoadBalancerStateEnum state = sdk.state().code();
        String reason = sdk.state().reason() == null ? "" : ": " + sdk.state().reason();
        if (state == LoadBalancerStateEnum.ACTIVE_IMPAIRED) {
            return Optional.of(new Problem(Category.QUOTA, sdk.loadBalancerArn() + " serves but lacks what it needs to"
                    + " grow" + reason + ". Usually its subnets have too few free addresses: free some of them."));
        } else if (state == LoadBalancerStateEnum.FAILED) {
            return Optional.of(new Problem(Category.FAILED, sdk.loadBalancerArn() + " could not be set up by AWS" + reason
                    + ". It is deleted and made anew."));
        }
        return Optional.empty();
    }

    @Override
    public List<Change<Balancer>> compare(Desired wanted, Balancer have, Refs refs) {
        Set<String> want = wanted.subnets.stream().map(refs::id).collect(toCollection(TreeSet::new));
        List<Change<Balancer>> changes = new ArrayList<>(subnets(want, have.subnets()));
        changes.addAll(Elb.attributes(wanted.attributes, have.attributes, this::modify));
        return changes;
    }

    /** What comes first, so that what cannot go keeps nothing from coming. */
    private List<Change<Balancer>> subnets(Set<String> want, Set<String> have) {
        Set<String> all = union(have, want);
        List<Change<Balancer>> changes = new ArrayList<>();
        if (!all.equals(have)) {
            changes.add(new Change<>("subnets", have, all, now -> setSubnets(now, all)));
        }
        if (!all.equals(want)) {
            changes.add(new Change<>("subnets", all, want, now -> giveUp(now, want)));
        }
        return changes;
    }

    private Balancer setSubnets(Balancer balancer, Set<String> subnets) {
        List<AvailabilityZone> zones = aws.loadBalancing()
                .setSubnets(request -> request.loadBalancerArn(balancer.arn()).subnets(subnets)).availabilityZones();
        return balancer.with(balancer.sdk.toBuilder().availabilityZones(zones).build());
    }

    private Balancer giveUp(Balancer balancer, Set<String> rest) {
        try {
            return setSubnets(balancer, rest);
        } catch (RuntimeException e) {
            if (!AwsErrors.is(e, Category.INVALID) && !AwsErrors.is(e, Category.IN_USE)) {
                throw e;
            }
            Set<String> held = new TreeSet<>(balancer.subnets());
            held.removeAll(rest);
            throw new ProblemException(Category.NOT_CHANGEABLE, AwsErrors.problem(e).message() + " A Network Load Balancer"
                    + " gives up no subnet while a VPC link leads to it, so " + held + " stays in use: put it back into"
                    + " vpc.subnets, or delete this stack and create another.");
        }
    }

    private Balancer modify(Balancer balancer, SortedMap<String, String> attributes) {
        aws.loadBalancing().modifyLoadBalancerAttributes(request -> request.loadBalancerArn(balancer.arn())
                .attributes(attributes.entrySet().stream()
                        .map(it -> LoadBalancerAttribute.builder().key(it.getKey()).value(it.getValue()).build())
                        .toList()));
        return balancer.withAttributes(attributes);
    }

    @Override
    public Optional<String> misfit(Desired wanted, Balancer have, Refs refs) {
        boolean fits = have.sdk.type() == LoadBalancerTypeEnum.NETWORK && have.sdk.scheme() == LoadBalancerSchemeEnum.INTERNAL;
        return fits ? Optional.empty() : Optional.of("it is a load balancer of type " + have.sdk.typeAsString() + ", "
                + have.sdk.schemeAsString() + ", not an internal one of type network");
    }

    @Override
    public Optional<Tagging<Balancer>> tagging() {
        return Optional.of(elb.tagging(Balancer::arn, Balancer::tags, Balancer::tagged));
    }

    @Override
    public Balancer create(Desired wanted, Refs refs, Birth birth) {
        String name = Elb.name(birth.owner(), birth.key());
        LoadBalancer created = Refusals.orTaken(
                () -> aws.loadBalancing().createLoadBalancer(request -> request.name(name)
                        .type(LoadBalancerTypeEnum.NETWORK)
                        .scheme(LoadBalancerSchemeEnum.INTERNAL)
                        .ipAddressType(IpAddressType.IPV4)
                        .subnets(wanted.subnets.stream().map(refs::id).toList())
                        .tags(Elb.sdk(birth.tags()))).loadBalancers(),
                () -> aws.loadBalancing().describeLoadBalancers(request -> request.names(name)).loadBalancers()).getFirst();
        return new Balancer(created, Map.of(), elb.claim(created.loadBalancerArn(), birth));
    }

    /** Whatever is seen of it is gone at once; its network interfaces stay for a while. */
    @Override
    public Optional<Balancer> delete(Balancer balancer) {
        if ("true".equals(balancer.attributes.get(DELETION_PROTECTION))) {
            modify(balancer, new TreeMap<>(Map.of(DELETION_PROTECTION, "false")));
        }
        try {
            Refusals.unlessGone(() -> aws.loadBalancing()
                    .deleteLoadBalancer(request -> request.loadBalancerArn(balancer.arn())));
            return Optional.empty();
        } catch (RuntimeException e) {
            if (AwsErrors.is(e, Category.IN_USE)) {
                throw new ProblemException(Category.IN_USE, balancer.arn() + " is still used by a VPC link or an endpoint"
                        + " service, and AWS does not delete it until that is gone. Those of the stack are gone: if this"
                        + " stays, delete the VPC link (API Gateway) or the endpoint service (VPC) that leads to it.");
            }
            throw e;
        }
    }

    private static Set<String> union(Collection<String> some, Collection<String> others) {
        Set<String> all = new TreeSet<>(some);
        all.addAll(others);
        return all;
    }
}
