package dev.privateapi.layers;

import static dev.privateapi.layers.Refusals.orTaken;
import static dev.privateapi.layers.Refusals.unlessGone;
import static dev.privateapi.layers.Refusals.unlessHeld;
import static dev.privateapi.layers.Refusals.unlessThere;
import static java.util.stream.Collectors.toCollection;

import dev.privateapi.aws.Aws;
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
import dev.privateapi.ownership.Ownership;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.ResourceType;

/**
 * The security groups of all layers. A group is found by its name, which is unique in its VPC, if the answer to its create
 * was lost; its rules are sets, matched by protocol, ports and source, and a new rule comes before an old one goes, so that
 * no change shuts anybody out for a moment.
 */
public final class SecurityGroups implements Driver<SecurityGroup, SecurityGroups.Group> {

    private static final int NAME_LIMIT = 255;
    /** What AWS gives a new group: every way out (Amazon VPC User Guide, "Security group rules"). */
    private static final SecurityGroupRule ANYWHERE = new SecurityGroupRule("-1", -1, -1, "0.0.0.0/0");
    /** The same for IPv6, given by AWS where the VPC has it; neither wanted nor in the way. */
    private static final SecurityGroupRule ANYWHERE_6 = new SecurityGroupRule("-1", -1, -1, "::/0");

    private final Aws aws;

    public SecurityGroups(Aws aws) {
        this.aws = aws;
    }

    /** A group as AWS has it, each rule apart. */
    public record Group(
            String id,
            String vpcId,
            String name,
            Set<SecurityGroupRule> ingress,
            Set<SecurityGroupRule> egress,
            Map<String, String> tags) {

        private static Group of(software.amazon.awssdk.services.ec2.model.SecurityGroup group) {
            return new Group(
                    group.groupId(),
                    group.vpcId(),
                    group.groupName(),
                    SecurityGroupRule.in(group.ipPermissions()),
                    SecurityGroupRule.in(group.ipPermissionsEgress()),
                    Ec2.tags(group.tags()));
        }

        private Group with(Set<SecurityGroupRule> ingress, Set<SecurityGroupRule> egress) {
            return new Group(id, vpcId, name, ingress, egress, tags);
        }

        private Group tagged(Map<String, String> tags) {
            return new Group(id, vpcId, name, ingress, egress, tags);
        }
    }

    @Override
    public Kind kind() {
        return Kind.SECURITY_GROUP;
    }

    @Override
    public Set<Kind> after() {
        return Set.of(Kind.VPC);
    }

    @Override
    public List<Live> observe(Sight sight) {
        List<Group> groups =
                new Ec2.Listing<>(kind(), "DescribeSecurityGroups", "group-id", Group::id, Group::tags, this::describe)
                        .read(sight, aws);
        return sight.pick(kind(), groups, Group::id, Group::tags, (key, group) -> sight.wanted(kind())
                .filter(node -> node.key().equals(key))
                .findFirst()
                .flatMap(node -> elsewhere(group, sight.seen(Kind.VPC)))
                .map(live(key, group)::troubled)
                .orElseGet(() -> live(key, group)));
    }

    private List<Group> describe(Filter filter) {
        return aws.ec2().describeSecurityGroupsPaginator(request -> request.filters(filter).maxResults(Ec2.PAGE))
                .securityGroups().stream()
                .map(Group::of)
                .toList();
    }

    private static Optional<Problem> elsewhere(Group group, List<Live> vpcs) {
        boolean elsewhere = vpcs.stream().noneMatch(vpc -> vpc.id().equals(group.vpcId));
        return elsewhere && !vpcs.isEmpty()
                ? Optional.of(new Problem(Category.NOT_CHANGEABLE, "Security group " + group.id + " is not as wanted: it is in "
                        + group.vpcId + ", not in " + vpcs.getFirst().id()
                        + ". AWS cannot change that; delete the group, and the stack makes it anew."))
                : Optional.empty();
    }

    @Override
    public Live live(ResourceKey key, Group group) {
        return Live.of(key, group.id, Phase.READY, group)
                .with(Map.of(Attribute.VPC_ID, group.vpcId))
                .using(Set.of(group.vpcId));
    }

    @Override
    public List<Change<Group>> compare(SecurityGroup wanted, Group have, Refs refs) {
        Set<SecurityGroupRule> ingress = wanted.ingress().stream()
                .map(way -> new SecurityGroupRule(way.protocol(), way.port(), way.port(), source(way, refs)))
                .collect(toCollection(TreeSet::new));
        List<Change<Group>> changes = new ArrayList<>();
        Set<SecurityGroupRule> missing = without(ingress, have.ingress);
        Set<SecurityGroupRule> foreign = without(have.ingress, ingress);
        if (!missing.isEmpty()) {
            changes.add(new Change<>("ingress", "without " + missing, "with them", now -> allow(now, missing)));
        }
        if (!have.egress.contains(ANYWHERE)) {
            changes.add(new Change<>("egress", "without " + ANYWHERE, "with it", this::allowOut));
        }
        if (!foreign.isEmpty()) {
            changes.add(new Change<>("ingress", "with " + foreign, "without them", now -> revoke(now, foreign)));
        }
        Set<SecurityGroupRule> foreignOut = without(have.egress, Set.of(ANYWHERE, ANYWHERE_6));
        if (!foreignOut.isEmpty()) {
            changes.add(new Change<>("egress", "with " + foreignOut, "without them", now -> revokeOut(now, foreignOut)));
        }
        return changes;
    }

    private static String source(SecurityGroup.Ingress way, Refs refs) {
        return way.cidrOf() == null ? way.cidr() : refs.attribute(way.cidrOf(), Attribute.CIDR);
    }

    private Group allow(Group group, Set<SecurityGroupRule> rules) {
        unlessThere(() -> aws.ec2().authorizeSecurityGroupIngress(
                request -> request.groupId(group.id).ipPermissions(SecurityGroupRule.permissions(rules))));
        return group.with(union(group.ingress, rules), group.egress);
    }

    private Group revoke(Group group, Set<SecurityGroupRule> rules) {
        unlessGone(() -> aws.ec2().revokeSecurityGroupIngress(
                request -> request.groupId(group.id).ipPermissions(SecurityGroupRule.permissions(rules))));
        return group.with(without(group.ingress, rules), group.egress);
    }

    private Group allowOut(Group group) {
        unlessThere(() -> aws.ec2().authorizeSecurityGroupEgress(
                request -> request.groupId(group.id).ipPermissions(SecurityGroupRule.permissions(Set.of(ANYWHERE)))));
        return group.with(group.ingress, union(group.egress, Set.of(ANYWHERE)));
    }

    private Group revokeOut(Group group, Set<SecurityGroupRule> rules) {
        unlessGone(() -> aws.ec2().revokeSecurityGroupEgress(
                request -> request.groupId(group.id).ipPermissions(SecurityGroupRule.permissions(rules))));
        return group.with(group.ingress, without(group.egress, rules));
    }

    @Override
    public Optional<Tagging<Group>> tagging() {
        return Optional.of(Ec2.tagging(aws, Group::id, Group::tags, Group::tagged));
    }

    @Override
    public Group create(SecurityGroup wanted, Refs refs, Birth birth) {
        String vpcId = refs.id(Keys.VPC);
        String name = birth.name().within(NAME_LIMIT);
        Group group = orTaken(
                () -> {
                    String id = aws.ec2().createSecurityGroup(request -> request.groupName(name)
                                    .description(wanted.description())
                                    .vpcId(vpcId)
                                    .tagSpecifications(Ec2.tagged(ResourceType.SECURITY_GROUP, birth.tags())))
                            .groupId();
                    return new Group(id, vpcId, name, Set.of(), Set.of(ANYWHERE), birth.tags());
                },
                () -> named(name, vpcId, birth));
        for (Change<Group> change : compare(wanted, group, refs)) {
            group = change.apply().apply(group);
        }
        return group;
    }

    private Group named(String name, String vpcId, Birth birth) {
        Group group = aws.ec2().describeSecurityGroups(request ->
                        request.filters(Ec2.filter("group-name", List.of(name)), Ec2.filter("vpc-id", List.of(vpcId))))
                .securityGroups().stream().map(Group::of).findFirst()
                .orElseThrow(() -> new ProblemException(Category.TRANSIENT, "AWS says that a security group " + name
                        + " exists in " + vpcId + ", and does not show it yet; it is looked for again."));
        return Ownership.key(birth.owner(), kind(), group.tags)
                .filter(birth.key()::equals)
                .map(key -> group)
                .orElseThrow(() -> new ProblemException(Category.EXISTS, "Security group " + group.id + " in " + vpcId
                        + " has the name " + name + " that " + birth.key() + " needs but not this stack's tags:"
                        + " delete or rename it, then the stack goes on by itself."));
    }

    /**
     * Rules that name other groups go first: two groups that name each other could never be deleted, for AWS refuses to
     * delete a group that a rule of another one names (API reference, DeleteSecurityGroup).
     */
    @Override
    public Optional<Group> delete(Group group) {
        Set<SecurityGroupRule> crossIn = naming(group.ingress);
        Set<SecurityGroupRule> crossOut = naming(group.egress);
        if (!crossIn.isEmpty()) {
            revoke(group, crossIn);
        }
        if (!crossOut.isEmpty()) {
            revokeOut(group, crossOut);
        }
        unlessHeld("Security group " + group.id,
                () -> aws.ec2().deleteSecurityGroup(request -> request.groupId(group.id)), () -> naming(group.id));
        return Optional.empty();
    }

    /** The groups with a rule that names this one: another refusal to delete it, beside interfaces. */
    private List<String> naming(String id) {
        return Stream.of("ip-permission.group-id", "egress.ip-permission.group-id")
                .flatMap(filter -> describe(Ec2.filter(filter, List.of(id))).stream())
                .filter(group -> !group.id.equals(id))
                .map(group -> "a rule of the security group " + group.id + " (" + group.name + ")")
                .distinct().toList();
    }

    private static Set<SecurityGroupRule> naming(Set<SecurityGroupRule> rules) {
        return rules.stream().filter(SecurityGroupRule::namesGroup).collect(toCollection(TreeSet::new));
    }

    private static Set<SecurityGroupRule> without(Set<SecurityGroupRule> some, Set<SecurityGroupRule> others) {
        Set<SecurityGroupRule> rest = new TreeSet<>(some);
        rest.removeAll(others);
        return rest;
    }

    private static Set<SecurityGroupRule> union(Set<SecurityGroupRule> some, Set<SecurityGroupRule> others) {
        Set<SecurityGroupRule> all = new TreeSet<>(some);
        all.addAll(others);
        return all;
    }
}
