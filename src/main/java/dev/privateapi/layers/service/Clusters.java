package dev.privateapi.layers.service;

import static dev.privateapi.layers.Refusals.unlessHeld;

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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import software.amazon.awssdk.services.ecs.model.Cluster;
import software.amazon.awssdk.services.ecs.model.ClusterField;
import software.amazon.awssdk.services.ecs.model.ClusterSetting;
import software.amazon.awssdk.services.ecs.model.ClusterSettingName;

/**
 * The cluster, which holds nothing but the service. A repeated create returns the cluster of that name; a deleted one stays
 * to be seen as INACTIVE for a while, and a create brings it back to life.
 */
final class Clusters implements Driver<Clusters.Wanted, Cluster> {

    /** API reference, CreateCluster. */
    private static final int NAME_LIMIT = 255;
    /** API reference, DescribeClusters. */
    private static final int BATCH = 100;

    private final Aws aws;

    Clusters(Aws aws) {
        this.aws = aws;
    }

    record Wanted(boolean containerInsights) {

        private String value() {
            return containerInsights ? "enabled" : "disabled";
        }
    }

    private static String name(Owner owner, ResourceKey key) {
        return new Name(owner, key).within(NAME_LIMIT);
    }

    @Override
    public Kind kind() {
        return Kind.ECS_CLUSTER;
    }

    @Override
    public List<Live> observe(Sight sight) {
        List<String> arns = sight.settled(aws.reads(), new Query<>("ecs:ListClusters", () ->
                aws.ecs().listClustersPaginator(request -> {}).clusterArns().stream().toList()));
        Query<Shown<Cluster>> all = new Query<>("ecs:DescribeClusters", () -> Shown.named(
                describe(arns), Cluster::clusterArn, Cluster::clusterName, cluster -> EcsTags.map(cluster.tags())));
        return Named.among(sight, kind(), sight.read(aws.reads(), all), key -> name(sight.owner(), key)).stream()
                .filter(cluster -> !cluster.status().equals("INACTIVE"))
                .flatMap(cluster -> Named.judge(sight, kind(), cluster.clusterArn(), EcsTags.map(cluster.tags()),
                        key -> name(sight.owner(), key).equals(cluster.clusterName()),
                        key -> live(key, cluster)).stream())
                .toList();
    }

    private List<Cluster> describe(List<String> arns) {
        List<Cluster> clusters = new ArrayList<>();
        for (int from = 0; from < arns.size(); from += BATCH) {
            List<String> some = arns.subList(from, Math.min(from + BATCH, arns.size()));
            clusters.addAll(aws.ecs()
                    .describeClusters(request -> request.clusters(some).include(ClusterField.TAGS, ClusterField.SETTINGS))
                    .clusters());
        }
        return clusters;
    }

    @Override
    public Live live(ResourceKey key, Cluster cluster) {
        Phase phase = switch (cluster.status()) {
            case "ACTIVE" -> Phase.READY;
            case "DEPROVISIONING" -> Phase.DELETING;
            case "FAILED" -> Phase.FAILED;
            default -> Phase.PENDING;
        };
        return Live.of(key, cluster.clusterArn(), phase, cluster)
                .with(Map.of(Attribute.ARN, cluster.clusterArn(), Attribute.STATE, cluster.status()));
    }

    @Override
    public List<Change<Cluster>> compare(Wanted wanted, Cluster have, Refs refs) {
        String insights = have.settings().stream()
                .filter(setting -> setting.name() == ClusterSettingName.CONTAINER_INSIGHTS)
                .map(ClusterSetting::value)
                .findFirst()
                .orElse("disabled");
        return insights.equals(wanted.value())
                ? List.of()
                : List.of(new Change<>("containerInsights", insights, wanted.value(), now -> set(now, setting(wanted))));
    }

    private Cluster set(Cluster cluster, ClusterSetting setting) {
        aws.ecs().updateClusterSettings(request -> request.cluster(cluster.clusterArn()).settings(setting));
        return cluster.toBuilder().settings(setting).build();
    }

    private static ClusterSetting setting(Wanted wanted) {
        return ClusterSetting.builder().name(ClusterSettingName.CONTAINER_INSIGHTS).value(wanted.value()).build();
    }

    @Override
    public Optional<Tagging<Cluster>> tagging() {
        return Optional.of(EcsTags.tagging(
                aws,
                Cluster::clusterArn,
                cluster -> EcsTags.map(cluster.tags()),
                (cluster, tags) -> cluster.toBuilder().tags(EcsTags.sdk(tags)).build()));
    }

    /** The setting is always told, or the account's default would decide (API reference, CreateCluster). */
    @Override
    public Cluster create(Wanted wanted, Refs refs, Birth birth) {
        String name = name(birth.owner(), birth.key());
        Cluster cluster = aws.ecs()
                .createCluster(request -> request.clusterName(name)
                        .settings(setting(wanted))
                        .tags(EcsTags.sdk(birth.tags())))
                .cluster();
        return Ownership.key(birth.owner(), kind(), EcsTags.map(cluster.tags()))
                .filter(birth.key()::equals)
                .map(key -> cluster)
                .orElseThrow(() -> new ProblemException(Category.EXISTS, "The cluster " + cluster.clusterArn()
                        + " has the name that " + birth.key() + " needs but not this stack's tags: delete it,"
                        + " then the stack goes on by itself."));
    }

    @Override
    public Optional<Cluster> delete(Cluster cluster) {
        unlessHeld(cluster.clusterArn(),
                () -> aws.ecs().deleteCluster(request -> request.cluster(cluster.clusterArn())), () -> users(cluster));
        return Optional.empty();
    }

    /** AWS refuses with only that there are some (API reference, DeleteCluster). */
    private List<String> users(Cluster cluster) {
        Stream<String> services = aws.ecs().listServices(request -> request.cluster(cluster.clusterArn())).serviceArns().stream();
        Stream<String> tasks = aws.ecs().listTasks(request -> request.cluster(cluster.clusterArn())).taskArns().stream();
        return Stream.concat(services.map(arn -> "the service " + arn), tasks.map(arn -> "the task " + arn)).toList();
    }
}
