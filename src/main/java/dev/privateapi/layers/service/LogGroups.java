package dev.privateapi.layers.service;

import static dev.privateapi.layers.Refusals.orTaken;
import static dev.privateapi.layers.Refusals.unlessGone;
import static java.util.stream.Collectors.toSet;

import dev.privateapi.aws.Aws;
import dev.privateapi.aws.AwsErrors;
import dev.privateapi.aws.Query;
import dev.privateapi.layers.Change;
import dev.privateapi.layers.Driver;
import dev.privateapi.layers.Sight;
import dev.privateapi.layers.Tagging;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import software.amazon.awssdk.services.cloudwatchlogs.model.LogGroup;

/**
 * The log group of the containers. Its name is unique and tells the stack, so that one listing serves the fleet and each
 * stack asks for the tags of its own group only. CloudWatch Logs takes the tags at creation and the retention after it: a
 * group whose creation ended in between is put right by the comparison.
 */
final class LogGroups implements Driver<LogGroups.Wanted, LogGroups.Group> {

    private static final String PREFIX = "/privateapi/";
    /** Of the last part of the name: with the prefix and a namespace well within the 512 characters that CreateLogGroup takes. */
    private static final int LAST_PART = 200;

    private final Aws aws;

    LogGroups(Aws aws) {
        this.aws = aws;
    }

    record Wanted(int retentionInDays) {}

    /**
     * @param arn without {@code :*}; empty as long as only its creation is known
     * @param retentionInDays null for ever
     */
    record Group(String name, String arn, Integer retentionInDays, Map<String, String> tags) {

        private static Group of(LogGroup group, Map<String, String> tags) {
            return new Group(group.logGroupName(), LogGroups.arn(group), group.retentionInDays(), tags);
        }

        private Group tagged(Map<String, String> tags) {
            return new Group(name, arn, retentionInDays, tags);
        }
    }

    static String name(Owner owner, ResourceKey key) {
        return PREFIX + owner.namespace() + "/" + new Name(owner, key).within(LAST_PART);
    }

    /** The tag calls take the ARN without the {@code :*} of policies (API reference, LogGroup). */
    private static String arn(LogGroup group) {
        return group.arn().endsWith(":*") ? group.arn().substring(0, group.arn().length() - 2) : group.arn();
    }

    @Override
    public Kind kind() {
        return Kind.LOG_GROUP;
    }

    @Override
    public List<Live> observe(Sight sight) {
        Set<String> names = Stream.concat(
                        sight.claims().namers().map(namer -> name(namer, ServiceLayer.LOG_GROUP)), sight.claims().ids(kind()))
                .collect(toSet());
        return candidates(sight)
                .filter(group -> names.contains(group.logGroupName()))
                .flatMap(group -> read(sight, group).stream())
                .flatMap(group -> Named.judge(sight, kind(), group.name, group.tags,
                        key -> name(sight.owner(), key).equals(group.name), key -> live(key, group)).stream())
                .toList();
    }

    /** One listing for the fleet; only what somebody made under another name has to be asked for by it. */
    private Stream<LogGroup> candidates(Sight sight) {
        Stream<String> others = sight.claims().ids(kind()).filter(id -> !id.startsWith(PREFIX));
        return Stream.concat(Stream.of(PREFIX), others).flatMap(prefix -> sight.read(aws.reads(),
                new Query<>("logs:DescribeLogGroups " + prefix, () -> describe(prefix))).stream());
    }

    private List<LogGroup> describe(String prefix) {
        return aws.logs().describeLogGroupsPaginator(request -> request.logGroupNamePrefix(prefix)).logGroups().stream()
                .toList();
    }

    /** Empty for a group that is gone since the listing. */
    private Optional<Group> read(Sight sight, LogGroup group) {
        String arn = arn(group);
        try {
            Map<String, String> tags =
                    sight.detail(aws.reads(), new Query<>("logs:ListTagsForResource " + arn, () -> tags(arn)));
            return Optional.of(Group.of(group, tags));
        } catch (RuntimeException e) {
            if (AwsErrors.is(e, Category.NOT_FOUND)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private Map<String, String> tags(String arn) {
        return aws.logs().listTagsForResource(request -> request.resourceArn(arn)).tags();
    }

    @Override
    public Live live(ResourceKey key, Group group) {
        return Live.of(key, group.name, Phase.READY, group);
    }

    @Override
    public List<Change<Group>> compare(Wanted wanted, Group have, Refs refs) {
        return Integer.valueOf(wanted.retentionInDays).equals(have.retentionInDays)
                ? List.of()
                : List.of(new Change<>("retentionInDays", have.retentionInDays, wanted.retentionInDays,
                        now -> retain(now, wanted.retentionInDays)));
    }

    private Group retain(Group group, int days) {
        aws.logs().putRetentionPolicy(request -> request.logGroupName(group.name).retentionInDays(days));
        return new Group(group.name, group.arn, days, group.tags);
    }

    @Override
    public Optional<Tagging<Group>> tagging() {
        return Optional.of(new Tagging<>(Group::tags, (group, wanted) -> {
            aws.logs().tagResource(request -> request.resourceArn(group.arn).tags(wanted));
            Map<String, String> all = new HashMap<>(group.tags);
            all.putAll(wanted);
            return group.tagged(all);
        }));
    }

    @Override
    public Group create(Wanted wanted, Refs refs, Birth birth) {
        String name = name(birth.owner(), birth.key());
        Group group = orTaken(
                () -> {
                    aws.logs().createLogGroup(request -> request.logGroupName(name).tags(birth.tags()));
                    return new Group(name, "", null, birth.tags());
                },
                () -> named(name, birth));
        for (Change<Group> change : compare(wanted, group, refs)) {
            group = change.apply().apply(group);
        }
        return group;
    }

    private Group named(String name, Birth birth) {
        LogGroup group = describe(name).stream()
                .filter(it -> it.logGroupName().equals(name))
                .findFirst()
                .orElseThrow(() -> new ProblemException(Category.TRANSIENT, "CloudWatch Logs says that the log group " + name
                        + " exists, and does not show it yet; it is looked for again."));
        Map<String, String> tags = tags(arn(group));
        return Ownership.key(birth.owner(), kind(), tags)
                .filter(birth.key()::equals)
                .map(key -> Group.of(group, tags))
                .orElseThrow(() -> new ProblemException(Category.EXISTS, "The log group " + name + " has the name that "
                        + birth.key() + " needs but not this stack's tags: delete it, then the stack goes on by itself."));
    }

    @Override
    public Optional<Group> delete(Group group) {
        unlessGone(() -> aws.logs().deleteLogGroup(request -> request.logGroupName(group.name)));
        return Optional.empty();
    }
}
