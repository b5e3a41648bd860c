package dev.privateapi.app;

import dev.privateapi.aws.ApiClass;
import dev.privateapi.aws.ApiClass.Rate;
import dev.privateapi.aws.AwsSettings.Role;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What administrators set, all of it by environment variables; {@link SettingsReader} says how they are written.
 *
 * @param watchNamespaces empty for all
 * @param labelSelector only stacks that match it; empty for all
 * @param leaderElection one of several processes works, the others stand by
 * @param leaseNamespace where the lease is; empty for the process' own namespace
 * @param driftInterval how often a converged stack is compared with AWS; not scaled
 * @param clusterId the installation's id in the tags of its objects; empty for the uid of the namespace kube-system
 * @param httpAddress where probes and metrics are served
 * @param httpPort 0 for any free one
 * @param timeScale how many times faster than life AWS runs, 1 for AWS itself
 * @param turnsAtOnce how many stacks of the same accounts and Regions are worked on at the same time
 * @param awsRates the account's limits that are not AWS' standard ones
 * @param rateShare what this process takes of all limits of the account, above 0 up to 1: others are shards too
 * @param orphanInterval how often it is looked for what is left of resources that are gone; not scaled
 * @param driftQueues the queues that tell of what others write, by Region; empty for none
 * @param safetyInterval how often a converged stack is compared with AWS where such a queue is read; not scaled
 * @param removeOrphans the uids of such resources whose objects are removed, or {@link #ALL}; empty for none
 */
record Settings(
        Set<String> watchNamespaces,
        String labelSelector,
        boolean leaderElection,
        String leaseNamespace,
        Duration driftInterval,
        String clusterId,
        String httpAddress,
        int httpPort,
        double timeScale,
        int turnsAtOnce,
        Map<String, Role> accountRoles,
        Map<ApiClass, Rate> awsRates,
        double rateShare,
        Map<String, String> driftQueues,
        Duration safetyInterval,
        Duration orphanInterval,
        Set<String> removeOrphans) {

    /** In {@link #removeOrphans} instead of uids. */
    static final String ALL = "all";

    boolean removes(String uid) {
        return removeOrphans.contains(ALL) || removeOrphans.contains(uid);
    }

    /** What this process may take of each of the account's limits. */
    Map<ApiClass, Rate> ownRates() {
        return Arrays.stream(ApiClass.values()).collect(Collectors.toMap(
                Function.identity(), it -> awsRates.getOrDefault(it, it.standard()).share(rateShare)));
    }

    Optional<String> givenClusterId() {
        return Optional.of(clusterId).filter(id -> !id.isEmpty());
    }
}
