package dev.privateapi.layers.service;

import static dev.privateapi.layers.Refusals.orTaken;
import static dev.privateapi.layers.Refusals.unlessGone;
import static dev.privateapi.layers.Refusals.unlessHeld;
import static java.util.stream.Collectors.toCollection;

import dev.privateapi.aws.Aws;
import dev.privateapi.aws.Query;
import dev.privateapi.layers.Change;
import dev.privateapi.layers.Driver;
import dev.privateapi.layers.Shown;
import dev.privateapi.layers.Sight;
import dev.privateapi.layers.Tagging;
import dev.privateapi.model.Attribute;
import dev.privateapi.model.Kind;
import dev.privateapi.model.Live;
import dev.privateapi.model.Phase;
import dev.privateapi.model.Problem.Category;
import dev.privateapi.model.ProblemException;
import dev.privateapi.model.Refs;
import dev.privateapi.model.ResourceKey;
import dev.privateapi.ownership.Birth;
import dev.privateapi.ownership.Name;
import dev.privateapi.ownership.Owner;
import dev.privateapi.ownership.Ownership;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import software.amazon.awssdk.services.iam.model.AttachedPolicy;
import software.amazon.awssdk.services.iam.model.EntityType;
import software.amazon.awssdk.services.iam.model.PolicyDetail;
import software.amazon.awssdk.services.iam.model.RoleDetail;
import software.amazon.awssdk.services.iam.model.Tag;

/**
 * The roles of the tasks: these policies and no others. A permissions boundary is an administrator's and left alone. All
 * roles of the account come with one listing, trust, tags and policies included (API reference,
 * GetAccountAuthorizationDetails).
 *
 * <p>IAM is eventually consistent, and ECS refuses a role that it has not heard of, in words that also stand for a missing
 * right (seen for RegisterTaskDefinition: "Role is not valid", "not authorized to perform: iam:PassRole"). So a new role is
 * ready when IAM's own listing shows it, and not when it was created.
 */
final class Roles implements Driver<Roles.Wanted, Roles.Role> {

    static final String PATH = "/privateapi/";

    /** API reference, CreateRole. */
    private static final int NAME_LIMIT = 64;
    /** Of the stack's own name, so that the resource's fits in after it and says which of the roles it is. */
    private static final int STACK_NAME_LIMIT = 30;
    /** Of the 1,000 that one may hold (API reference, GetAccountAuthorizationDetails): each comes with its documents. */
    private static final int PAGE = 200;

    private final Aws aws;

    Roles(Aws aws) {
        this.aws = aws;
    }

    /** @param managedPolicies of AWS' own, by path and name, such as {@code service-role/AmazonECSTaskExecutionRolePolicy} */
    record Wanted(Set<String> managedPolicies) {}

    /**
     * @param attached the ARNs of managed policies
     * @param inline the names of inline policies
     * @param listed whether IAM shows it by now
     */
    record Role(
            String name,
            String arn,
            String trust,
            Set<String> attached,
            Set<String> inline,
            Map<String, String> tags,
            boolean listed) {

        private static Role of(RoleDetail role) {
            return new Role(
                    role.roleName(),
                    role.arn(),
                    role.assumeRolePolicyDocument(),
                    role.attachedManagedPolicies().stream().map(AttachedPolicy::policyArn).collect(toCollection(TreeSet::new)),
                    role.rolePolicyList().stream().map(PolicyDetail::policyName).collect(toCollection(TreeSet::new)),
                    Roles.tags(role.tags()),
                    true);
        }

        private Role trusting(String trust) {
            return new Role(name, arn, trust, attached, inline, tags, listed);
        }

        private Role with(Set<String> attached, Set<String> inline) {
            return new Role(name, arn, trust, attached, inline, tags, listed);
        }

        private Role tagged(Map<String, String> tags) {
            return new Role(name, arn, trust, attached, inline, tags, listed);
        }
    }

    static String name(Owner owner, ResourceKey key) {
        String stack = owner.name().substring(0, Math.min(owner.name().length(), STACK_NAME_LIMIT));
        return new Name(new Owner(owner.uid(), owner.namespace(), stack, owner.cluster()), key).within(NAME_LIMIT);
    }

    @Override
    public Kind kind() {
        return Kind.ROLE;
    }

    @Override
    public List<Live> observe(Sight sight) {
        Query<Shown<Role>> all = new Query<>("iam:GetAccountAuthorizationDetails Role", this::list);
        return Named.among(sight, kind(), sight.read(aws.globalReads(), all), key -> name(sight.owner(), key)).stream()
                .flatMap(role -> Named.judge(sight, kind(), role.arn, role.tags,
                        key -> name(sight.owner(), key).equals(role.name), key -> live(key, role)).stream())
                .toList();
    }

    private Shown<Role> list() {
        return Shown.named(details().map(Role::of).toList(), Role::arn, Role::name, Role::tags);
    }

    private Stream<RoleDetail> details() {
        return aws.iam().getAccountAuthorizationDetailsPaginator(request -> request.filter(EntityType.ROLE).maxItems(PAGE))
                .stream()
                .flatMap(page -> page.roleDetailList().stream());
    }

    @Override
    public Live live(ResourceKey key, Role role) {
        return Live.of(key, role.arn, role.listed ? Phase.READY : Phase.PENDING, role)
                .with(Map.of(Attribute.ARN, role.arn));
    }

    @Override
    public List<Change<Role>> compare(Wanted wanted, Role have, Refs refs) {
        Set<String> policies = wanted.managedPolicies.stream().map(this::awsPolicy).collect(toCollection(TreeSet::new));
        List<Change<Role>> changes = new ArrayList<>();
        if (!TrustPolicy.isMeantBy(have.trust)) {
            changes.add(new Change<>("AssumeRolePolicyDocument", "another", "ecs-tasks only", this::trust));
        }
        without(policies, have.attached).forEach(policy -> changes.add(new Change<>(
                "AttachedManagedPolicies", "without " + policy, "with it", now -> attach(now, policy))));
        without(have.attached, policies).forEach(policy -> changes.add(new Change<>(
                "AttachedManagedPolicies", "with " + policy, "without it", now -> detach(now, policy))));
        have.inline.forEach(policy -> changes.add(new Change<>(
                "RolePolicyList", "with " + policy, "without it", now -> deleteInline(now, policy))));
        return changes;
    }

    private String awsPolicy(String name) {
        return "arn:" + aws.partition() + ":iam::aws:policy/" + name;
    }

    private Role trust(Role role) {
        aws.iam().updateAssumeRolePolicy(request -> request.roleName(role.name).policyDocument(TrustPolicy.DOCUMENT));
        return role.trusting(TrustPolicy.DOCUMENT);
    }

    private Role attach(Role role, String policy) {
        aws.iam().attachRolePolicy(request -> request.roleName(role.name).policyArn(policy));
        Set<String> attached = new TreeSet<>(role.attached);
        attached.add(policy);
        return role.with(attached, role.inline);
    }

    private Role detach(Role role, String policy) {
        unlessGone(() -> aws.iam().detachRolePolicy(request -> request.roleName(role.name).policyArn(policy)));
        return role.with(without(role.attached, Set.of(policy)), role.inline);
    }

    private Role deleteInline(Role role, String policy) {
        unlessGone(() -> aws.iam().deleteRolePolicy(request -> request.roleName(role.name).policyName(policy)));
        return role.with(role.attached, without(role.inline, Set.of(policy)));
    }

    @Override
    public Optional<Tagging<Role>> tagging() {
        return Optional.of(new Tagging<>(Role::tags, (role, wanted) -> {
            aws.iam().tagRole(request -> request.roleName(role.name).tags(sdk(wanted)));
            Map<String, String> all = new HashMap<>(role.tags);
            all.putAll(wanted);
            return role.tagged(all);
        }));
    }

    @Override
    public Role create(Wanted wanted, Refs refs, Birth birth) {
        String name = name(birth.owner(), birth.key());
        Role role = orTaken(
                () -> made(aws.iam().createRole(request -> request.roleName(name)
                                .path(PATH)
                                .assumeRolePolicyDocument(TrustPolicy.DOCUMENT)
                                .tags(sdk(birth.tags())))
                        .role(), birth.tags()),
                () -> named(name, birth));
        for (Change<Role> change : compare(wanted, role, refs)) {
            role = change.apply().apply(role);
        }
        return role;
    }

    /** Its policies, if it is an older one, are told by the listing. */
    private static Role made(software.amazon.awssdk.services.iam.model.Role role, Map<String, String> tags) {
        return new Role(
                role.roleName(), role.arn(), role.assumeRolePolicyDocument(), Set.of(), Set.of(), tags, false);
    }

    private Role named(String name, Birth birth) {
        software.amazon.awssdk.services.iam.model.Role role =
                aws.iam().getRole(request -> request.roleName(name)).role();
        return Ownership.key(birth.owner(), kind(), tags(role.tags()))
                .filter(birth.key()::equals)
                .map(key -> made(role, tags(role.tags())))
                .orElseThrow(() -> new ProblemException(Category.EXISTS, "The role " + role.arn() + " has the name that "
                        + birth.key() + " needs but not this stack's tags: delete or rename it,"
                        + " then the stack goes on by itself."));
    }

    /** IAM deletes no role that still has policies (API reference, DeleteRole). */
    @Override
    public Optional<Role> delete(Role role) {
        role.attached.forEach(policy -> detach(role, policy));
        role.inline.forEach(policy -> deleteInline(role, policy));
        unlessHeld(role.arn, () -> aws.iam().deleteRole(request -> request.roleName(role.name)), () -> profiles(role));
        return Optional.empty();
    }

    private List<String> profiles(Role role) {
        return details().filter(it -> it.arn().equals(role.arn)).flatMap(it -> it.instanceProfileList().stream())
                .map(profile -> "the instance profile " + profile.instanceProfileName()).toList();
    }

    private static Map<String, String> tags(Collection<Tag> tags) {
        return tags.stream().collect(Collectors.toMap(Tag::key, Tag::value));
    }

    private static List<Tag> sdk(Map<String, String> tags) {
        return tags.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(tag -> Tag.builder().key(tag.getKey()).value(tag.getValue()).build())
                .toList();
    }

    private static Set<String> without(Set<String> some, Set<String> others) {
        Set<String> rest = new TreeSet<>(some);
        rest.removeAll(others);
        return rest;
    }
}
